import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { book, outcome } from '../faults/outcome.ts';
import { ahead, Clinic, openDaily, type Booking, type Visit } from '../harness/clinic.ts';
import type { Reply } from '../harness/client.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Impact {
  affected: number;
  fitting: number;
  orphans: string[];
}

interface Change {
  availability: { version: number; weekly: object[] };
  impact: Impact;
  code?: string;
}

let system: System;
let clinic: Clinic;
let visit: Visit;
/** In the morning, at noon, in the afternoon. */
let [morning, noon, afternoon]: Booking[] = [];

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());
beforeEach(async () => {
  visit = await clinic.visit({ slotStep: 15 });
  [morning, noon, afternoon] = [
    await clinic.book({ ...visit, start: ahead(3, '09:00') }),
    await clinic.book({ ...visit, start: ahead(3, '11:45') }),
    await clinic.book({ ...visit, start: ahead(3, '15:00') }),
  ];
});

const path = () => `/appointments/practitioners/${visit.practitionerId}/availability`;
const mornings = { timeZone: 'UTC', ...openDaily('09:00-12:00'), exceptions: [] };

function replace(query: string, availability: object = mornings, version = 2): Promise<Reply<Change>> {
  return system.staff.change<Change>('PUT', path() + query, version, availability);
}

async function stored(appointment: Booking | undefined): Promise<Booking> {
  return (await system.staff.get<Booking>(`/appointments/${appointment?.id ?? ''}`)).body;
}

const idOf = (appointment: Booking | undefined) => appointment?.id;

describe('a change of availability', () => {
  it('answers what it is now and what it means for those booked', async () => {
    const wide = { ...mornings, ...openDaily('08:00-16:00') };
    const changed = await replace('', wide);
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"3"']);
    expect(changed.body).toEqual({
      availability: { ...wide, version: 3 },
      impact: { affected: 3, fitting: 3, orphans: [] },
    });
    expect((await system.staff.get(path())).body).toEqual({ ...wide, version: 3 });
  });

  it.each(['', '?conflicts=reject', '?conflicts=reject&dryRun=false'])(
    'is refused when appointments lose their time, and nothing is changed: %p',
    async (query) => {
      const before = (await system.staff.get(path())).body;
      const refused = await replace(query);
      expect([refused.status, refused.body.code]).toEqual([409, 'appointments_affected']);
      // The one at noon would last until a quarter past twelve.
      expect(refused.body.impact).toEqual({
        affected: 3,
        fitting: 1,
        orphans: [noon, afternoon].map(idOf),
      });
      expect((await system.staff.get(path())).body).toEqual(before);
    },
  );

  it.each(['?dryRun=true', '?dryRun=true&conflicts=keep', '?conflicts=cancel&dryRun=true'])(
    'that is only tried answers the same and changes nothing: %s',
    async (query) => {
      const before = await system.staff.get(path());
      const tried = await replace(query);
      expect([tried.status, tried.headers.get('etag')]).toEqual([200, '"2"']);
      expect(tried.body).toEqual({
        availability: { ...mornings, version: 2 },
        impact: { affected: 3, fitting: 1, orphans: [noon, afternoon].map(idOf) },
      });
      expect((await system.staff.get(path())).body).toEqual(before.body);
      expect(await stored(afternoon)).toEqual(afternoon);
    },
  );

  it('keeps those that lose their time, if asked to', async () => {
    const changed = await replace('?conflicts=keep');
    expect([changed.status, changed.body.impact.orphans.length]).toEqual([200, 2]);
    expect(await stored(afternoon)).toEqual(afternoon);
    const { id: patientId } = await clinic.patient();
    expect(outcome(await book(system.staff, { ...visit, patientId, start: ahead(3, '15:00') }))).toBe(
      '422 not_bookable outside_availability practitioner_busy',
    );
  });

  it('cancels them, if asked to, says why, and frees their times', async () => {
    const changed = await replace('?conflicts=cancel');
    expect(changed.body).toMatchObject({ availability: { version: 3 }, impact: { affected: 3, fitting: 1 } });
    for (const orphan of [noon, afternoon])
      expect(await stored(orphan)).toEqual({
        ...orphan,
        status: 'cancelled',
        cancelReason: expect.stringMatching(/\S/),
        version: 2,
        updatedAt: expect.any(String),
      });
    expect(await stored(morning)).toEqual(morning);
    const history = await system.staff.get<{ items: object[] }>(`/appointments/${noon?.id ?? ''}/history`);
    expect(history.body.items[1]).toMatchObject({
      version: 2,
      by: 'local-user',
      what: { action: 'status', from: 'booked', to: 'cancelled', reason: expect.stringMatching(/\S/) },
    });
    const elsewhere = await clinic.visit();
    for (const time of ['12:00', '15:00'])
      await clinic.book({ ...elsewhere, patientId: visit.patientId, start: ahead(3, time) });
    await replace('', { ...mornings, ...openDaily('09:00-17:00') }, 3);
    expect(outcome(await book(system.staff, { ...visit, start: ahead(3, '14:30') }))).toBe('201');
  });

  it.each(['', '?dryRun=true', '?conflicts=cancel'])('starts from a version: %p', async (query) => {
    expect((await system.staff.send('PUT', path() + query, mornings)).status).toBe(428);
    expect((await replace(query, mornings, 1)).status).toBe(412);
    expect(await stored(afternoon)).toEqual(afternoon);
  });

  it('may be sent as it was read', async () => {
    const { body: read } = await system.staff.get(path());
    const { status, body } = await replace('', read);
    expect([status, body.availability]).toEqual([200, { ...read, version: 3 }]);
  });

  it('closes a date for all types or none', async () => {
    const exceptions = [{ date: ahead(3).slice(0, 10), closed: true, typeIds: [visit.typeId] }];
    const { status, body } = await replace('?dryRun=true', { ...mornings, exceptions });
    expect([status, body.code]).toEqual([400, 'validation_failed']);
  });

  it.each(['dryRun=yes', 'dryRun=', 'conflicts=drop', 'conflicts=', 'force=true'])(
    'does not know %s',
    async (query) => {
      const { status, body } = await replace(`?${query}`);
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    },
  );
});

