import { randomUUIDv7 } from 'node:crypto';
import { drizzle } from 'drizzle-orm/node-postgres';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { CandidateRepository } from '../../apps/appointment/src/waitlist/candidate.repository.ts';
import type { KeptFreedTime } from '../../apps/appointment/src/freed/freed-time.repository.ts';
import { fillWaitlist } from '../bench/waitlist.rows.ts';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { planOf } from '../harness/plan.ts';
import { query } from '../harness/sql.ts';

const waiting = 10_000;
const hourMs = 3_600_000;

let database: TestDatabase;
let client: pg.Client;
const typeIds = Array.from({ length: 4 }, () => randomUUIDv7());
const practitionerIds = Array.from({ length: 10 }, () => randomUUIDv7());

beforeAll(async () => {
  database = await createMigratedDatabase();
  client = new pg.Client(database.superuserUrl);
  await client.connect();
  await query(
    database.superuserUrl,
    `with type as (insert into appointment.appointment_type (id, name, minutes, buffer_before, buffer_after, needs_room,
       slot_step, min_notice_minutes, max_days_ahead, active, version)
       select id, 'Visit', 30, 0, 0, place in (2, 3), 30, 0, 365, true, 1
       from unnest($1::uuid[]) with ordinality as made (id, place))
     insert into appointment.practitioner (id, name, active, type_ids, version)
       select id, 'Dr Example', true, case place when 1 then ($1::uuid[])[:2] else $1 end, 1
       from unnest($2::uuid[]) with ordinality as made (id, place)`,
    [typeIds, practitionerIds],
  );
  await fillWaitlist(database.superuserUrl, waiting, { typeIds, practitionerIds });
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const start = Date.now() + 30 * 24 * hourMs;
const during = [{ start, end: start + hourMs / 2 }];
const candidates = new CandidateRepository();

function freed(of: Omit<KeptFreedTime, 'id' | 'freedAt' | 'during'>): KeptFreedTime {
  return { id: randomUUIDv7(), freedAt: new Date().toISOString(), during, ...of };
}

it(`finds the first of ${waiting} in line by indexes`, async () => {
  const now = new Date().toISOString();
  const plans = [
    await planOf(database.superuserUrl, (connection) =>
      candidates.wanted(connection, freed({ practitionerId: practitionerIds[0] })),
    ),
    await planOf(database.superuserUrl, (connection) =>
      candidates.inOrder(connection, typeIds, { start, end: start }, now, undefined, 20),
    ),
  ];
  console.info(plans.join('\n\n'));
  for (const plan of plans) {
    expect(plan).not.toContain('Seq Scan on waitlist_entry');
    expect(plan).toMatch(/Index (Only )?Scan/);
  }
});

const [first = '', second = '', third = '', fourth = ''] = typeIds;

it.each([
  { whose: 'a practitioner’s time', of: { practitionerId: practitionerIds[0] }, wanted: [first, second] },
  {
    whose: 'a practitioner’s time for two types',
    of: { practitionerId: practitionerIds[0], typeIds: [second, third] },
    wanted: [second],
  },
  { whose: 'a room’s time', of: { roomId: randomUUIDv7() }, wanted: [second, third] },
  {
    whose: 'the time of both',
    of: { practitionerId: practitionerIds[0], roomId: randomUUIDv7() },
    wanted: [first, second, third],
  },
  { whose: 'a patient’s time', of: { patientId: randomUUIDv7() }, wanted: [] },
  { whose: 'anybody’s time', of: {}, wanted: [first, second, third, fourth] },
])('looks at the types that $whose can be had for, and at no others', async ({ of, wanted }) => {
  const found = await candidates.wanted(drizzle({ client }), freed(of));
  expect(found.map(({ typeId }) => typeId).sort()).toEqual([...wanted].sort());
});
