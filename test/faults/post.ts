import { randomUUIDv7 } from 'node:crypto';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { patientChangedQueue } from '#contracts';
import type { TestDatabase } from '../harness/database.ts';

const atOnce = 5_000;

/** Puts jobs into the queue between the services, whatever they are. */
export async function post({ superuserUrl }: TestDatabase, payloads: readonly object[]): Promise<void> {
  const client = new pg.Client(superuserUrl);
  await client.connect();
  const boss = new PgBoss({
    db: { executeSql: (text, values) => client.query(text, values) },
    schema: 'jobs',
    ...{ migrate: false, createSchema: false, supervise: false, schedule: false },
  });
  await boss.start();
  for (let from = 0; from < payloads.length; from += atOnce)
    await boss.insert(
      patientChangedQueue,
      payloads.slice(from, from + atOnce).map((data) => ({ data, singletonKey: keyOf(data) })),
    );
  await boss.stop({ graceful: false, close: false });
  await client.end();
}

/** As if so many had been registered while nobody listened: in the register, and in the post. */
export async function backUp(database: TestDatabase, count: number): Promise<void> {
  const ids = Array.from({ length: count }, () => randomUUIDv7());
  const client = new pg.Client(database.superuserUrl);
  await client.connect();
  await client.query(
    `insert into patient.patient (id, mrn, active, name, birth_date, gender, telecom, address, identifier, communication,
       version, created_at, updated_at)
     select id, 'made up ' || id, true, '[{"family": "Sample", "given": [], "prefix": []}]', '1980-01-31', 'unknown',
       '[]', '[]', '[]', '[]', 1, now(), now() from unnest($1::uuid[]) as id`,
    [ids],
  );
  await client.end();
  await post(
    database,
    ids.map((id) => ({ id, active: true, replacedBy: null, version: 1 })),
  );
}

function keyOf(data: object): string {
  return 'id' in data ? String(data.id) : 'nobody';
}
