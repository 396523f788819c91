import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { book, repeat, tally } from '../faults/outcome.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { spread, timed } from './durations.ts';

const callers = 500;
const times = 100;
/** The first rounds warm the service up. */
const rounds = 8;

let system: ProcessSystem;
let clinic: Clinic;
let patientIds: string[];

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
  patientIds = (await repeat(callers, 10, () => clinic.patient())).map(({ id }) => id);
});
afterAll(() => system.stop());

it(`books ${times} times for ${callers} callers who come at once`, async () => {
  const type = await clinic.type();
  for (let round = 0; round < rounds; round += 1) {
    const practitioner = await clinic.practitioner([type.id]);
    const first = Temporal.Instant.from(ahead(2 + 3 * round, '00:00'));
    const { results, durations } = await timed(callers, callers, (index) =>
      book(system.direct.appointment, {
        typeId: type.id,
        practitionerId: practitioner.id,
        patientId: patientIds[index],
        start: first.add({ minutes: 30 * (index % times) }).toString(),
      }),
    );
    expect(tally(results)).toEqual({ '201': times, '409 slot_taken practitioner_busy': callers - times });
    console.info(`${callers} bookings of ${times} times at once: ${spread(durations)}`);
  }
});
