import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { serviceNamed } from '#catalogue';
import { AccessLogRepository, Commands, Database, DomainError } from '#platform';
import { AccessLog } from '../../libs/platform/src/audit/access-log.ts';
import { IdempotencyRepository } from '../../libs/platform/src/command/idempotency.repository.ts';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';

const service = serviceNamed('patient');
const crowd = 24;
const command = { caller: { subject: 'a', scopes: new Set<string>() }, path: '/', target: '/', body: {} };
const calm = { looked: 0, together: 0, refused: [] };
const taken = () => Promise.reject(new DomainError('slot_taken', 'Taken.'));

let database: TestDatabase;
let connections: Database;
let commands: Commands;

beforeAll(async () => {
  database = await createMigratedDatabase();
  // One of the three for transactions: of a crowd eight look ahead at once, and the others wait.
  connections = new Database(new pg.Pool({ connectionString: database.urlOf('patient'), max: 3 }));
});
beforeEach(() => {
  const accesses = new AccessLog(connections, new AccessLogRepository(service), undefined as never);
  commands = new Commands(connections, new IdempotencyRepository(service), accesses);
});
afterAll(async () => {
  await connections.onApplicationShutdown();
  await database.drop();
});

/**
 * How many of a crowd that comes at once look ahead, and how many of them at a time at the most; how many of their transactions
 * begin, and why who is refused is.
 */
async function come(effect: () => Promise<object>, look = () => Promise.resolve()) {
  const counted = { looked: 0, begun: 0, together: 0 };
  let looking = 0;
  const one = () =>
    commands.run(
      { ...command, idempotencyKey: undefined, access: undefined },
      () => {
        counted.begun += 1;
        return effect();
      },
      async () => {
        counted.looked += 1;
        looking += 1;
        counted.together = Math.max(counted.together, looking);
        await sleep(1);
        looking -= 1;
        await look();
      },
    );
  const ends = await Promise.allSettled(Array.from({ length: crowd }, one));
  const refused = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  return { ...counted, refused };
}

it('while all get what they want, nobody looks whether it is in vain', async () => {
  expect(await come(() => Promise.resolve({}))).toEqual({ ...calm, begun: crowd });
});

it('once one came in vain, those who wait look first, many together, and begin nothing', async () => {
  const { looked, together, begun } = await come(taken, taken);
  expect(looked + begun).toBe(crowd);
  expect(looked).toBeGreaterThan(crowd / 2);
  expect(together).toBe(8);
});

it('nobody looks any more when one got what they wanted again', async () => {
  await come(taken, taken);
  const { looked } = await come(() => Promise.resolve({}));
  expect(looked).toBeLessThan(crowd / 2);
  expect(await come(() => Promise.resolve({}))).toEqual({ ...calm, begun: crowd });
});
