import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { readyPath, serviceNamed, services, type Service, type ServiceName } from '#catalogue';
import { startGateway } from '../../tools/gateway.ts';
import { startIssuer, type Issuer } from '../../tools/issuer.ts';
import { freePort, launch, type Launched } from '../../tools/processes.ts';
import { programOf, type Entry } from '../../tools/service.ts';
import { builtRoot } from './build.ts';
import { Client } from './client.ts';
import { createMigratedDatabase, type Cluster, type TestDatabase } from './database.ts';

const readyWithinMs = 30_000;

/** A service in a process of its own, which keeps its port over restarts. */
export class ServiceProcess {
  /** What it wrote since its last start: JSON lines, and why it ended. */
  readonly output: string[] = [];
  /** What all of its programs wrote, whatever came of them. */
  readonly everything: string[] = [];
  #launched: Launched | undefined;

  constructor(
    private readonly built: string,
    readonly service: Service,
    readonly port: number,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#running().pid;
  }

  /** How the process ended: `exit code 0`, `signal SIGKILL`. */
  get ended(): Promise<string> {
    return this.#running().exited;
  }

  /** Runs another of the service's programs to its end, beside it. */
  async run(program: Entry, environment: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.#launch(program, environment).exited;
  }

  /** Starts it and returns at once. */
  launch(environment: NodeJS.ProcessEnv = {}): void {
    this.output.length = 0;
    this.#launched = this.#launch('main', environment, this.output);
  }

  /** Starts it and waits until it is ready; what is set in the environment holds for this start. */
  async start(environment: NodeJS.ProcessEnv = {}): Promise<void> {
    this.launch(environment);
    await this.becomes(readyPath(this.service), 200);
  }

  /** Waits until a path answers with this status. */
  async becomes(path: string, status: number): Promise<void> {
    const client = new Client(this.url, undefined);
    const deadline = Date.now() + readyWithinMs;
    while ((await client.get(path).catch(() => undefined))?.status !== status) {
      if (Date.now() > deadline) throw new Error(`${path} is not ${status}:\n${this.output.join('\n')}`);
      await sleep(25);
    }
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.#running().pid, signal);
  }

  /** Ends it as a crash does: it gets no chance to tidy up. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Ends it if it runs. */
  async stop(): Promise<void> {
    await this.#launched?.stop();
  }

  #launch(entry: Entry, environment: NodeJS.ProcessEnv, output: string[] = []): Launched {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const launched = launch(process.execPath, programOf(this.built, this.service.name, entry), {
      cwd: this.built,
      env: { ...process.env, ...this.environment, ...environment },
      stdio: [...stdio],
    });
    const { stdout, stderr } = launched.child;
    for (const stream of [stdout, stderr])
      if (stream)
        createInterface({ input: stream }).on('line', (line) => {
          output.push(line);
          this.everything.push(line);
        });
    return launched;
  }

  #running(): Launched {
    if (!this.#launched) throw new Error(`${this.service.name} was not started`);
    return this.#launched;
  }
}

export interface ProcessSystem {
  readonly database: TestDatabase;
  readonly issuer: Issuer;
  readonly services: Readonly<Record<ServiceName, ServiceProcess>>;
  /** A client with a token of every scope, through the gateway. */
  readonly staff: Client;
  /** The same straight to one service. */
  readonly direct: Readonly<Record<ServiceName, Client>>;
  /** Starts one more process of a service, on a port of its own, which the gateway does not know. */
  another(name: ServiceName): Promise<{ process: ServiceProcess; direct: Client }>;
  /** Starts another process of each service beside it, and a client with a token of every scope straight to each. */
  second(): Promise<Readonly<Record<ServiceName, Client>>>;
  stop(): Promise<void>;
}

/** Both services in processes of their own behind the gateway, with a database and an issuer of their own. */
export async function startProcesses({
  environment = {},
  cluster,
  databasePort,
}: {
  environment?: NodeJS.ProcessEnv;
  /** Default: the one that all suites share. */
  cluster?: Cluster;
  /** Where the services find the database, if something is between them; the test itself goes straight to it. */
  databasePort?: number;
} = {}): Promise<ProcessSystem> {
  const undo = new AsyncDisposableStack();
  try {
    const [built, database] = await Promise.all([builtRoot(), createMigratedDatabase(cluster)]);
    undo.defer(() => database.drop());
    const issuer = await startIssuer();
    undo.defer(() => issuer.stop());
    const startOne = async (service: Service): Promise<ServiceProcess> => {
      const process = await prepare(
        built,
        service,
        database.urlOf(service.name, databasePort),
        issuer,
        environment,
      );
      undo.defer(() => process.stop());
      await process.start();
      return process;
    };
    const startAll = () => Promise.all(services.map(startOne));
    const started = await startAll();
    const gateway = await startGateway({ port: 0, upstreams: started });
    undo.defer(() => gateway.stop());
    const token = await issuer.token();
    const direct = ({ url }: ServiceProcess) => new Client(url, token);
    return {
      database,
      issuer,
      services: byName(started, (process) => process),
      staff: new Client(gateway.url, token),
      direct: byName(started, direct),
      another: async (name) => {
        const process = await startOne(serviceNamed(name));
        return { process, direct: direct(process) };
      },
      second: async () => byName(await startAll(), direct),
      stop: () => undo.disposeAsync(),
    };
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

function byName<T>(
  processes: readonly ServiceProcess[],
  of: (process: ServiceProcess) => T,
): Record<ServiceName, T> {
  const entries = processes.map((process) => [process.service.name, of(process)]);
  return Object.fromEntries(entries) as Record<ServiceName, T>;
}

async function prepare(
  built: string,
  service: Service,
  databaseUrl: string,
  issuer: Issuer,
  environment: NodeJS.ProcessEnv,
): Promise<ServiceProcess> {
  const port = await freePort();
  return new ServiceProcess(built, service, port, {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'warn',
    DATABASE_URL: databaseUrl,
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: 'clinic',
    OIDC_ALLOW_LOOPBACK: 'true',
    ...environment,
  });
}
