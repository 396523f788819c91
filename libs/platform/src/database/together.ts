import type pg from 'pg';

/**
 * Sends what `work` sends before it first waits in one packet. For statements that need no answers of each other.
 * PostgreSQL runs them in the order sent; when one fails, those after it fail too.
 */
export function together<T>(
  tx: { readonly $client: pg.Pool | pg.Client },
  work: () => Promise<T>,
): Promise<T> {
  const stream = 'connection' in tx.$client ? tx.$client.connection.stream : undefined;
  stream?.cork();
  try {
    return work();
  } finally {
    stream?.uncork();
  }
}

/**
 * What statements of a transaction answer that were sent together, once all have ended. Where one fails, those after it fail
 * only for that: it is told of the first, in the order sent.
 */
export async function answersOf<T extends readonly unknown[]>(
  sent: T,
): Promise<{ -readonly [Place in keyof T]: Awaited<T[Place]> }> {
  const failed = (await Promise.allSettled(sent)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return Promise.all(sent);
}
