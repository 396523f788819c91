import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startPostgres } from './postgres.ts';
import { commandOf, launch } from './processes.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'clinic-postgres-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

async function ask(url: string, query: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(query)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}

const passwords = { superuser: 'for-the-superuser', owner: 'for-the-owner' };

describe('the local PostgreSQL', () => {
  it('is a PostgreSQL 17 in UTF-8 and UTC whose owner is no superuser but may make roles', async () => {
    const postgres = await startPostgres({ directory: join(parent, 'data'), persistent: false });
    try {
      expect(
        await ask(
          postgres.ownerUrl,
          `SELECT current_setting('server_version') AS version, current_setting('timezone') AS zone,
             rolsuper, rolcreaterole, pg_encoding_to_char(encoding) AS encoding, datlocale,
             pg_get_userbyid(datdba) AS owner, current_setting('max_connections')::int AS connections
           FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
        ),
      ).toEqual({
        version: expect.stringMatching(/^17\./),
        zone: 'UTC',
        rolsuper: false,
        rolcreaterole: true,
        encoding: 'UTF8',
        datlocale: 'C.UTF-8',
        owner: 'clinic_owner',
        connections: 200,
      });
      expect(
        await ask(postgres.superuserUrl, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user'),
      ).toEqual({
        rolsuper: true,
      });
    } finally {
      await postgres.stop();
    }
    expect(existsSync(join(parent, 'data'))).toBe(false);
  });

  it('lets nobody in with a wrong password, and shows none on a command line', async () => {
    const postgres = await startPostgres({ directory: join(parent, 'data'), persistent: false, passwords });
    try {
      const wrong = postgres.ownerUrl.replace(passwords.owner, 'wrong');
      await expect(ask(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
      const pid = Number(readFileSync(join(parent, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
      expect(commandOf(pid)).not.toContain(passwords.owner);
      expect(statSync(join(parent, 'data')).mode & 0o077).toBe(0);
    } finally {
      await postgres.stop();
    }
  });

  it('keeps what was committed when the server or its tool is killed', async () => {
    const directory = join(parent, 'data');
    const options = { directory, persistent: true, passwords };
    const first = await startPostgres(options);
    await ask(first.ownerUrl, 'CREATE TABLE kept AS SELECT 1 AS value');
    process.kill(Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    expect(await first.exited).toContain('signal SIGKILL');

    const script = `await (await import(${JSON.stringify(join(import.meta.dirname, 'postgres.ts'))})).startPostgres(
      ${JSON.stringify(options)}); console.log('up'); setInterval(() => {}, 1000);`;
    const tool = launch(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => tool.child.stdout?.once('data', resolve));
    const left = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(tool.pid, 'SIGKILL');
    await tool.exited;

    const second = await startPostgres(options);
    expect(commandOf(left)).toBeUndefined();
    expect(await ask(second.ownerUrl, 'SELECT value FROM kept')).toEqual({ value: 1 });
    await second.stop();
  });

  it('is stopped when the tool that runs it is killed, without another start', async () => {
    const directory = join(parent, 'data');
    const script = `await (await import(${JSON.stringify(join(import.meta.dirname, 'postgres.ts'))})).startPostgres(
      { directory: ${JSON.stringify(directory)}, persistent: true }); console.log('up'); setInterval(() => {}, 1000);`;
    const tool = launch(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => tool.child.stdout?.once('data', resolve));
    const pid = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(tool.pid, 'SIGKILL');
    while (commandOf(pid) !== undefined) await sleep(50);
    expect(existsSync(join(directory, 'postmaster.pid'))).toBe(false);
  });

  it('says in one line why it does not start', async () => {
    const running = await startPostgres({ directory: join(parent, 'one'), persistent: false });
    const port = Number(new URL(running.ownerUrl).port);
    await expect(startPostgres({ directory: join(parent, 'two'), persistent: false, port })).rejects.toThrow(
      /^PostgreSQL did not start: exit code 1: could not create any TCP\/IP sockets$/,
    );
    await running.stop();
  });
});
