import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { post } from '../faults/post.ts';
import { count } from '../faults/database.ts';
import { repeat } from '../faults/outcome.ts';
import type { Client, Reply } from '../harness/client.ts';
import { Clinic, type Booking, type Entry, type Visit } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { until as settled } from '../harness/until.ts';
import { impossibleIn } from './impossible.ts';

const rounds = 50;
const roundsAtOnce = 5;
const settledWithinMs = 60_000;

let system: ProcessSystem;
let clinic: Clinic;
let desks: readonly [Client, Client];
let superuser: pg.Pool;

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
  desks = [system.direct.appointment, (await system.another('appointment')).direct];
  superuser = new pg.Pool({ connectionString: system.database.superuserUrl, max: 4 });
});
afterAll(async () => {
  await superuser.end();
  await system.stop();
});
afterEach(async () => {
  expect(await impossibleIn(superuser)).toEqual([]);
  expect(await count(system.database, deadlocks)).toBe(0);
});
const deadlocks = 'pg_stat_database where datname = current_database() and deadlocks > 0';

type Told = Reply<{ code?: string; id?: string }>;
const told = ({ status, body }: Told) => (body.code === undefined ? `${status}` : `${status} ${body.code}`);

const until = <T>(what: string, look: () => Promise<T>) => settled(what, look, settledWithinMs);

async function find(id: string): Promise<Entry> {
  return (await desks[0].get<Entry>(`/appointments/waitlist/${id}`)).body;
}

const offered = (id: string) =>
  until('offered', async () => {
    const { offer } = await find(id);
    return offer;
  });

/** A time that was freed and is offered to the first of some who wait for it. */
async function offer(waiting = 2): Promise<{ visit: Visit; entries: Entry[]; holdId: string }> {
  const visit = await clinic.visit();
  const { id } = await clinic.book(visit);
  const entries: Entry[] = [];
  for (let each = 0; each < waiting; each += 1) {
    const { id: patientId } = await clinic.patient();
    const window = { earliest: visit.start, latest: visit.start };
    entries.push(await clinic.wait({ patientId, typeId: visit.typeId, ...window }));
  }
  await clinic.becomes(id, 'cancelled');
  const { holdId } = await offered(entries[0]?.id ?? '');
  return { visit, entries, holdId };
}

/** Either side first by turns, a few ms apart; every seventh time the other one comes only when the first has ended. */
async function race<A, B>(index: number, one: () => Promise<A>, other: () => Promise<B>): Promise<[A, B]> {
  const inTurn = <First, Second>(first: () => Promise<First>, second: () => Promise<Second>) => {
    const begun = first();
    const apart: Promise<unknown> = index % 7 === 6 ? begun : sleep(index % 7);
    return Promise.all([begun, apart.then(second)]);
  };
  if (index % 2 === 0) return inTurn(one, other);
  const [b, a] = await inTurn(other, one);
  return [a, b];
}

const answer = (desk: 0 | 1, id: string, what: 'accept' | 'decline'): Promise<Told> =>
  desks[desk].send('POST', `/appointments/waitlist/${id}/${what}`);
const withdraw = (desk: 0 | 1, id: string): Promise<Told> =>
  desks[desk].send('DELETE', `/appointments/waitlist/${id}`);

/** Ends the offer as if its time had run out; locks the entry before the claims, as everybody does. */
async function runOut(holdId: string): Promise<void> {
  const past = `clock_timestamp() - interval '1 ms'`;
  const client = await superuser.connect();
  try {
    await client.query('begin');
    await client.query('select from appointment.waitlist_entry where hold_id = $1 for update', [holdId]);
    await client.query(
      `with hold as (update appointment.hold set expires_at = ${past} where id = $1),
         entry as (update appointment.waitlist_entry set offer_expires_at = ${past} where hold_id = $1),
         claim as (update appointment.claim set hold_expires_at = ${past}
           where owner_id = $1 and hold_expires_at is not null)
       update jobs.job set start_after = now()
       where name = 'hold-ended' and singleton_key = $1::text and state = 'created'`,
      [holdId],
    );
    await client.query('commit');
  } finally {
    client.release();
  }
}

const bookedAt = ({ practitionerId, start }: Visit) =>
  count(
    system.database,
    `appointment.appointment where practitioner_id = $1 and start_at = $2 and status = 'booked'`,
    [practitionerId, start],
  );

/** Runs a race so many times, and tells how it came out: both, in words. */
async function outcomes(run: (index: number) => Promise<string>): Promise<string[]> {
  const all = await repeat(rounds, roundsAtOnce, run);
  return [...new Set(all)].sort();
}

