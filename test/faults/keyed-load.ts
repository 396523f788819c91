import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { ServiceName } from '#catalogue';
import { Clinic, halfHour } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import type { TestDatabase } from '../harness/database.ts';
import { disagreements, queuesAreEmpty } from '../harness/merges.ts';
import { lose, tryAgain } from '../harness/passing.ts';
import { contradictionsIn, count } from './database.ts';
import { repeat } from './outcome.ts';

/**
 * Whatever happens to the database, this is the longest that a request takes: 10 s at the door, 20 s for its turn, 5 s for
 * a connection and 12 s for a statement that nobody answers, and something for a busy machine. A load balancer waits for
 * 60 s.
 */
export const answeredWithinMs = 50_000;
/** Once the database is back, the first write is answered so soon; most often it takes a tenth of that. */
export const recoveredWithinMs = 3_000;

const pauseMs = 100;

/** The services that are written to. */
export const written = ['patient', 'appointment'] as const satisfies readonly ServiceName[];
type Written = (typeof written)[number];

interface Answered {
  readonly id: string;
  readonly at: number;
}

/**
 * Callers who lose nothing: each registers one patient after the other and books a time for each, and sends what is not
 * answered for good again under the same Idempotency-Key.
 */
export class KeyedLoad implements AsyncDisposable {
  /** How requests ended: `201`, `503 unavailable`, `no answer`. */
  readonly outcomes = new Set<string>();
  longestMs = 0;
  readonly #answered: Record<Written, Answered[]> = { patient: [], appointment: [] };
  readonly #callers: Promise<void>[] = [];
  #isOver = false;
  #isGivenUp = false;

  private constructor(private readonly clients: Readonly<Record<Written, Client>>) {}

  /** @param staff with whom it is prepared, while all is well */
  static async begin(
    staff: Client,
    clients: Readonly<Record<Written, Client>>,
    callers = 8,
  ): Promise<KeyedLoad> {
    const clinic = new Clinic(staff);
    const { id: typeId } = await clinic.type();
    const practitioners = await repeat(callers, 1, () => clinic.practitioner([typeId]));
    const load = new KeyedLoad(clients);
    load.#callers.push(...practitioners.map(({ id }) => load.#call({ typeId, practitionerId: id })));
    return load;
  }

  /** Lets every caller come to the end of what it has begun. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }

  /** Has nobody go on, whether what they have begun is done or not: what a failed test leaves behind disturbs no other. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#isGivenUp = true;
    await Promise.allSettled(this.#callers);
  }

  /** How long after a moment of `performance.now()` each service had answered a write. */
  recoveryMs(since: number): Record<Written, number> {
    const first = (service: Written) =>
      Math.ceil((this.#answered[service].find(({ at }) => at > since)?.at ?? Number.NaN) - since);
    return { patient: first('patient'), appointment: first('appointment') };
  }

  /** That each answered write is there once and whole, and that there are no others. */
  async expectKept(database: TestDatabase, before: Readonly<Record<Written, number>>): Promise<void> {
    for (const service of written) {
      const ids = this.#answered[service].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const table = `${service}.${service}`;
      expect([service, await count(database, `${table} where id = any($1)`, [ids])]).toEqual([
        service,
        ids.length,
      ]);
      expect([service, await count(database, table)]).toEqual([service, before[service] + ids.length]);
    }
    expect(await contradictionsIn(database)).toEqual([]);
  }

  async #call(wanted: { typeId: string; practitionerId: string }): Promise<void> {
    for (let index = 0; !this.#isOver; index += 1) {
      const person = { name: [{ family: `Sample ${randomUUID()}` }], birthDate: '1980-01-31' };
      const patientId = await this.#write('patient', '/patients', person);
      const start = halfHour(2, index);
      await this.#write('appointment', '/appointments', { ...wanted, patientId, start });
    }
  }

  /** @returns the id of what was made */
  async #write(service: Written, path: string, body: object): Promise<string> {
    const key = { 'idempotency-key': randomUUID() };
    for (;;) {
      const since = performance.now();
      const reply = await this.clients[service]
        .post<{ id: string; code?: string }>(path, body, key)
        .catch(() => undefined);
      const at = performance.now();
      this.longestMs = Math.max(this.longestMs, at - since);
      this.outcomes.add(reply ? [reply.status, reply.body.code].filter(Boolean).join(' ') : 'no answer');
      if (reply?.status === 201) {
        this.#answered[service].push({ id: reply.body.id, at });
        return reply.body.id;
      }
      if (reply && reply.status < 500) throw new Error(`${reply.status} ${reply.body.code ?? ''}`);
      if (this.#isGivenUp) throw new Error(`${path} was given up`);
      await sleep(pauseMs);
    }
  }
}

/** That both services know the same once what was in anybody's hands has been done. */
export async function expectAgreement(database: TestDatabase): Promise<void> {
  await lose(database);
  await tryAgain(database);
  await queuesAreEmpty(database);
  expect(await disagreements(database)).toEqual([]);
}

/** How many rows each service has made. */
export async function rowsOf(database: TestDatabase): Promise<Record<Written, number>> {
  return {
    patient: await count(database, 'patient.patient'),
    appointment: await count(database, 'appointment.appointment'),
  };
}
