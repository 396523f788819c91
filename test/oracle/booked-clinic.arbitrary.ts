import fc from 'fast-check';
import { claimsOf, overlap, type Asked, type BookedClinic, type Entry } from './booked-clinic.ts';
import { practitioner, type as anyType } from './clinic.arbitrary.ts';
import { idlePatient, mergedPatient, patientIds, practitionerIds, roomIds } from './clinic.ids.ts';
import { anyZone, zonesAndRangesAfter } from './clock.moments.ts';
import { type AppointmentType, type Practitioner, weekdays, type WeeklyWindow } from './minute-oracle.ts';
import { type Range, usually } from './range.arbitrary.ts';
import { choiceWeights, type StartChoice } from './start.candidates.ts';

/** A clinic and what is asked of it. */
export interface Inquiry {
  clinic: BookedClinic;
  asked: Asked;
  /** Of which starts a list is asked, and of whose. */
  range: Range;
  listedPractitionerId?: string | undefined;
  pages: number;
  choices: StartChoice[];
}

type Draft = Omit<Entry, 'id'>;

const minuteMs = 60_000;
const triedStarts = 4;

const kinds: readonly Entry['kind'][] = [
  'appointment',
  'appointment',
  'override',
  'freed',
  'hold',
  'expired hold',
];

/** On fives in and about the range, so that many touch each other or a start exactly; seldom on an odd millisecond. */
const draft = ({ start, end }: Range): fc.Arbitrary<Draft> =>
  fc
    .record({
      kind: fc.constantFrom(...kinds),
      practitionerId: fc.constantFrom(...practitionerIds),
      roomId: fc.option(fc.constantFrom(...roomIds), { nil: undefined }),
      patientId: fc.option(fc.constantFrom(...patientIds), { nil: undefined }),
      at: fc.integer({ min: -36, max: Math.floor((end - start) / (5 * minuteMs)) }),
      odd: usually(fc.constant(0), fc.integer({ min: 1, max: minuteMs })),
      minutes: usually(fc.constantFrom(5, 20, 45, 60, 120, 240), fc.integer({ min: 1, max: 1440 })),
      bufferBefore: fc.constantFrom(0, 0, 5, 30),
      bufferAfter: fc.constantFrom(0, 0, 10, 60),
    })
    .map(({ at, odd, ...rest }) => ({ ...rest, start: start + at * 5 * minuteMs + odd }));

/** Entries as a book can hold them: an appointment in the way of an earlier entry was booked by override. */
function entriesOf(
  drafts: readonly Draft[],
  { practitioners, rooms }: Pick<BookedClinic, 'practitioners' | 'rooms'>,
): Entry[] {
  const entries: Entry[] = [];
  for (const [index, drafted] of drafts.entries()) {
    if (!practitioners.some(({ id }) => id === drafted.practitionerId)) continue;
    const id = `00000000-0000-7000-8000-e${String(index).padStart(11, '0')}`;
    const isHold = drafted.kind.endsWith('hold');
    const patientId = drafted.patientId ?? (isHold ? undefined : patientIds[1]);
    const roomId = rooms.find((room) => room.id === drafted.roomId)?.id;
    const entry: Entry = { ...drafted, id, patientId, roomId };
    if (!isFree(entry, entries)) {
      if (isHold) continue;
      if (entry.kind === 'appointment') entry.kind = 'override';
    }
    entries.push(entry);
  }
  return entries;
}

function isFree(entry: Entry, earlier: readonly Entry[]): boolean {
  const exclusive = earlier.filter(({ kind }) => kind !== 'override' && kind !== 'freed').flatMap(claimsOf);
  return !claimsOf(entry).some((claim) =>
    exclusive.some((taken) => taken.resourceId === claim.resourceId && overlap(taken, claim)),
  );
}

