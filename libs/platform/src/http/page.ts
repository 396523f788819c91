import type { Page } from '#contracts';
import { ValidationFailed } from '../problem/domain-error.ts';

/** The size of a page when none is asked for. */
export const defaultLimit = 50;

/**
 * A page out of `limit + 1` rows read in keyset order: the extra row only tells that there is a next page.
 * @param keyOf what the next page starts after
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => readonly string[],
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: more ? encodeCursor(keyOf(last)) : null };
}

export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The key that a cursor stands for, one part per check.
 * @throws ValidationFailed when it is not a cursor of this list
 */
export function decodeCursor(
  cursor: string | undefined,
  checks: readonly ((part: unknown) => part is string)[],
): string[] | undefined {
  if (cursor === undefined) return undefined;
  const parts = parsed(cursor);
  if (parts.length !== checks.length || !checks.every((check, index) => check(parts[index])))
    throw new ValidationFailed([
      { path: 'cursor', message: 'must be a nextCursor of this list as it was answered' },
    ]);
  return parts as string[];
}

function parsed(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}
