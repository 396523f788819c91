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
