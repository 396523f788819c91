import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scopes, services } from '#catalogue';
import { freePort } from '../../tools/processes.ts';
import { startPostgres, type Postgres } from '../../tools/postgres.ts';
import { operationsIn, type Document, type Operation } from '../fuzz/document.ts';
import { Client } from '../harness/client.ts';
import { TestIssuer } from '../harness/issuer.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Canaries } from './canary.ts';
import { Desk } from './desk.ts';

const passwords = { superuser: 'test', owner: 'test' };

/** Every service in a process of its own, with all that any of it writes kept to be looked through. */
export interface WatchedClinic {
  readonly canaries: Canaries;
  readonly system: ProcessSystem;
  readonly issuer: TestIssuer;
  readonly operations: readonly Operation[];
  /** A member of staff with every scope, whose token says more of him than it has to. */
  readonly desk: Desk;
  /** Somebody with a token that says so, through the gateway. */
  as(claims: object): Promise<Desk>;
  /** As a crash, and back again. */
  restartPostgres(): Promise<void>;
  /** By its name all that was written so far. */
  output(): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startWatched(): Promise<WatchedClinic> {
  const undo = new AsyncDisposableStack();
  const canaries = new Canaries();
  const parent = await mkdtemp(join(tmpdir(), 'clinic-leaks-'));
  undo.defer(() => rm(parent, { recursive: true, force: true }));
  const [log, directory] = [join(parent, 'postgres.log'), join(parent, 'postgres')];
  const port = await freePort();
  const start = () => startPostgres({ directory, persistent: true, port, passwords, log });
  let postgres: Postgres = await start();
  undo.defer(() => postgres.stop());
  const issuer = await TestIssuer.start();
  undo.defer(() => issuer.stop());
  const environment = { LOG_LEVEL: 'trace', OIDC_ISSUER: issuer.url };
  const system = await startProcesses({ cluster: postgres, environment });
  undo.defer(() => system.stop());
  const claims = {
    scope: Object.keys(scopes)
      .map((scope) => `clinic/${scope}`)
      .join(' '),
  };
  const as = async (more: object) => {
    const about = { email: canaries.email('token email'), name: canaries.text('token name') };
    const token = await issuer.token({ ...claims, ...about, ...more });
    return new Desk(new Client(system.staff.url, token), canaries);
  };
  const desk = await as({});
  const documents = services.map(({ prefix }) => desk.client.get<Document>(`${prefix}/openapi.json`));
  const operations = (await Promise.all(documents)).flatMap(({ body }) => operationsIn(body));
  return {
    canaries,
    system,
    issuer,
    operations,
    desk,
    as,
    async restartPostgres() {
      const lock = await readFile(join(directory, 'postmaster.pid'), 'utf8');
      process.kill(Number(lock.split('\n')[0]), 'SIGQUIT');
      await postgres.exited;
      postgres = await start();
    },
    async output() {
      const written = Object.values(system.services).map(({ service, everything }) => [
        service.name,
        everything.join('\n'),
      ]);
      return {
        ...(Object.fromEntries(written) as Record<string, string>),
        postgres: await readFile(log, 'utf8'),
      };
    },
    stop: () => undo.disposeAsync(),
  };
}
