import type { Page, PageQuery } from '#contracts';
import { decodeCursor, defaultLimit, toPage } from '#platform';

/** Who makes the changes that follow from others, in the histories. */
export const system = 'system';

/** A line of a history. */
interface Change<What> {
  version: number;
  at: string;
  by: string;
  what: What;
}

/**
 * A page of a history, oldest change first.
 * @param read so many changes, or fewer, after a version
 */
export async function historyPage<What>(
  { limit = defaultLimit, cursor }: PageQuery,
  read: (limit: number, after: number) => Promise<readonly Change<What>[]>,
): Promise<Page<Change<What>>> {
  const [after] = decodeCursor(cursor, [isVersion]) ?? [];
  return toPage(
    await read(limit + 1, Number(after ?? 0)),
    limit,
    ({ version }) => [String(version)],
    ({ version, at, by, what }) => ({ version, at, by, what }),
  );
}

/** No more digits than the column can hold. */
function isVersion(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9]\d{0,8}$/.test(value);
}
