import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { outcome } from '../faults/outcome.ts';
import { ahead, Clinic, type Booking, type Visit } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Series extends Visit {
  id: string;
  recurrence: object;
  booked: Booking[];
  skipped: { start: string; reasons: { code: string }[] }[];
  version: number;
}

type Refusal = Pick<Series, 'skipped'> & {
  code: string;
  conflicts: Series['skipped'];
  reasons: { code: string }[];
  alternatives: { start: string }[];
};

let system: System;
let clinic: Clinic;
let visit: Visit;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());
beforeEach(async () => {
  visit = await clinic.visit({ maxDaysAhead: 3650 });
});

function bookSeries<Body = Series>(recurrence: object, more: object = {}, client: Client = system.staff) {
  return client.post<Body>('/appointments/series', { ...visit, recurrence, ...more });
}

async function booked(recurrence: object, more: object = {}): Promise<Series> {
  const { status, body } = await bookSeries(recurrence, more);
  expect([status, body]).toEqual([201, expect.objectContaining({ id: expect.any(String) })]);
  return body;
}

const starts = (booked: readonly { start: string }[]) => booked.map(({ start }) => start);
const refusals = (skipped: Series['skipped']) =>
  skipped.map(({ start, reasons }) => [start, ...reasons.map(({ code }) => code)]);

