import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '#catalogue';
import { picturesOf } from './plan/pictures.ts';
import { treeOf } from './plan/tree.ts';
import { isValues } from './testing/account.ts';
import { configOf, loadStack, root, type LoadedStack } from './testing/stack.ts';

let stacks: Record<'dev' | 'prod', LoadedStack>;

beforeAll(async () => {
  const dev = await loadStack('dev');
  stacks = { dev, prod: await loadStack('prod') };
});

describe('the plan', () => {
  it.each(['dev', 'prod'] as const)('names every resource of %s once, below its component', (name) => {
    const { resources } = stacks[name];
    const lines = treeOf(name, resources).trimEnd().split('\n').slice(1, -1);
    expect(lines).toHaveLength(resources.length);
    const named = ({ type, name }: { type: string; name: string }): string =>
      `${type.replace(/\/[^:]*/, '')} ${name}`;
    expect(lines.map((line) => line.trim()).sort()).toEqual(resources.map(named).sort());
    const rule = lines.findIndex((line) => line.trim() === `aws:lb:ListenerRule clinic-${name}-patient`);
    expect(lines[rule - 1]).toBe(`    clinic:service:Route clinic-${name}-patient`);
  });

  it('does not depend on the order in which resources came', () => {
    const { resources } = stacks.dev;
    expect(treeOf('dev', resources.toReversed())).toBe(treeOf('dev', resources));
  });
});

describe('the documentation', () => {
  it('shows the picture of what the program makes; `npm run infra:plan` draws it anew', async () => {
    const files = [...picturesOf(stacks.dev, stacks.prod).keys()];
    // A service may be added first and drawn later; what is drawn is as it is.
    const drawn = readFileSync(files[0] ?? '', 'utf8');
    const catalogue = services.filter(({ prefix }) => drawn.includes(`${prefix}/*`));
    const dev = await loadStack('dev', { catalogue });
    const pictures = picturesOf(dev, await loadStack('prod', { catalogue }));
    for (const [file, picture] of pictures) expect(readFileSync(file, 'utf8')).toBe(picture);
  });

  it('says what every configuration key does, and its default', () => {
    const text = readFileSync(join(root, 'docs', 'deploy.md'), 'utf8').replace(/ +/g, ' ');
    for (const [key, declared] of Object.entries(configOf(root, 'Pulumi.yaml'))) {
      if (!isValues(declared)) throw new Error(`${key} is not declared with a default`);
      expect(text).toContain(
        `| \`${key}\` | \`${JSON.stringify(declared.default)}\` | ${String(declared.description)} |`,
      );
    }
  });
});
