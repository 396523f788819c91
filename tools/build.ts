import { existsSync, globSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { services } from '#catalogue';
import { launch, type Running } from './processes.ts';
import { scriptOf } from './service.ts';
import { Fault } from './terminal.ts';

const inputs = ['{apps,libs}/*/src/**/*.ts', 'tsconfig*.json', 'package-lock.json'];

/** Compiles once, if something has changed; or, watching, from now on: then each error is reported. */
export async function build(
  root: string,
  watch: boolean,
  report: (error: string) => void,
): Promise<Running | undefined> {
  const since = new Date();
  const stamp = join(root, 'dist', '.built');
  const complete = services.every(({ name }) => existsSync(scriptOf(root, name, 'main')));
  if (!watch && complete && isNewest(root, stamp)) return undefined;
  // The compiler trusts its notes on what it has written, also when that has been removed since.
  if (!complete) rmSync(join(root, 'dist', '.tsbuildinfo'), { force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', 'tsconfig.build.json', '--pretty', 'false', '--preserveWatchOutput'];
  const flags = watch ? ['--watch'] : [];
  const compiler = launch(process.execPath, [...args, ...flags], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const errors: string[] = [];
  const how = await new Promise<string>((resolve) => {
    void compiler.exited.then(resolve);
    if (!compiler.child.stdout) return;
    createInterface({ input: compiler.child.stdout }).on('line', (line) => {
      if (line.includes('Watching for file changes')) resolve('watching');
      if (!line.includes('error TS')) return;
      if (watch) report(line);
      else errors.push(line);
    });
  });
  if (watch) return compiler;
  if (how !== 'exit code 0')
    throw new Fault(`build: ${errors[0] ?? how} (${errors.length} errors: npm run build shows all)`);
  writeFileSync(stamp, '');
  utimesSync(stamp, since, since);
  return undefined;
}

function isNewest(root: string, stamp: string): boolean {
  const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const builtAt = changedAt(stamp);
  return globSync(inputs, { cwd: root }).every((file) => changedAt(join(root, file)) < builtAt);
}