describe('a series', () => {
  it('is booked together and found at its Location', async () => {
    const made = await bookSeries({ frequency: 'daily', count: 3 }, { reason: 'Dressing' });
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    const { body } = made;
    expect(body).toMatchObject({
      ...visit,
      recurrence: { frequency: 'daily', interval: 1, count: 3 },
      onConflict: 'fail',
      reason: 'Dressing',
      skipped: [],
      version: 1,
    });
    for (const appointment of body.booked) {
      const { patientId, practitionerId } = visit;
      expect(appointment).toMatchObject({
        patientId,
        practitionerId,
        status: 'booked',
        seriesId: body.id,
        reason: 'Dressing',
      });
      expect((await system.staff.get(`/appointments/${appointment.id}`)).body).toEqual(appointment);
      const history = await system.staff.get(`/appointments/${appointment.id}/history`);
      expect(history.body.items).toHaveLength(1);
    }
    const found = await system.staff.get(made.headers.get('location') ?? '');
    expect([found.status, found.body]).toEqual([200, body]);
  });

  it.each([
    [{ frequency: 'daily', count: 3 }, [3, 4, 5]],
    [{ frequency: 'daily', interval: 5, count: 2 }, [3, 8]],
    [{ frequency: 'weekly', count: 2 }, [3, 10]],
    [{ frequency: 'weekly', interval: 3, count: 2 }, [3, 24]],
    [{ frequency: 'daily', until: ahead(5).slice(0, 10) }, [3, 4, 5]],
    [{ frequency: 'daily', until: ahead(5) }, [3, 4, 5]],
    [{ frequency: 'daily', until: ahead(5, '08:59') }, [3, 4]],
    [{ frequency: 'weekly', until: ahead(3) }, [3]],
  ])('of %j has these days', async (recurrence, days) => {
    expect(starts((await booked(recurrence)).booked)).toEqual(days.map((day) => ahead(day)));
  });

  it('answers until in UTC when it is an instant', async () => {
    const day = ahead(4).slice(0, 10);
    const { recurrence } = await booked({ frequency: 'daily', until: `${day}T23:30:00+05:30` });
    expect(recurrence).toEqual({ frequency: 'daily', interval: 1, until: `${day}T18:00:00Z` });
    const dated = await booked({ frequency: 'weekly', until: day }, await clinic.visit());
    expect(dated.recurrence).toMatchObject({ until: day });
  });

  it('on the 31st leaves out the months that have none, says so and does not count them', async () => {
    const first = firstOf31((month) => month.add({ months: 1 }).daysInMonth < 31);
    const series = await booked(
      { frequency: 'monthly', count: 2 },
      { start: `${first.toString()}T09:00:00Z` },
    );
    const missing = first.add({ months: 1 });
    expect(starts(series.booked)).toEqual(
      [first, first.add({ months: 2 })].map((date) => `${date.toString()}T09:00:00Z`),
    );
    expect(refusals(series.skipped)).toEqual([[`${missing.toString()}T09:00:00Z`, 'outside_availability']]);
  });

  it('keeps its time on the clocks of the practitioner when they change', async () => {
    const timeZone = 'Europe/London';
    visit = await clinic.visit({ maxDaysAhead: 3650 }, { timeZone });
    const change = nextChange(timeZone, () => true);
    const first = change.subtract({ days: 8 }).withPlainTime('09:00');
    const series = await booked({ frequency: 'weekly', count: 4 }, { start: first.toInstant().toString() });
    const local = series.booked.map(({ start }) => Temporal.Instant.from(start).toZonedDateTimeISO(timeZone));
    expect(new Set(local.map((at) => at.toPlainTime().toString()))).toEqual(new Set(['09:00:00']));
    expect(new Set(local.map(({ offset }) => offset)).size).toBe(2);
  });

  it('can’t have the time that the clocks skip', async () => {
    const timeZone = 'Europe/London';
    visit = await clinic.visit({ maxDaysAhead: 3650 }, { timeZone });
    const change = nextChange(timeZone, ({ offset }) => offset === '+01:00');
    const start = change.subtract({ days: 1 }).withPlainTime('01:30').toInstant().toString();
    const daily = { frequency: 'daily', count: 3 };
    expect(refusals((await bookSeries<Refusal>(daily, { start })).body.conflicts)).toEqual([
      [expect.stringContaining(change.toPlainDate().toString()), 'outside_availability'],
    ]);
    const nearest = await booked(daily, { start, onConflict: 'nearest' });
    expect(starts(nearest.booked)[1]).toBe(change.withPlainTime('02:30').toInstant().toString());
    expect(nearest.skipped).toEqual([]);
  });

  it('has 104 appointments at most', async () => {
    expect((await booked({ frequency: 'daily', until: ahead(106) })).booked).toHaveLength(104);
    for (const more of [{ count: 105 }, { until: ahead(3 + 104).slice(0, 10) }]) {
      const { status, body } = await bookSeries<{ errors: object[] }>({ frequency: 'daily', ...more });
      const path = `recurrence.${Object.keys(more).join('')}`;
      expect([status, body.errors]).toEqual([400, [expect.objectContaining({ path })]]);
    }
  });

  it.each([
    [{ frequency: 'daily' }, 'recurrence'],
    [{ frequency: 'daily', count: 2, until: ahead(9) }, 'recurrence.count'],
    [{ frequency: 'hourly', count: 2 }, 'recurrence.frequency'],
    [{ frequency: 'daily', count: 0 }, 'recurrence.count'],
    [{ frequency: 'daily', count: 2, interval: 0 }, 'recurrence.interval'],
    [{ frequency: 'daily', until: 'soon' }, 'recurrence.until'],
    [{ frequency: 'daily', until: ahead(2) }, 'recurrence.until'],
    [{ frequency: 'daily', count: 2, byday: 'MO' }, 'recurrence.byday'],
  ])('is not valid as %j', async (recurrence, path) => {
    const { status, body } = await bookSeries<{ errors: { path: string }[] }>(recurrence);
    expect([status, body.errors.map((error) => error.path)]).toEqual([400, [path]]);
  });

  it('is booked once, when the request is repeated with its key', async () => {
    const request = { ...visit, recurrence: { frequency: 'daily', count: 2 } };
    const key = { 'idempotency-key': `series-${visit.patientId}` };
    const post = () => system.staff.post<Series>('/appointments/series', request, key);
    const [first, again] = [await post(), await post()];
    expect([again.status, again.body, again.headers.get('location')]).toEqual([
      ...[201, first.body, first.headers.get('location')],
    ]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await ofPatient()).toHaveLength(2);
  });

  it('is refused as a booking is', async () => {
    const recurrence = { frequency: 'daily', count: 2 };
    for (const [more, expected] of [
      [{ patientId: randomUUIDv7() }, '422 patient_unknown'],
      [{ typeId: randomUUIDv7() }, '422 type_unknown'],
      [{ roomId: randomUUIDv7() }, '422 room_unknown'],
    ] as const)
      expect(outcome((await bookSeries(recurrence, more)) as never)).toBe(expected);
  });
});

async function ofPatient(): Promise<Booking[]> {
  const list = `/appointments?patientId=${visit.patientId}`;
  return (await system.staff.get<{ items: Booking[] }>(list)).body.items;
}

/** The next 31st of a month that is as asked for. */
function firstOf31(isWanted: (date: Temporal.PlainDate) => boolean): Temporal.PlainDate {
  let date = Temporal.Now.plainDateISO('UTC').add({ days: 2 });
  while (date.day !== 31 || !isWanted(date)) date = date.add({ days: 1 });
  return date;
}

/** The next change of a zone's clocks, far enough ahead, to what is asked for. */
function nextChange(
  timeZone: string,
  isWanted: (at: Temporal.ZonedDateTime) => boolean,
): Temporal.ZonedDateTime {
  let at: Temporal.ZonedDateTime | null = Temporal.Now.zonedDateTimeISO(timeZone).add({ days: 10 });
  do at = at.getTimeZoneTransition('next');
  while (at && !isWanted(at));
  if (!at) throw new Error(`the clocks of ${timeZone} no longer change`);
  return at;
}