describe('an offer', () => {
  it('is booked once, however often it is accepted at once', async () => {
    const seen = await outcomes(async (index) => {
      const { visit, entries } = await offer(1);
      const id = entries[0]?.id ?? '';
      const both = await race(
        index,
        () => answer(0, id, 'accept'),
        () => answer(1, id, 'accept'),
      );
      expect(await bookedAt(visit)).toBe(1);
      expect((await find(id)).status).toBe('booked');
      return both.map(told).sort().join(', ');
    });
    expect(seen).toEqual(['201, 409 hold_expired']);
  }, 300_000);

  it('is booked or goes to the next, when it is accepted as it runs out, is declined or withdrawn', async () => {
    const others = [
      (id: string): Promise<Told | undefined> => answer(1, id, 'decline'),
      (id: string): Promise<Told | undefined> => withdraw(1, id),
      async (_id: string, holdId: string): Promise<undefined> => {
        await runOut(holdId);
      },
    ];
    const seen = await outcomes(async (index) => {
      const { visit, entries, holdId } = await offer();
      const [first, next] = entries.map(({ id }) => id);
      const other = others[index % others.length];
      if (first === undefined || next === undefined || !other) throw new Error('two wait');
      const [accepted, ended] = await race(
        index,
        () => answer(0, first, 'accept'),
        () => other(first, holdId),
      );
      if (accepted.status === 201) {
        expect([(await find(first)).status, await bookedAt(visit)]).toEqual(['booked', 1]);
        expect((await find(next)).status).toBe('waiting');
        expect(ended?.status ?? 409).toBe(409);
      } else {
        expect(told(accepted)).toBe('409 hold_expired');
        expect((await offered(next)).start).toBe(visit.start);
        expect(await bookedAt(visit)).toBe(0);
      }
      return accepted.status === 201 ? 'booked' : 'left';
    });
    expect(seen).toEqual(['booked', 'left']);
  }, 300_000);

  it('is given back once, by whatever way, and goes to the next', async () => {
    const seen = await outcomes(async (index) => {
      const { visit, entries, holdId } = await offer();
      const [first, next] = entries.map(({ id }) => id);
      if (first === undefined || next === undefined) throw new Error('two wait');
      const giveBack = (): Promise<Told> => desks[1].send('DELETE', `/appointments/holds/${holdId}`);
      const both = await race(index, () => answer(0, first, 'decline'), giveBack);
      expect((await offered(next)).start).toBe(visit.start);
      expect((await find(first)).status).toBe('waiting');
      return both.map(told).join(', ');
    });
    expect(seen).toEqual(['200, 404 not_found', '409 hold_expired, 204']);
  }, 300_000);

  it('is one entry’s, however many times are freed at once, and one time is one entry’s', async () => {
    await repeat(rounds, roundsAtOnce, async () => {
      const visits = [await clinic.visit()];
      const { typeId, start } = visits[0] ?? { typeId: '', start: '' };
      const { id: practitionerId } = await clinic.practitioner([typeId]);
      visits.push({ typeId, practitionerId, start, patientId: (await clinic.patient()).id });
      const bookings: Booking[] = [];
      for (const visit of visits) bookings.push(await clinic.book(visit));
      const entries: Entry[] = [];
      for (let each = 0; each < 3; each += 1) {
        const { id: patientId } = await clinic.patient();
        entries.push(await clinic.wait({ patientId, typeId, earliest: start, latest: start }));
      }
      await Promise.all(
        bookings.map(({ id }, desk) =>
          desks[desk === 0 ? 0 : 1].post(`/appointments/${id}/status`, { status: 'cancelled' }),
        ),
      );
      const [first, second, third] = entries.map(({ id }) => id);
      const by = [await offered(first ?? ''), await offered(second ?? '')].map((each) => each.practitionerId);
      expect(by.sort()).toEqual(visits.map((visit) => visit.practitionerId).sort());
      expect((await find(third ?? '')).status).toBe('waiting');
    });
  }, 300_000);

  it('is made once by a job that is done again and again, by two processes at once', async () => {
    await repeat(rounds, roundsAtOnce, async () => {
      const { entries, visit } = await offer();
      const [freed] = await query<{ id: string }>(
        system.database.superuserUrl,
        'select id from appointment.freed_time where practitioner_id = $1',
        [visit.practitionerId],
      );
      await query(
        system.database.superuserUrl,
        `insert into jobs.job (name, data, singleton_key, policy, retry_limit)
         select 'freed-time', jsonb_build_object('freedTimeId', $1::text), 'again', policy, 10
         from jobs.queue, generate_series(1, 6) where name = 'freed-time'`,
        [freed?.id],
      );
      await until('all is done', async () => {
        const pending = `jobs.job where name = 'freed-time' and state < 'completed' and data ->> 'freedTimeId' = $1`;
        return (await count(system.database, pending, [freed?.id])) === 0 || undefined;
      });
      const statuses = await Promise.all(entries.map(async ({ id }) => (await find(id)).status));
      expect(statuses).toEqual(['offered', 'waiting']);
    });
  }, 300_000);
});

