import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The engine's command-line client; DOCKER names another one. */
const client = process.env.DOCKER ?? 'docker';
/** On everything the tests make, so that the next run finds what a killed one left. */
const label = 'clinic.made-by=container-test';

/** What an image may add to its base. */
export const mostOverBaseMb = 90;

export interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs the client to its end, whatever that is. */
async function attempt(...args: string[]): Promise<Outcome> {
  try {
    const options = { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, DOCKER_BUILDKIT: '1' } };
    return { exitCode: 0, ...(await promisify(execFile)(client, args, options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout?: string; stderr?: string };
    return {
      exitCode: typeof code === 'number' ? code : -1,
      stdout: stdout ?? '',
      stderr: stderr !== undefined && stderr !== '' ? stderr : String(error),
    };
  }
}

async function required(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await attempt(...args);
  if (exitCode !== 0)
    throw new Error(`${client} ${args[0] ?? ''} ended with ${exitCode}: ${stderr.slice(-4000)}`);
  return stdout.trim();
}

export async function isEngineThere(): Promise<boolean> {
  return (await version()).exitCode === 0;
}

/** @throws when there is no engine: without one nothing here can be shown to work */
export async function requireEngine(): Promise<void> {
  const { exitCode, stderr } = await version();
  if (exitCode === 0) return;
  const [reason = ''] = stderr.trim().split('\n');
  throw new Error(
    `No container engine answers \`${client} version\` (${reason}). Start one, or name its client in DOCKER.`,
  );
}

function version(): Promise<Outcome> {
  return attempt('version', '--format', '{{.Server.Version}}');
}

/** Containers and images of this run or of an earlier one that was cut short. */
export async function removeAll(): Promise<void> {
  const filter = ['--quiet', '--filter', `label=${label}`];
  const containers = lines(await required('ps', '--all', ...filter));
  if (containers.length > 0) await required('rm', '--force', '--volumes', ...containers);
  const images = lines(await required('image', 'ls', ...filter));
  if (images.length > 0) await required('image', 'rm', '--force', ...new Set(images));
}

export async function buildImage(
  tag: string,
  args: Readonly<Record<string, string | number>>,
): Promise<void> {
  const flags = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  await required('build', '--label', label, ...flags, '--tag', tag, '.');
}

export async function removeImage(tag: string): Promise<void> {
  await required('image', 'rm', tag);
}

/** What the Dockerfile put on top of its base image, in bytes: the layers from its first COPY on. */
export async function sizeOverBase(tag: string): Promise<number> {
  const format = '{{.Size}} {{.CreatedBy}}';
  const history = lines(await required('history', '--no-trunc', '--human=false', '--format', format, tag));
  const first = history.findIndex((line) => /^\d+ COPY \/assembly \/ /.test(line));
  if (first < 0) throw new Error(`${tag} has no layer that the Dockerfile copied`);
  return history.slice(0, first + 1).reduce((sum, line) => sum + Number.parseInt(line), 0);
}

export type Environment = Readonly<Record<string, string | number>>;

// As the smallest task of the cloud runs it, and as closed as it gets: even /dev/shm goes, with the shared memory. The
// loopback addresses of the database and the issuer are to be reached, hence the host's network.
const confined = [
  ...['--network', 'host', '--ipc', 'none'],
  ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
  ...['--memory', '512m', '--cpus', '0.25'],
];

function run(tag: string, environment: Environment, flags: string[], command: string[]): string[] {
  const variables = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  return ['run', '--label', label, ...flags, ...variables, tag, ...command];
}

/** Runs a container of the image to its end. */
export function runOnce(tag: string, environment: Environment, ...command: string[]): Promise<Outcome> {
  return attempt(...run(tag, environment, ['--rm', ...confined], command));
}

/** The same without confinement, where only the files' own permissions hold. */
export function runOpen(tag: string, ...command: string[]): Promise<Outcome> {
  return attempt(...run(tag, {}, ['--rm', '--network', 'none'], command));
}

export class Container {
  private constructor(readonly id: string) {}

  /** Starts the image's own command; the health check is the image's too, only asked more often. */
  static async start(tag: string, environment: Environment): Promise<Container> {
    const flags = ['--detach', '--health-interval', '5s', ...confined];
    return new Container(await required(...run(tag, environment, flags, [])));
  }

  /** Waits for the verdict of the health check. */
  async health(): Promise<string> {
    for (;;) {
      const status = await this.inspect('{{if .State.Running}}{{.State.Health.Status}}{{else}}ended{{end}}');
      if (status !== 'starting') return status;
      await sleep(500);
    }
  }

  /** Runs a command in the container, beside the service. */
  run(...command: string[]): Promise<string> {
    return required('exec', this.id, ...command);
  }

  /** Sends SIGTERM and waits; after 30 s, as the cloud does, SIGKILL, which ends with 137. */
  async stop(): Promise<number> {
    await required('stop', '--time', '30', this.id);
    return Number(await this.inspect('{{.State.ExitCode}}'));
  }

  async logs(): Promise<string> {
    const { stdout, stderr } = await attempt('logs', this.id);
    return stdout + stderr;
  }

  inspect(format: string): Promise<string> {
    return required('inspect', '--format', format, this.id);
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
