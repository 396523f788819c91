import fc from 'fast-check';
import { idlePatient, otherType, patientIds, practitionerIds, wantedType } from './clinic.ids.ts';
import {
  type AppointmentType,
  type AvailabilityException,
  type Claim,
  type Clinic,
  type Practitioner,
  type Weekday,
  type WeeklyWindow,
  weekdays,
} from './minute-oracle.ts';
import { type Range, usually, type Zone, zoneNames, zonesAndRanges } from './range.arbitrary.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

const timeText = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');

const quarterHour = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: min * 4, max: max * 4 }).map((quarters) => quarters * 15);

/** `from` and `to` of a window: whole days and the hours about midnight, where clocks jump, come often. */
const timesOfDay: fc.Arbitrary<{ from: string; to: string }> = fc
  .oneof(
    fc.constant([0, 1440]),
    fc.tuple(fc.constant(0), quarterHour(0.25, 6)),
    fc.tuple(quarterHour(18, 23.75), fc.constant(1440)),
    fc.uniqueArray(quarterHour(0, 24), { minLength: 2, maxLength: 2 }),
    fc.uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 2, maxLength: 2 }),
  )
  .map((minutes) => {
    const [from = 0, to = 1440] = minutes.toSorted((a, b) => a - b);
    return { from: timeText(from), to: timeText(to) };
  });

const offeredTypes = fc.constantFrom<string[]>([wantedType], [wantedType, otherType], [otherType]);
const wantedOnly = fc.constant<string[]>([wantedType]);

/** A window with its times; what the API lets a client leave out is left out half of the time. */
const weeklyWindow = (datesAround: fc.Arbitrary<string>): fc.Arbitrary<WeeklyWindow> =>
  fc
    .record(
      {
        days: fc.oneof(fc.constant<Weekday[]>([...weekdays]), fc.subarray([...weekdays], { minLength: 1 })),
        times: timesOfDay,
        typeIds: usually(wantedOnly, offeredTypes),
        validFrom: datesAround,
        validTo: fc.oneof(datesAround, fc.constant('2099-12-31')),
      },
      { requiredKeys: ['days', 'times'] },
    )
    .map(({ times, validFrom, validTo, ...window }) => ({
      ...window,
      ...times,
      // An empty validity is refused by the API, so the later bound gives way.
      ...(validFrom !== undefined && { validFrom }),
      ...(validTo !== undefined && (validFrom === undefined || validFrom <= validTo) && { validTo }),
    }));

const exception = (datesAround: fc.Arbitrary<string>): fc.Arbitrary<AvailabilityException> =>
  fc.oneof(
    { arbitrary: datesAround.map((date) => ({ date, closed: true })), weight: 1 },
    {
      arbitrary: fc
        .record(
          { date: datesAround, times: timesOfDay, typeIds: offeredTypes, closed: fc.constant(false) },
          { requiredKeys: ['date', 'times'] },
        )
        .map(({ times, ...rest }) => ({ ...rest, ...times })),
      weight: 3,
    },
  );

const anyZoneOr = (home: Zone): fc.Arbitrary<Zone> =>
  fc.oneof(fc.constant(home), fc.constantFrom(...zoneNames));

export function practitioner(
  id: string,
  zone: fc.Arbitrary<string>,
  range: Range,
): fc.Arbitrary<Practitioner> {
  const firstDate = Temporal.Instant.fromEpochMilliseconds(range.start)
    .toZonedDateTimeISO('UTC')
    .toPlainDate();
  const datesAround = fc.integer({ min: -1, max: 4 }).map((days) => firstDate.add({ days }).toString());
  return fc.record({
    id: fc.constant(id),
    active: usually(fc.constant(true), fc.boolean()),
    typeIds: usually(wantedOnly, offeredTypes),
    schedule: fc.record({
      timeZone: zone,
      weekly: fc.array(weeklyWindow(datesAround), { minLength: 1, maxLength: 4 }),
      exceptions: fc.oneof(
        fc.constant<AvailabilityException[]>([]),
        fc.array(exception(datesAround), { maxLength: 4 }),
      ),
    }),
  });
}

export const type: fc.Arbitrary<AppointmentType> = fc
  .record({
    minutes: usually(fc.constantFrom(5, 15, 20, 30, 45, 60, 90), fc.integer({ min: 1, max: 1440 })),
    bufferBefore: fc.constantFrom(0, 0, 5, 10, 45),
    bufferAfter: fc.constantFrom(0, 0, 5, 15, 60),
    ownStep: fc.option(fc.oneof(fc.constantFrom(1, 7, 10, 15, 20, 30), fc.integer({ min: 1, max: 720 }))),
    minNoticeMinutes: fc.constantFrom(0, 0, 1, 90, 1440),
    maxDaysAhead: fc.constantFrom(0, 1, 2, 3, 4, 30, 365, 365),
    active: usually(fc.constant(true), fc.boolean()),
  })
  .map(({ ownStep, ...rules }) => ({
    id: wantedType,
    needsRoom: false,
    slotStep: ownStep ?? rules.minutes,
    ...rules,
  }));

/** Claims in and about the range, on fives so that many touch a start or an end exactly; unordered, overlapping. */
const claims = ({ start, end }: Range): fc.Arbitrary<Claim[]> =>
  fc.array(
    fc
      .record({
        at: fc.integer({ min: -36, max: (end - start) / (5 * minuteMs) }),
        fives: usually(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 288 })),
        odd: usually(fc.constant(0), fc.integer({ min: -1, max: minuteMs })),
      })
      .map(({ at, fives, odd }) => {
        const from = start + at * 5 * minuteMs + odd;
        return { start: from, end: from + fives * 5 * minuteMs };
      }),
    { maxLength: 8 },
  );

function clinicIn(home: Zone, range: Range): fc.Arbitrary<Clinic> {
  const claimsById = (ids: readonly string[]): fc.Arbitrary<Record<string, Claim[]>> =>
    fc.record(Object.fromEntries(ids.map((id) => [id, claims(range)])));
  return fc
    .record(
      {
        practitioners: fc
          .integer({ min: 1, max: practitionerIds.length })
          .chain((count) =>
            fc.tuple(
              practitioner(practitionerIds[0], fc.constant(home), range),
              ...practitionerIds.slice(1, count).map((id) => practitioner(id, anyZoneOr(home), range)),
            ),
          ),
        type,
        practitionerClaims: claimsById(practitionerIds),
        patientClaims: claimsById(patientIds),
        patientId: fc.constantFrom(...patientIds, idlePatient),
        now: usually(
          fc.integer({ min: -144, max: 24 }).map((halfHours) => range.start + halfHours * 30 * minuteMs),
          fc.integer({ min: range.start - 2 * dayMs, max: range.end }),
        ),
      },
      { requiredKeys: ['practitioners', 'type', 'practitionerClaims', 'patientClaims', 'now'] },
    )
    .map((clinic) => ({ ...clinic, from: range.start, to: range.end }));
}

/** Clinics of one to three practitioners asked for one to three days, half of them around a jump of the clocks. */
export const clinics: fc.Arbitrary<Clinic> = zonesAndRanges.chain(({ zone, range }) => clinicIn(zone, range));
