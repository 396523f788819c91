import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { services } from '#catalogue';
import { commandOf, freePort, launch, type Launched } from './processes.ts';

// The tool as it is, with the services as they are, in a copy of the checkout whose services have other ports, so that
// it doesn't meet a stack that runs already.

jest.setTimeout(180_000);

const root = join(import.meta.dirname, '..');
const copy = mkdtempSync(join(tmpdir(), 'clinic-start-'));
const runs: StackRun[] = [];
let gatewayPort: number;

class StackRun {
  output = '';
  readonly process: Launched;

  constructor(...options: string[]) {
    const args = ['--conditions=source', 'tools/start.ts', '--port', String(gatewayPort), ...options];
    const env = { ...process.env, DATABASE_URL: undefined, PORT: undefined };
    this.process = launch(process.execPath, args, { cwd: copy, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.child.stdout, this.process.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    runs.push(this);
  }

  async says(text: string): Promise<void> {
    for (let waited = 0; !this.output.includes(text); waited += 20) {
      if (waited > 120_000) throw new Error(`did not say ${text}, but:\n${this.output}`);
      await sleep(20);
    }
  }

  async ends(signal?: NodeJS.Signals): Promise<string> {
    if (signal) process.kill(this.process.pid, signal);
    return this.process.exited;
  }
}

beforeAll(async () => {
  const parts = [
    'apps',
    'libs',
    'tools',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  for (const part of parts) cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const catalogue = join(copy, 'libs', 'catalogue', 'src', 'index.ts');
  const [head = '', ...rows] = readFileSync(catalogue, 'utf8').split(/(?<=port: )\d+/);
  const ports = await Promise.all(rows.map(() => freePort()));
  writeFileSync(catalogue, head + rows.map((row, index) => String(ports[index]) + row).join(''));
  gatewayPort = await freePort();
});

afterEach(async () => {
  for (const run of runs.splice(0)) await run.process.stop();
});

afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

/** Processes of the copy: services, PostgreSQL, compilers. */
function processes(): { pid: number; command: string }[] {
  const pids = existsSync('/proc')
    ? readdirSync('/proc')
    : execFileSync('ps', ['-axo', 'pid=']).toString().split('\n');
  const all = pids.map((pid) => ({ pid: Number(pid), command: commandOf(Number(pid)) ?? '' }));
  return all.filter(({ command }) => command.includes(copy));
}

async function nothingRuns(): Promise<void> {
  for (const deadline = Date.now() + 5_000; processes().length > 0 && Date.now() < deadline;) await sleep(20);
  expect(processes()).toEqual([]);
}

async function shell(command: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: copy });
  return JSON.parse(stdout);
}

function token(...options: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--conditions=source', 'tools/token.ts', ...options], {
    cwd: copy,
  });
}

async function list<T>(path: string): Promise<T[]> {
  const headers = { authorization: `Bearer ${(await token()).stdout.trim()}` };
  const answer = await fetch(`http://localhost:${gatewayPort}${path}?limit=200`, { headers });
  return ((await answer.json()) as { items: T[] }).items;
}

async function countPatients(): Promise<number> {
  return (await list('/patients')).length;
}

