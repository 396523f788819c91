import { expect } from '@jest/globals';
import { book } from '../faults/outcome.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import type { ProcessSystem } from '../harness/processes.ts';
import { targetOf } from './asker.ts';
import { bookings } from './bookings.ts';
import { scriptOf } from './pgbench.ts';
import { recordedTransaction } from './recording.ts';
import type { Change } from './change.ts';

/** Each with a patient of its own, so that nobody is in anybody's way. */
const practitioners = 64;

/** Each client of pgbench books one practitioner for one patient, a day after the other. */
export async function freeBooking(system: ProcessSystem): Promise<Change> {
  const bodies = await bookings(new Clinic(system.staff), practitioners);
  const { typeId, pairs } = bodies;
  const [{ practitionerId, patientId } = { practitionerId: '', patientId: '' }] = pairs;
  const start = ahead(1, '09:00');
  const statements = await recordedTransaction(
    system,
    'appointment',
    'booking_schedule_key_share',
    async (direct) => {
      expect((await book(direct, { typeId, practitionerId, patientId, start })).status).toBe(201);
    },
  );
  return {
    what: 'POST /appointments, free times',
    wanted: '>= 0.5',
    target: targetOf(system.direct.appointment, '/appointments', bodies),
    table: 'appointment.appointment',
    url: system.database.urlOf('appointment'),
    script: scriptOf(statements, {
      variables: { [practitionerId]: 'practitioner', [patientId]: 'patient' },
      constant: [typeId],
      day: start.slice(0, 10),
      once: ['practitioner', 'patient'].map(ofClient).join('\n'),
    }),
  };
}

function ofClient(table: string): string {
  return `select id as ${table} from (
      select id, row_number() over (order by id) from appointment.${table}) as numbered
    where row_number = :client_id + 1 \\gset`;
}
