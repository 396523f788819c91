import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** The data inventory: by its table the columns that hold what people are called, say or are told by. */
export function inventory(): Map<string, string[]> {
  const pages = ['docs/security.md', ...globSync('apps/*/data.md', { cwd: root })];
  const rows = pages.flatMap((page) => [
    ...readFileSync(join(root, page), 'utf8').matchAll(/^\| `([\w-]+\.\w+)` +\| ([^|]*)\|/gm),
  ]);
  return new Map(
    rows.map(([, table = '', columns = '']) => [
      table,
      [...columns.matchAll(/`(\w+)`/g)].map(([, column = '']) => column),
    ]),
  );
}