describe('npm start', () => {
  it('brings up a clinic, and what it says to paste works', async () => {
    const run = new StackRun();
    await run.says('Ready in');

    const commands = run.output.split('\n').filter((line) => line.startsWith('curl'));
    expect(commands).toHaveLength(3);
    expect(await shell(commands[0] ?? '')).toMatchObject({ active: true, version: 1 });
    const free = (await shell(commands[1] ?? '')) as { items: { start: string }[] };
    expect(free.items.length).toBeGreaterThan(0);
    expect(await shell(commands[2] ?? '')).toMatchObject({ status: 'booked', start: free.items[0]?.start });

    expect(statSync(join(copy, '.data', 'secrets.json')).mode & 0o777).toBe(0o600);
    const secrets = JSON.parse(readFileSync(join(copy, '.data', 'secrets.json'), 'utf8')) as {
      owner: string;
    };
    expect(run.output).not.toContain(secrets.owner);
    for (const { command } of processes()) expect(command).not.toContain(secrets.owner);

    expect(await run.ends('SIGINT')).toBe('exit code 0');
    await nothingRuns();
  });

  it('loads the demonstration once, and takes up a load that was cut', async () => {
    const again = new StackRun();
    await again.says('Ready in');
    expect(again.output).not.toContain('demo ');
    const patients = await countPatients();
    await again.ends('SIGTERM');

    rmSync(join(copy, '.data', 'postgres', 'demo.loaded'));
    const resumed = new StackRun();
    await resumed.says('Ready in');
    expect(resumed.output).toContain('4 types, 2 rooms, 3 practitioners, 8 patients');
    expect(await countPatients()).toBe(patients);
    expect(await list('/appointments/rooms')).toHaveLength(2);
    const types = await list<{ name: string; needsRoom: boolean }>('/appointments/types');
    expect(types.filter(({ needsRoom }) => needsRoom).map(({ name }) => name)).toEqual(['Minor surgery']);
  });

  it('runs once per checkout', async () => {
    const first = new StackRun();
    await first.says('Ready in');
    const second = new StackRun();
    expect(await second.ends()).toBe('exit code 1');
    expect(second.output).toBe(
      `start: already running here, as process ${first.process.pid}: http://localhost:${gatewayPort}\n`,
    );
    expect(await countPatients()).toBeGreaterThan(0);
  });

  it('starts a service again that ends, and PostgreSQL', async () => {
    const run = new StackRun();
    await run.says('Ready in');
    const victims = processes().filter(({ command }) => /main\.js|postgres -D/.test(command));
    expect(victims).toHaveLength(services.length + 1);
    for (const { pid } of victims) process.kill(pid, 'SIGKILL');
    for (const name of [...services.map((service) => service.name), 'postgres'])
      await run.says(`${name.padEnd(13)}ended unasked (signal SIGKILL`);
    let count = 0;
    while (count === 0) count = await countPatients().catch(() => 0);
  });

  it('leaves nothing behind when it is killed, and no data is lost', async () => {
    const killed = new StackRun();
    await killed.says('Ready in');
    const patients = await countPatients();
    await killed.ends('SIGKILL');
    const next = new StackRun();
    await next.says('Ready in');
    expect(await countPatients()).toBe(patients);
    await next.ends('SIGKILL');
    await nothingRuns();
  });

  it('stops while it is still starting', async () => {
    for (const delayMs of [300, 700, 1_200]) {
      const run = new StackRun('--fresh');
      await sleep(delayMs);
      expect(await run.ends('SIGTERM')).toMatch(/exit code 0|signal SIGTERM/);
      await nothingRuns();
    }
  });

  it('drops local data and starts without the demonstration when asked to', async () => {
    const run = new StackRun('--fresh', '--empty');
    await run.says('Ready in');
    expect(await countPatients()).toBe(0);
  });

  it('names a port that is in use', async () => {
    const other = createServer().listen(gatewayPort, '127.0.0.1');
    const run = new StackRun();
    expect(await run.ends()).toBe('exit code 1');
    other.close();
    expect(run.output).toBe(
      `start: port ${gatewayPort}, which the gateway needs, is in use: choose another with --port\n`,
    );
    await nothingRuns();
  });

  it.each([
    ['--bogus', "start: Unknown option '--bogus' (npm start -- --help)\n"],
    ['--port=x', "start: --port takes a number from 1 to 65535, not 'x'\n"],
  ])('refuses %s in one line', async (option, line) => {
    const run = new StackRun(option);
    expect(await run.ends()).toBe('exit code 1');
    expect(run.output).toBe(line);
  });
});

describe('npm run token', () => {
  it('needs the stack', async () => {
    await expect(token()).rejects.toMatchObject({
      stdout: '',
      stderr: 'token: the local stack is not running here: npm start\n',
    });
  });

  it('names the scopes when one is unknown', async () => {
    await expect(token('--scope', 'patients.eat')).rejects.toMatchObject({
      stderr: expect.stringMatching(/^token: there is no scope patients.eat; there are patients.read .*\n$/),
    });
  });
});
