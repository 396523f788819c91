import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { services, type Service } from '#catalogue';

import { build } from './build.ts';
import { asRole, dropSchemas, openExisting, openOwn, type Database } from './database.ts';
import { loadDemo, openApi } from './demo.ts';
import { examples } from './examples.ts';
import { startGateway } from './gateway.ts';
import { audience, docsClient, startIssuer, type Issuer } from './issuer.ts';
import type { Options } from './options.ts';
import { keepRunning, tryPort, type Running } from './processes.ts';
import { keepSecrets, type Secrets } from './secrets.ts';
import { runService, serviceReady } from './service.ts';
import type { StackState } from './state.ts';
import { Fault, readable, seconds, type Terminal } from './terminal.ts';

export interface Stack extends Options {
  readonly databaseUrl: string | undefined;
  readonly root: string;
  /** `.data`: all that a run keeps. */
  readonly data: string;
  readonly terminal: Terminal;
  /** What is up, to be stopped in the reverse order. */
  readonly up: AsyncDisposableStack;
  readonly note: (change: Partial<StackState>) => void;
}

/** Where the issuer is from one day to the next, unless something else listens there. */
const preferredIssuerPort = 8090;

/** Brings up everything, each part as soon as what it needs is there. */
export async function bringUp(stack: Stack): Promise<void> {
  const since = performance.now();
  const { terminal } = stack;
  await refusePortsInUse(stack);
  const secrets = prepareData(stack);
  const opened = [openDatabase(stack, secrets), openIssuer(stack, secrets), compile(stack)] as const;
  const [database, issuer] = await Promise.all(opened);
  const environmentOf = environments(database, issuer, secrets);
  keepEnvironments(stack, environmentOf);
  await terminal.step('migrate', () => migrate(stack, environmentOf));
  await startServices(stack, environmentOf);
  const gateway = await openGateway(stack);
  const api = openApi(gateway, await issuer.token({ subject: 'demonstration' }));
  if (!stack.empty && !existsSync(database.demoMarker)) {
    await terminal.step('demo', () => loadDemo(api));
    writeFileSync(database.demoMarker, '');
  }
  const docs = services.map(({ prefix }) => `${gateway}${prefix}/docs`);
  terminal.line(['', gateway, ...docs, '', ...(await examples(api, gateway)), ''].join('\n'));
  terminal.line(`Ready in ${seconds(since)}; Ctrl-C stops everything.`);
}

async function refusePortsInUse({ port }: Stack): Promise<void> {
  const remedy = 'its port comes from libs/catalogue/src/index.ts';
  const needed = services.map((row) => ({ port: row.port, who: `the ${row.name} service`, remedy }));
  for (const each of [{ port, who: 'the gateway', remedy: 'choose another with --port' }, ...needed])
    await tryPort(each.port).catch((error: unknown) => {
      const why = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is in use' : readable(error);
      throw new Fault(`port ${each.port}, which ${each.who} needs, ${why}: ${each.remedy}`);
    });
}

function prepareData({ data, fresh, databaseUrl, terminal }: Stack): Secrets {
  const own = ['postgres', 'postgres.new', 'secrets.json', 'logs'];
  if (fresh && databaseUrl === undefined) {
    for (const part of own) rmSync(join(data, part), { recursive: true, force: true });
    terminal.voice('fresh')('dropped local data');
  }
  // The logs of this run and of the one before it.
  const logs = join(data, 'logs');
  rmSync(`${logs}.before`, { recursive: true, force: true });
  if (existsSync(logs)) renameSync(logs, `${logs}.before`);
  mkdirSync(logs);
  return keepSecrets(join(data, 'secrets.json'));
}

async function openDatabase(stack: Stack, secrets: Secrets): Promise<Database> {
  const { data, databaseUrl, fresh, terminal, up } = stack;
  const database = await terminal.step('postgres', () =>
    databaseUrl === undefined ? openOwn(data, secrets, terminal) : openExisting(data, databaseUrl),
  );
  up.defer(() => database.stop?.());
  if (fresh && databaseUrl !== undefined) {
    await terminal.step('fresh', () => dropSchemas(database));
    rmSync(database.demoMarker, { force: true });
  }
  return database;
}

async function openIssuer({ terminal, up, note }: Stack, { signingKey }: Secrets): Promise<Issuer> {
  const issuer = await terminal.step('issuer', () =>
    startIssuer({ port: preferredIssuerPort, signingKey }).catch(() => startIssuer({ signingKey })),
  );
  up.defer(() => issuer.stop());
  note({ issuer: issuer.url });
  return issuer;
}

function compile({ root, terminal }: Stack): Promise<void> {
  return terminal.step('build', () => build(root));
}

type Environments = (service: Service) => Record<'serving' | 'migrating', NodeJS.ProcessEnv>;

function environments({ ownerUrl }: Database, issuer: Issuer, { roles }: Secrets): Environments {
  const { username, password } = new URL(ownerUrl);
  const owner = {
    DATABASE_OWNER_USER: decodeURIComponent(username),
    DATABASE_OWNER_PASSWORD: decodeURIComponent(password),
  };
  return ({ name, port }) => {
    const serving = {
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: asRole(ownerUrl, name, roles[name] ?? ''),
      DATABASE_AUTH: 'password',
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: audience,
      OIDC_CLIENT_IDS: '',
      OIDC_DOCS_CLIENT_ID: docsClient,
      OIDC_ALLOW_LOOPBACK: 'true',
    };
    return { serving, migrating: { ...serving, ...owner } };
  };
}

/** For running one service by hand: `nest start patient --env-file .data/patient.env`. */
function keepEnvironments({ data }: Stack, environmentOf: Environments): void {
  for (const service of services) {
    const lines = Object.entries(environmentOf(service).serving).map(
      ([key, value]) => `${key}=${value ?? ''}\n`,
    );
    writeFileSync(join(data, `${service.name}.env`), lines.join(''), { mode: 0o600 });
  }
}

async function migrate(stack: Stack, environmentOf: Environments): Promise<string> {
  const needy: readonly Service[] = services.filter(({ needs }) => needs.includes('database'));
  const one = async (service: Service): Promise<string> => {
    const how = await runService(stack, service, 'migrate', environmentOf(service).migrating).exited;
    if (how !== 'exit code 0') throw new Fault(`${service.name}: migrate: ${how}`);
    return service.name;
  };
  return (await Promise.all(needy.map(one))).join(', ');
}

async function startServices(stack: Stack, environmentOf: Environments): Promise<void> {
  const { terminal, up, watch } = stack;
  const kept: Running[] = [];
  up.defer(async () => {
    await Promise.all(kept.map(({ stop }) => stop()));
  });
  const one = async (service: Service): Promise<void> => {
    const start = async () => runService(stack, service, 'main', environmentOf(service).serving);
    const running = await keepRunning(start, terminal.voice(service.name));
    kept.push(running);
    await terminal.step(service.name, () => serviceReady(service, running, watch));
  };
  await Promise.all(services.map(one));
}

async function openGateway({ port, terminal, up, note }: Stack): Promise<string> {
  const upstreams = services.map((service) => ({ service }));
  const gateway = await terminal.step('gateway', () => startGateway({ port, upstreams }));
  up.defer(() => gateway.stop());
  note({ gateway: gateway.url });
  return gateway.url;
}
