import { existsSync, globSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { services } from '#catalogue';
import { launch } from './processes.ts';
import { scriptOf } from './service.ts';
import { Fault } from './terminal.ts';

const inputs = ['{apps,libs}/*/src/**/*.ts', 'tools/bundle.ts', 'tsconfig*.json', 'package-lock.json'];

/** Compiles and bundles the services as `npm run build` does, if something has changed since the last time. */
export async function build(root: string): Promise<void> {
  const since = new Date();
  const stamp = join(root, 'dist', '.built');
  const complete = services.every(({ name }) => existsSync(scriptOf(root, name, 'main')));
  if (complete && isNewest(root, stamp)) return;
  // The compiler trusts its notes on what it has written, also when that has been removed since.
  if (!complete) rmSync(join(root, 'dist', '.tsbuildinfo'), { force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(root, [tsc, '-p', 'tsconfig.build.json', '--pretty', 'false']);
  await run(root, ['--conditions=source', join(root, 'tools', 'bundle.ts')]);
  writeFileSync(stamp, '');
  utimesSync(stamp, since, since);
}

/** @throws Fault with the first error it reports */
async function run(root: string, args: readonly string[]): Promise<void> {
  const { child, exited } = launch(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    if (stream)
      createInterface({ input: stream }).on('line', (line) => /\berror\b/i.test(line) && errors.push(line));
  const how = await exited;
  if (how !== 'exit code 0')
    throw new Fault(`build: ${errors[0] ?? how} (${errors.length} errors: npm run build shows all)`);
}

function isNewest(root: string, stamp: string): boolean {
  const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const builtAt = changedAt(stamp);
  return globSync(inputs, { cwd: root }).every((file) => changedAt(join(root, file)) < builtAt);
}
