import { join } from 'node:path';
import type { LoadedStack } from '../testing/stack.ts';
import { factsOf } from './facts.ts';
import { palettes, pictureOf } from './picture.ts';

/** The pictures of the documentation by file. They show both stacks, whichever of them was asked for. */
export function picturesOf(dev: LoadedStack, prod: LoadedStack): ReadonlyMap<string, string> {
  const docs = join(import.meta.dirname, '..', '..', 'docs');
  return new Map(
    Object.entries(palettes).map(([name, palette]) => [
      join(docs, `infrastructure-${name}.svg`),
      pictureOf([factsOf('dev', dev), factsOf('prod', prod)], palette),
    ]),
  );
}
