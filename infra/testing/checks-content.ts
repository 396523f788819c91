import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Checks, Program } from './mutant.ts';

const told = { platform: 'linux/amd64', args: { SERVICE: 'patient', PORT: '3000' } };

/** Changes of a tree, by what they are, of which each makes another image. */
const covered: Readonly<Record<string, (tree: string) => void>> = {
  'the source of a service': writes('apps/patient/src/main.ts'),
  'a new file': writes('apps/patient/src/new.ts'),
  'the packages': writes('package.json'),
  'the Dockerfile': writes('Dockerfile'),
  'an executable bit': (tree) => {
    chmodSync(join(tree, 'package.json'), 0o755);
  },
};

const notCovered: Readonly<Record<string, (tree: string) => void>> = {
  'a test': writes('apps/patient/src/main.spec.ts'),
  'a document': writes('README.md'),
  'the program': writes('infra/index.ts'),
  'a package as it is installed': writes('node_modules/new/index.js'),
};

/** What the tags of images follow from, tried on a small tree with the Dockerfile and .dockerignore of the program. */
export const contentChecks: Checks = {
  'image: its tag covers all that it is made of': async (program) => [
    ...Object.keys(covered).filter((change) => tagAfter(program, covered[change]) === tagAfter(program)),
    ...[
      { ...told, platform: 'linux/arm64' },
      { ...told, args: { ...told.args, SERVICE: 'appointment' } },
    ]
      .filter((other) => tagAfter(program, undefined, other) === tagAfter(program))
      .map((other) => JSON.stringify(other)),
  ],
  'image: its tag covers nothing else': async (program) =>
    Object.keys(notCovered).filter((change) => tagAfter(program, notCovered[change]) !== tagAfter(program)),
  'image: its tag does not depend on the order in which the build is told things': async (program) => {
    const reversed = { ...told, args: { PORT: '3000', SERVICE: 'patient' } };
    return tagAfter(program, undefined, reversed) === tagAfter(program) ? [] : ['it does'];
  },
};

function tagAfter({ folder, contentTag }: Program, change?: (tree: string) => void, inputs = told): string {
  const tree = mkdtempSync(join(tmpdir(), 'clinic-tree-'));
  try {
    for (const file of ['Dockerfile', '.dockerignore']) cpSync(join(folder, file), join(tree, file));
    for (const file of ['package.json', 'apps/patient/src/main.ts']) writes(file, 'as it was')(tree);
    change?.(tree);
    return contentTag(tree, inputs);
  } finally {
    rmSync(tree, { recursive: true });
  }
}

function writes(file: string, text = 'changed'): (tree: string) => void {
  return (tree) => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  };
}
