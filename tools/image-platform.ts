import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { platformOf, runners } from './image-platform/platform.ts';
import { answer } from './terminal.ts';

/** What images are built for, and a runner that is the same, as outputs of a workflow's step. */
function run(): string {
  const root = join(import.meta.dirname, '..');
  const text = (file: string): string => readFileSync(join(root, file), 'utf8');
  const stacks = globSync('Pulumi.*.yaml', { cwd: root }).sort();
  const platform = platformOf(
    text('Pulumi.yaml'),
    new Map(stacks.map((file) => [basename(file, '.yaml').replace('Pulumi.', ''), text(file)])),
  );
  return `platform=${platform}\nrunner=${runners[platform]}`;
}

await answer('image-platform', run);
