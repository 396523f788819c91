import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryArgs, readyPath, type Service } from '#catalogue';
import { launch, type Running } from './processes.ts';
import { Fault, readable, type Terminal } from './terminal.ts';

export interface Workplace {
  readonly root: string;
  /** `.data`: all that a run keeps. */
  readonly data: string;
  readonly terminal: Terminal;
  /** Reload when what is built changes. */
  readonly watch: boolean;
}

/** The entry points that a service may have. */
export type Entry = 'main' | 'migrate' | 'rebuild' | 'verify';

/** With the memory, in MiB, of a task of the prod stack. */
export const servingArgs = memoryArgs(1024);

const readyWithinMs = 60_000;
/** What a service says over and over is shown again only after so long. */
const repeatAfterMs = 10_000;

/** Runs an entry point of a service, as a container would; or, watching, by Nest's command. */
export function runService(
  { root, data, terminal, watch }: Workplace,
  { name }: Service,
  entry: 'main' | 'migrate',
  environment: NodeJS.ProcessEnv,
): Running {
  const args = watch && entry === 'main' ? reloading(root, name) : programOf(root, name, entry);
  const { child, exited, stop } = launch(process.execPath, args, {
    cwd: root,
    // What Node has compiled once it needn't compile again: a third of the time to ready.
    env: { NODE_COMPILE_CACHE: join(root, 'dist', '.compile-cache'), ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const say = terminal.voice(name);
  const log = createWriteStream(join(data, 'logs', `${name}.log`), { flags: 'a' });
  log.on('error', (error) => {
    say(`its log is not written any more: ${readable(error)}`);
  });
  const complaints: string[] = [];
  const take = (stream: Readable | null, show: (line: string) => void): void => {
    if (stream)
      createInterface({ input: stream })
        .on('line', show)
        .on('line', (line) => log.write(`${line}\n`));
  };
  const recent = new Set<string>();
  take(child.stdout, (line) => {
    const told = line.startsWith('{') ? tellGrave(line) : watch && line;
    if (!told || recent.has(told)) return;
    recent.add(told);
    setTimeout(() => recent.delete(told), repeatAfterMs).unref();
    say(told);
  });
  take(child.stderr, (line) => {
    if (complaints.length < 100) complaints.push(line);
    if (watch) say(line);
  });
  const ended = exited.then((how) => {
    log.end();
    const complaint = complaints.find((line) => /^\w*Error\b/.test(line)) ?? complaints.find(Boolean);
    return how === 'exit code 0' || complaint === undefined ? how : `${how}: ${complaint}`;
  });
  return { exited: ended, stop };
}

/** What Node is given to run an entry point; who serves is told of as much memory as a task has, whatever is here. */
export function programOf(root: string, name: string, entry: Entry): string[] {
  return [...(entry === 'main' ? servingArgs : []), scriptOf(root, name, entry)];
}

export function scriptOf(root: string, name: string, entry: Entry): string {
  return join(root, 'dist', 'services', name, `${entry}.js`);
}

/** Nest's own watch mode: it compiles the service and runs it anew at every change. */
function reloading(root: string, name: string): string[] {
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  // What nest-cli.json says of the services it names, for every service.
  const folder = `apps/${name}`;
  const source = ['--sourceRoot', `${folder}/src`, '--entryFile', `${folder}/src/main`];
  const place = ['--path', `${folder}/tsconfig.app.json`, ...source];
  return [nest, 'start', name, ...place, '--watch', '--preserveWatchOutput', '--exec', process.execPath];
}

/** A warning or an error of a service in words; undefined for all other records. */
function tellGrave(line: string): string | undefined {
  if (!/"level":"(warn|error|fatal)"/.test(line)) return undefined;
  const keys = ['level', 'msg', 'method', 'route', 'status', 'type', 'code'];
  const words = keys.map((key) => new RegExp(`"${key}":"?([^",}]+)`).exec(line)?.[1]);
  return words.filter((word) => word !== undefined).join(' ');
}

/** Waits until the service is ready, or has ended. */
export async function serviceReady(service: Service, { exited }: Running, watch: boolean): Promise<void> {
  const end: { how?: string } = {};
  void exited.then((how) => (end.how = how));
  const deadline = Date.now() + readyWithinMs;
  while (!(await answers(`http://127.0.0.1:${service.port}${readyPath(service)}`))) {
    // While reloading, it is for the engineer to make it start.
    if (Date.now() > deadline && !watch) end.how ??= `not ready after ${readyWithinMs / 1000} s`;
    if (end.how !== undefined) throw new Fault(`${service.name}: ${end.how}`);
    await sleep(40);
  }
}

async function answers(url: string): Promise<boolean> {
  const signal = AbortSignal.timeout(5_000);
  return fetch(url, { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}
