import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Busy, bookableStarts, occupied } from '../../apps/appointment/src/booking/rules/index.ts';
import { clinics } from './clinic.arbitrary.ts';
import { type DstVector, dstVectors } from './dst.vectors.ts';
import { midnightVectors } from './midnight.vectors.ts';
import {
  type BookableStart,
  type Clinic,
  oracleStarts,
  type WeeklyWindow,
  weekdays,
} from './minute-oracle.ts';

describe('bookable starts', () => {
  it('are those an oracle finds that looks at every minute of 500 random clinics', () => {
    let withStarts = 0;
    fc.assert(
      fc.property(clinics, (clinic) => {
        const expected = oracleStarts(clinic);
        if (expected.length > 0) withStarts += 1;
        expect(readable(productStarts(clinic))).toEqual(readable(expected));
      }),
      { numRuns: 500, seed: 20_260_329 },
    );
    // Clinics in which nothing is bookable agree too easily to prove much.
    expect(withStarts).toBeGreaterThan(200);
  });

  describe.each([...dstVectors, ...midnightVectors])('$timeZone: $says', (vector) => {
    const clinic = clinicOf(vector);
    const expected = vector.starts.map((start): BookableStart => [Date.parse(start), 'practitioner']);

    it('by the product', () => {
      expect(readable(productStarts(clinic))).toEqual(readable(expected));
    });

    it('by the oracle', () => {
      expect(readable(oracleStarts(clinic))).toEqual(readable(expected));
    });
  });
});

/** The product's rules put together the way its services do. */
function productStarts(clinic: Clinic): BookableStart[] {
  const { type, practitionerClaims, patientClaims, patientId, now, from, to } = clinic;
  const patientBusy = new Busy(patientId === undefined ? [] : (patientClaims[patientId] ?? []));
  return clinic.practitioners
    .flatMap((practitioner) => {
      const busy = new Busy(practitionerClaims[practitioner.id] ?? []);
      return bookableStarts(practitioner, type, { start: from, end: to }, now)
        .filter((start) => {
          const { withBuffers, patient } = occupied(type, start);
          return !busy.overlaps(withBuffers) && !patientBusy.overlaps(patient);
        })
        .map((start): BookableStart => [start, practitioner.id]);
    })
    .sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1));
}

function clinicOf(vector: DstVector): Clinic {
  const from = Date.parse(vector.from);
  return {
    practitioners: [
      {
        id: 'practitioner',
        active: true,
        typeIds: ['type'],
        schedule: {
          timeZone: vector.timeZone,
          weekly: vector.windows.map(windowOf),
          exceptions: vector.exceptions ?? [],
        },
      },
    ],
    type: {
      id: 'type',
      minutes: vector.minutes,
      slotStep: vector.slotStep ?? vector.minutes,
      bufferBefore: 0,
      bufferAfter: 0,
      minNoticeMinutes: vector.minNoticeMinutes ?? 0,
      maxDaysAhead: vector.maxDaysAhead ?? 365,
      needsRoom: false,
      active: true,
    },
    practitionerClaims: {},
    patientClaims: {},
    now: vector.now === undefined ? from - 86_400_000 : Date.parse(vector.now),
    from,
    to: Date.parse(vector.to),
  };
}

/** `mon,tue 09:00-12:30` */
function windowOf(text: string): WeeklyWindow {
  const [days = '', from = '', to = ''] = text.split(/[ -]/);
  return { days: weekdays.filter((day) => days.split(',').includes(day)), from, to };
}

function readable(starts: BookableStart[]): string[] {
  return starts.map(([start, practitionerId]) => `${new Date(start).toISOString()} ${practitionerId}`);
}
