import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(import.meta.dirname, '..', '..', 'docs', 'security.md');

/** The data inventory of docs/security.md: by its table the columns that hold what people are called, say or are told by. */
export function inventory(): Map<string, string[]> {
  const [, section = ''] = readFileSync(page, 'utf8').split('\n## Data inventory\n');
  const rows = section.split('\n## ')[0]?.matchAll(/^\| `(\w+\.\w+)` +\| ([^|]*)\|/gm) ?? [];
  return new Map(
    [...rows].map(([, table = '', columns = '']) => [
      table,
      [...columns.matchAll(/`(\w+)`/g)].map(([, column = '']) => column),
    ]),
  );
}