/** The horizon is near, so that an oracle can look at every minute up to it. */
const type: fc.Arbitrary<AppointmentType> = fc
  .record({
    rules: anyType,
    needsRoom: fc.boolean(),
    maxDaysAhead: fc.constantFrom(0, 1, 2, 3, 5, 5, 14, 14),
  })
  .map(({ rules, ...more }) => ({ ...rules, ...more }));

const officeHours: WeeklyWindow = { days: [...weekdays], from: '08:00', to: '18:00' };

/** Half of them keep office hours beside whatever else they do. */
const practitionerIn = (id: string, zone: fc.Arbitrary<string>, range: Range): fc.Arbitrary<Practitioner> =>
  fc
    .record({ drawn: practitioner(id, zone, range), added: fc.constantFrom([], [officeHours]) })
    .map(({ drawn: { schedule, ...rest }, added }) => ({
      ...rest,
      schedule: { ...schedule, weekly: [...schedule.weekly, ...added] },
    }));

const practitioners = (home: string, range: Range): fc.Arbitrary<Practitioner[]> =>
  fc
    .integer({ min: 1, max: practitionerIds.length })
    .chain((count) =>
      fc.tuple(
        practitionerIn(practitionerIds[0], fc.constant(home), range),
        ...practitionerIds
          .slice(1, count)
          .map((id) => practitionerIn(id, fc.oneof(fc.constant(home), anyZone), range)),
      ),
    );

const rooms: fc.Arbitrary<BookedClinic['rooms']> = fc.tuple(
  ...roomIds.map((id) =>
    fc.record({ id: fc.constant(id), active: usually(fc.constant(true), fc.boolean()) }),
  ),
);

const patients: BookedClinic['patients'] = [
  ...[...patientIds, idlePatient].map((id) => ({ id })),
  { id: mergedPatient, replacedBy: patientIds[0] },
];

const choiceKind = fc.oneof(
  ...Object.entries(choiceWeights).map(([kind, weight]) => ({
    arbitrary: fc.constant(kind as StartChoice['kind']),
    weight,
  })),
);

const choices: fc.Arbitrary<StartChoice[]> = fc.array(
  fc.record({
    practitioner: fc.nat({ max: 5 }),
    kind: choiceKind,
    place: fc.nat(),
    awayMs: usually(fc.constant(0), fc.constantFrom(-1, 1, 500, -minuteMs, minuteMs)),
  }),
  { minLength: triedStarts, maxLength: triedStarts },
);

/** Which of three is named, if one is: any will do twice as often. */
const mostlyAny = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 2 },
  { arbitrary: fc.nat({ max: 2 }), weight: 1 },
);

const inquiryIn = (now: number, home: string, range: Range): fc.Arbitrary<Inquiry> =>
  fc
    .record({
      practitioners: practitioners(home, range),
      type,
      rooms: fc.oneof(
        { arbitrary: rooms, weight: 3 },
        { arbitrary: rooms.map((all) => all.slice(0, 1)), weight: 2 },
        { arbitrary: fc.constant<BookedClinic['rooms']>([]), weight: 1 },
      ),
      drafts: fc.array(draft(range), { maxLength: 10 }),
      now: fc.constant(now),
      patientId: fc.constantFrom(...patients.map(({ id }) => id)),
      room: mostlyAny,
      listed: mostlyAny,
      pages: fc.constantFrom(1, 1, 2, 3),
      choices,
    })
    .map(({ drafts, patientId, room, listed, pages, choices: chosen, ...clinic }) => ({
      clinic: { ...clinic, patients, entries: entriesOf(drafts, clinic) },
      asked: { patientId, roomId: room === undefined ? undefined : clinic.rooms[room]?.id },
      range,
      listedPractitionerId: listed === undefined ? undefined : clinic.practitioners[listed]?.id,
      pages,
      choices: chosen,
    }));

/** Clinics with all that can stand in a booking's way, at a moment and in the days after it. */
export function inquiriesAt(now: number): fc.Arbitrary<Inquiry> {
  return zonesAndRangesAfter(now).chain(({ zone, range }) => inquiryIn(now, zone, range));
}