describe('a freed time that is still being asked for', () => {
  /** A time that was freed without a job, who waits for it, the second of them busy then, and what keeps that one busy. */
  async function unasked(
    waiting: number,
  ): Promise<{ freedTimeId: string; entries: Entry[]; busyWith: Booking }> {
    const visit = await clinic.visit();
    const entries: Entry[] = [];
    for (let each = 0; each < waiting; each += 1) {
      const { id: patientId } = await clinic.patient();
      const window = { earliest: visit.start, latest: visit.start };
      entries.push(await clinic.wait({ patientId, typeId: visit.typeId, ...window }));
    }
    const busyWith = await clinic.book({
      ...(await clinic.visit()),
      ...{ patientId: entries.at(-1)?.patientId, start: visit.start },
    });
    const [freed] = await query<{ id: string }>(
      system.database.superuserUrl,
      `insert into appointment.freed_time (id, practitioner_id, during, until_at, freed_at)
       values (gen_random_uuid(), $1, tstzmultirange(tstzrange($2::timestamptz, $2::timestamptz + interval '1 hour')),
         $2::timestamptz + interval '1 hour', clock_timestamp())
       returning id`,
      [visit.practitionerId, visit.start],
    );
    return { freedTimeId: freed?.id ?? '', entries, busyWith };
  }

  const done = (column: string, id: string) =>
    until('its job is done', async () => {
      const jobs = `from jobs.job where name = 'freed-time' and data ->> 'freedTimeId' in (
        select id::text from appointment.freed_time where ${column} = $1)`;
      const [states] = await query<{ isDone: boolean | null }>(
        system.database.superuserUrl,
        `select bool_and(state = 'completed') as "isDone" ${jobs}`,
        [id],
      );
      return states?.isDone ?? undefined;
    });

  const ask = (freedTimeId: string) =>
    query(
      system.database.superuserUrl,
      `insert into jobs.job (name, data, singleton_key, policy, retry_limit)
       select 'freed-time', jsonb_build_object('freedTimeId', $1::text), $1, policy, 10
       from jobs.queue where name = 'freed-time'`,
      [freedTimeId],
    );

  it('goes to the first in line, though another has time again meanwhile', async () => {
    const { freedTimeId, entries, busyWith } = await unasked(2);
    await clinic.becomes(busyWith.id, 'cancelled');
    await done('patient_id', busyWith.patientId);
    const statuses = () => Promise.all(entries.map(async ({ id }) => (await find(id)).status));
    expect(await statuses()).toEqual(['waiting', 'waiting']);
    await ask(freedTimeId);
    await offered(entries[0]?.id ?? '');
    await done('id', freedTimeId);
    expect(await statuses()).toEqual(['offered', 'waiting']);
  });

  it('is offered, when nobody in line could have it, to who has time again meanwhile', async () => {
    const { freedTimeId, entries, busyWith } = await unasked(1);
    const asking = await superuser.connect();
    try {
      // It can't be noted yet that everybody was asked.
      await asking.query('begin');
      await asking.query('select from appointment.freed_time where id = $1 for update', [freedTimeId]);
      await ask(freedTimeId);
      await until('it is about to be noted', async () => {
        const noting = `pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like '%set asked_at%'`;
        return (await count(system.database, noting)) > 0 || undefined;
      });
      await clinic.becomes(busyWith.id, 'cancelled');
    } finally {
      await asking.query('commit');
      asking.release();
    }
    await offered(entries[0]?.id ?? '');
  });
});

it('goes on with the record that stands for the patient, and never as two that overlap', async () => {
  await repeat(rounds, roundsAtOnce, async () => {
    const [one, other] = [await offer(1), await offer(1)];
    const [survivor, merged] = [one.entries[0]?.patientId ?? '', other.entries[0]?.patientId ?? ''];
    await post(system.database, [{ id: merged, active: false, replacedBy: survivor, version: 2 }]);
    const id = other.entries[0]?.id ?? '';
    await until('it follows', async () => (await find(id)).patientId === survivor || undefined);
    expect((await find(id)).status).toBe('waiting');
    expect((await find(one.entries[0]?.id ?? '')).status).toBe('offered');
    expect((await answer(0, one.entries[0]?.id ?? '', 'decline')).status).toBe(200);
    expect((await offered(id)).practitionerId).toBe(other.visit.practitionerId);
  });
}, 300_000);
