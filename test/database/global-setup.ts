import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../tools/postgres.ts';

declare global {
  var stopTestPostgres: (() => Promise<void>) | undefined;
}

/**
 * One real PostgreSQL for the whole run, on a free port; every suite makes a database of its own in it. What else is to
 * last as long as the run goes beside it.
 */
export default async function start(): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'clinic-test-'));
  const postgres = await startPostgres({ directory: join(parent, 'postgres'), persistent: false });
  process.env.TEST_DIRECTORY = parent;
  process.env.TEST_SUPERUSER_URL = postgres.superuserUrl;
  process.env.TEST_OWNER_URL = postgres.ownerUrl;
  globalThis.stopTestPostgres = async () => {
    await postgres.stop();
    await rm(parent, { recursive: true, force: true });
  };
}
