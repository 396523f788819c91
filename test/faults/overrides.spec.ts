import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { contradictionsIn, obstruct, waitingForLocks, type Obstacle } from './database.ts';
import { book, outcome, type BookingReply } from './outcome.ts';

const start = ahead(3);

let system: ProcessSystem;
let clinic: Clinic;
let obstacle: Obstacle | undefined;

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());
afterEach(async () => {
  await obstacle?.release();
  obstacle = undefined;
  expect(await contradictionsIn(system.database)).toEqual([]);
});

describe.each([
  { shared: 'practitioner', refusal: '409 slot_taken practitioner_busy' },
  { shared: 'room', refusal: '409 slot_taken no_room_free' },
  { shared: 'patient', refusal: '409 slot_taken patient_busy' },
] as const)('an override and an ordinary booking of the same $shared', ({ shared, refusal }) => {
  let ordinary: Visit;
  let override: Visit;

  // They have nothing else in common: only the fence of what they share can part them.
  beforeEach(async () => {
    ordinary = await visit();
    const field = `${shared}Id` as const;
    override = { ...(await visit(ordinary, shared)), [field]: ordinary[field] };
    obstacle = await obstruct(system.database, `select from appointment.${shared} where id = $1 for update`, [
      ordinary[field],
    ]);
  });

  it('are both booked when the ordinary one comes first', async () => {
    const first = book(system.direct.appointment, ordinary);
    await waitingForLocks(system.database, 'appointment', 1);
    const second = bookAgainstRules(override);
    await waitingForLocks(system.database, 'appointment', 2);
    await obstacle?.release();
    expect([outcome(await first), outcome(await second)]).toEqual(['201', '201']);
  });

  it('are told apart when the override comes first: the ordinary one sees it', async () => {
    const first = bookAgainstRules(override);
    await waitingForLocks(system.database, 'appointment', 1);
    const second = book(system.direct.appointment, ordinary);
    await waitingForLocks(system.database, 'appointment', 2);
    await obstacle?.release();
    expect([outcome(await first), outcome(await second)]).toEqual(['201', refusal]);
  });
});

it('an override does not wait for an ordinary booking that shares its type alone', async () => {
  const wanted = await visit();
  obstacle = await obstruct(
    system.database,
    'select from appointment.appointment_type where id = $1 for key share',
    [wanted.typeId],
  );
  expect(outcome(await bookAgainstRules(wanted))).toBe('201');
});

it('an override waits for a change of its type, and goes by what it brought', async () => {
  const wanted = await visit();
  const type = [wanted.typeId];
  obstacle = await obstruct(
    system.database,
    'select from appointment.appointment_type where id = $1 for update',
    type,
  );
  const waits = bookAgainstRules(wanted);
  await waitingForLocks(system.database, 'appointment', 1);
  await obstacle.run('update appointment.appointment_type set active = false where id = $1', type);
  await obstacle.run('commit');
  expect(outcome(await waits)).toBe('422 not_bookable inactive');
});

interface Visit {
  typeId: string;
  practitionerId: string;
  patientId: string;
  roomId: string;
  start: string;
}

/** A visit of somebody new to somebody new; or, of a new type, to the practitioner who sees another's patient. */
async function visit(other?: Visit, shared?: string): Promise<Visit> {
  const [type, patient, room] = await Promise.all([clinic.type(), clinic.patient(), clinic.room()]);
  const practitioner =
    other !== undefined && shared === 'practitioner'
      ? await alsoOffering(other, type.id)
      : await clinic.practitioner([type.id]);
  const made = { typeId: type.id, practitionerId: practitioner.id, patientId: patient.id, roomId: room.id };
  // So that the book has its own copy of the patient.
  await clinic.book({ ...made, start: ahead(1, other === undefined ? '09:00' : '10:00') });
  return { ...made, start };
}

async function alsoOffering({ practitionerId, typeId }: Visit, more: string): Promise<{ id: string }> {
  const path = `/appointments/practitioners/${practitionerId}`;
  const reply = await system.staff.change('PATCH', path, 1, { typeIds: [typeId, more] });
  expect(reply.status).toBe(200);
  return { id: practitionerId };
}

function bookAgainstRules(wanted: Visit): Promise<BookingReply> {
  return book(system.direct.appointment, { ...wanted, override: { reason: 'Urgent.' } });
}
