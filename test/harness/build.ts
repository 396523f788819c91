import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const buildWithinMs = 60_000;

/**
 * The root of a build of the services, apart from `dist`, which may be at work elsewhere. The first suite of a run that
 * asks makes it, the others wait for it, and it goes when the run ends.
 */
export async function builtRoot(): Promise<string> {
  const parent = process.env.TEST_DIRECTORY;
  if (parent === undefined) throw new Error('TEST_DIRECTORY is set by the global set-up of the tests');
  const built = join(parent, 'build');
  const done = join(built, 'done');
  if (await isOurs(built)) {
    await build(built);
    await writeFile(done, '');
  }
  for (let waited = 0; !existsSync(done); waited += 50) {
    if (waited > buildWithinMs) throw new Error('another suite was to build the services and did not');
    await sleep(50);
  }
  return built;
}

/** Of all who try to make a directory one succeeds. */
async function isOurs(directory: string): Promise<boolean> {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** As `npm run build` does, but for the types, which are checked elsewhere. */
async function build(directory: string): Promise<void> {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = ['--noCheck', '--incremental', 'false', '--tsBuildInfoFile', 'null'];
  const bundler = join('tools', 'bundle.ts');
  await Promise.all([
    run(root, [compiler, '-p', 'tsconfig.build.json', '--outDir', join(directory, 'dist'), ...flags]),
    ...['package.json', bundler].map((file) => cp(join(root, file), join(directory, file))),
    // The packages, and the migrations.
    ...['node_modules', 'apps'].map((folder) =>
      symlink(join(root, folder), join(directory, folder), 'junction'),
    ),
  ]);
  await run(directory, [bundler]);
}

async function run(cwd: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, args, { cwd });
}
