import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, launch } from '../processes.ts';

const execute = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const everythingWithinMs = 300_000;
let copy: string;
let output: string;
let commandMs: number;

/** Runs a program in the copy. @throws with what it said when it fails */
async function run(program: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(program, args, { cwd: copy, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

const node = (...args: string[]): Promise<string> => run(process.execPath, ...args);
const bin = (path: string, ...args: string[]): Promise<string> => node(`node_modules/${path}`, ...args);
const git = (...args: string[]): Promise<string> => run('git', ...args);
const add = (...args: string[]): Promise<string> =>
  node('--conditions=source', 'tools/new-service.ts', ...args);

/** A copy of all that is in the repository, and of what may come into it, as a repository of its own. */
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'clinic-new-service-'));
  const listed = await execute('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const file of listed.stdout.split('\0').filter(Boolean))
    await cp(join(root, file), join(copy, file)).catch((error: unknown) => {
      // Deleted, but still in the index.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  await git('init', '--quiet');
  await git('add', '--all');
  await git(
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@clinic.example',
    'commit',
    '--quiet',
    '-m',
    'copy',
  );
  const since = performance.now();
  output = await add('lab-result', '--port', '3999');
  commandMs = performance.now() - since;
}, everythingWithinMs);
afterAll(() => rm(copy, { recursive: true, force: true }));

describe('a service that was added', () => {
  it('is a row of the catalogue and a folder, and nothing else', async () => {
    expect((await git('status', '--short')).trimEnd().split('\n')).toEqual([
      ' M libs/catalogue/src/index.ts',
      '?? apps/lab-result/',
    ]);
    const [catalogue] = (await git('diff', '--numstat')).split('\t');
    expect(Number(catalogue)).toBeGreaterThan(0);
    expect((await git('diff', '--numstat')).split('\t')[1]).toBe('0');
    expect(output).toContain('answers under /lab-result');
  });

  it(
    'is well formed, typed, within its bounds and used',
    async () => {
      const rooms = ['apps', 'libs', 'infra', 'tools', 'test'];
      const bounds = ['--config', '.dependency-cruiser.js', ...rooms];
      await Promise.all([
        bin('typescript/bin/tsc', '--noEmit'),
        bin('eslint/bin/eslint.js', '--max-warnings', '0', 'apps/lab-result', 'libs/catalogue'),
        bin('prettier/bin/prettier.cjs', '--check', 'apps', 'libs'),
        bin('dependency-cruiser/bin/dependency-cruiser.mjs', ...bounds),
        bin('knip/bin/knip.js'),
      ]);
    },
    everythingWithinMs,
  );

  it(
    'passes its own tests, and stands in the infrastructure as whatever else is in the catalogue',
    async () => {
      // A database of its own run, as an engineer's `npm test` has.
      const jest = ['--conditions=source', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
      const suites = [
        'apps/lab-result/',
        'infra/(clinic|ingress|operations|service).spec.ts',
        'libs/catalogue/',
      ];
      await node(...jest, '--maxWorkers=2', ...suites);
    },
    everythingWithinMs,
  );

  it(
    'answers through the gateway within a minute of the command',
    async () => {
      const port = await freePort();
      // The others' ports may be those of a stack that runs already.
      const catalogue = join(copy, 'libs', 'catalogue', 'src', 'index.ts');
      const before = await readFile(catalogue, 'utf8');
      const ports = /(?<=port: )\d+/g;
      const free = await Promise.all((before.match(ports) ?? []).map(() => freePort()));
      await writeFile(
        catalogue,
        before.replace(ports, () => String(free.pop())),
      );
      const since = performance.now();
      const args = ['--conditions=source', 'tools/start.ts', '--empty', '--port', String(port)];
      const env = { ...process.env, DATABASE_URL: undefined, PORT: undefined };
      const stack = launch(process.execPath, args, { cwd: copy, env, stdio: 'ignore' });
      const status = async (): Promise<number> =>
        fetch(`http://127.0.0.1:${port}/lab-result`).then(
          (answer) => answer.status,
          () => 0,
        );
      try {
        // Without a token, which shows that it is there and closed; 502 says that it is still to come.
        while ((await status()) !== 401 && performance.now() - since < 120_000) await sleep(100);
        expect(await status()).toBe(401);
        expect(performance.now() - since + commandMs).toBeLessThan(60_000);
      } finally {
        await stack.stop();
        await writeFile(catalogue, before);
        await rm(join(copy, '.data'), { recursive: true, force: true });
      }
    },
    everythingWithinMs,
  );

  it('is not added again, nor is one that collides with it; nothing is written', async () => {
    const before = await git('diff');
    await expect(add('lab-result')).rejects.toThrow(/new:service: there is a service lab-result/);
    await expect(add('other', '--port', '3999')).rejects.toThrow(
      'port 3999 is that of the service lab-result',
    );
    await expect(add('Other')).rejects.toThrow('Other: not a service name');
    await expect(add()).rejects.toThrow('one name is needed');
    expect(await git('diff')).toBe(before);
  });
});
