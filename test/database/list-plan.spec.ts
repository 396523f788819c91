import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { AppointmentQuery } from '#contracts';
import type { Database } from '#platform';
import { AppointmentList } from '../../apps/appointment/src/booking/appointment.list.ts';
import { fillBook } from '../bench/book.rows.ts';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { planOf } from '../harness/plan.ts';
import { query } from '../harness/sql.ts';

const [someId, later] = ['01890a5d-ac96-774b-bcce-b302099a8057', '2100-01-01T00:00:00Z'];

let database: TestDatabase;

beforeAll(async () => {
  database = await createMigratedDatabase();
  const typeId = randomUUIDv7();
  await query(
    database.superuserUrl,
    `insert into appointment.appointment_type (id, name, minutes, buffer_before, buffer_after, needs_room, slot_step,
       min_notice_minutes, max_days_ahead, active, version) values ($1, 'Visit', 30, 0, 0, false, 30, 0, 365, true, 1)`,
    [typeId],
  );
  await fillBook(database.superuserUrl, { appointments: 10_000, typeId });
});
afterAll(() => database.drop());

const queries: [string, AppointmentQuery][] = [
  ['appointment_by_start', {}],
  ['appointment_by_start', { from: '2000-01-01T00:00:00Z', to: later }],
  ['appointment_by_status', { status: 'arrived' }],
  ['appointment_by_status', { status: 'booked', from: '2000-01-01T00:00:00Z' }],
  ['appointment_by_practitioner', { practitionerId: someId }],
  ['appointment_by_patient', { patientId: someId }],
  ['appointment_by_room', { roomId: someId }],
];

it.each(queries)('lists by %s, whatever else there is: %j', async (index, asked) => {
  for (const after of [undefined, { start: later, id: someId }]) {
    const plan = await planOf(database.superuserUrl, (reader) =>
      new AppointmentList({ reader } as Database).read(asked, 51, after),
    );
    expect(plan).toContain(`Index Scan using ${index} on appointment`);
    expect(plan).not.toContain('Sort');
  }
});