describe('the impact counts', () => {
  it('what is booked and still to come with this practitioner, and nothing else', async () => {
    await clinic.becomes(morning?.id ?? '', 'cancelled');
    await clinic.becomes(noon?.id ?? '', 'arrived');
    const other = await clinic.practitioner([visit.typeId]);
    await clinic.book({ ...visit, practitionerId: other.id, start: ahead(4) });
    await clinic.book({ ...visit, start: ahead(-1), override: { reason: 'Written down later' } });
    await clinic.hold({ ...visit, start: ahead(5, '15:00') });
    const { body } = await replace('?dryRun=true');
    expect(body.impact).toEqual({ affected: 1, fitting: 0, orphans: [idOf(afternoon)] });
  });

  it('no override among those that lose their time: it never had one', async () => {
    const booked = await clinic.book({ ...visit, start: ahead(4, '20:00'), override: { reason: 'Urgent' } });
    const { status, body } = await replace('?conflicts=cancel');
    expect([status, body.impact]).toEqual([
      200,
      { affected: 4, fitting: 2, orphans: [noon, afternoon].map(idOf) },
    ]);
    expect(await stored(booked)).toEqual(booked);
  });

  it('as one that moved by the rules since', async () => {
    const booked = await clinic.book({ ...visit, start: ahead(4, '20:00'), override: { reason: 'Urgent' } });
    await system.staff.post(`/appointments/${booked.id}/reschedule`, { start: ahead(4, '21:00') });
    const { body } = await replace('?dryRun=true');
    expect(body.impact.orphans).toEqual([noon, afternoon, booked].map(idOf));
  });

  it('by the zone, the types and the exceptions of what is to be', async () => {
    const impactOf = async (availability: object) =>
      (await replace('?dryRun=true', { ...mornings, ...availability })).body.impact.orphans;
    const whole = openDaily('00:00-24:00');
    const date = ahead(3).slice(0, 10);
    expect(await impactOf(whole)).toEqual([]);
    expect(await impactOf({ ...whole, exceptions: [{ date, closed: true }] })).toHaveLength(3);
    expect(await impactOf({ ...whole, exceptions: [{ date, from: '15:00', to: '15:30' }] })).toEqual(
      [morning, noon].map(idOf),
    );
    const { id: another } = await clinic.type();
    expect(
      await impactOf({ weekly: whole.weekly.map((one) => ({ ...one, typeIds: [another] })) }),
    ).toHaveLength(3);
    // 15:00 in UTC is nine in the morning in Chicago's winter, ten in its summer.
    expect(await impactOf({ timeZone: 'America/Chicago' })).toEqual([morning, noon].map(idOf));
  });
});
