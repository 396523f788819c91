import { writeFileSync } from 'node:fs';
import { picturesOf } from './plan/pictures.ts';
import { treeOf } from './plan/tree.ts';
import { loadStack, root } from './testing/stack.ts';

/** Prints what each stack, or the one that is named, would consist of, and draws the documentation's pictures. */
// One after the other: Pulumi has one engine in a process.
const dev = await loadStack('dev', { folder: root });
const prod = await loadStack('prod', { folder: root });
const stacks = { dev, prod };

const [wanted] = process.argv.slice(2);
if (wanted !== undefined && !Object.hasOwn(stacks, wanted)) {
  process.stderr.write(`${wanted} is none of the stacks ${Object.keys(stacks).join(', ')}\n`);
  process.exitCode = 1;
} else {
  for (const [name, { resources, warnings }] of Object.entries(stacks))
    if (wanted === undefined || wanted === name)
      process.stdout.write(
        [treeOf(name, resources), ...warnings.map((warning) => `${name}: warning: ${warning}\n`), '\n'].join(
          '',
        ),
      );
  // They show the stacks of the tests, which compare them: what a team sets at the root leaves them right.
  for (const [file, picture] of picturesOf(await loadStack('dev'), await loadStack('prod')))
    writeFileSync(file, picture);
}
