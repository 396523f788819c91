import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../fuzz/document.ts';
import { ahead, openDaily, type Entry, type Resource } from '../harness/clinic.ts';
import type { Reply } from '../harness/client.ts';
import type { Canaries } from './canary.ts';
import type { Desk } from './desk.ts';
import { planted } from './planted.ts';

interface Wish {
  /** Of the record that the path names; default: the one that the story knows of its kind. */
  readonly id?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  /** In place of what the document's examples say; undefined leaves a field out. */
  readonly fields?: object;
}

const offeredWithinMs = 20_000;
const unknownId = '01935a3e-5b7c-7abc-8def-0123456789ab';

/** A clinic's day in which every operation succeeds, every word of every body being a canary. */
export class Story {
  /** By collection the id of a record that is there. */
  readonly ids = new Map<string, string>();
  /** The body that an operation took last. */
  readonly taken = new Map<string, unknown>();
  /** All that was taken, as it was sent. */
  readonly said: string[] = [];
  readonly #byName: Map<string, Operation>;

  constructor(
    private readonly desk: Desk,
    private readonly canaries: Canaries,
    readonly operations: readonly Operation[],
  ) {
    this.#byName = new Map(operations.map((operation) => [operation.name, operation]));
  }

  /** The same story with another teller, who may know less of it. */
  by(desk: Desk): Story {
    const story = new Story(desk, this.canaries, this.operations);
    for (const [collection, id] of this.ids) story.ids.set(collection, id);
    return story;
  }

  /** The visit that everything is about. */
  get visit(): { typeId: string; practitionerId: string; patientId: string } {
    return {
      typeId: this.idOf('/appointments/types'),
      practitionerId: this.idOf('/appointments/practitioners'),
      patientId: this.idOf('/patients'),
    };
  }

  idOf(path: string): string {
    return this.ids.get(path.split('/{id}')[0] ?? '') ?? unknownId;
  }

  /** Sends an operation with a canary in every field and header, whatever comes of it. */
  async tries<Body extends object = Resource>(name: string, wish: Wish = {}): Promise<Reply<Body>> {
    const operation = this.#byName.get(name);
    if (!operation) throw new Error(`the documents have no ${name}`);
    const { method, path, parameters } = operation;
    const has = (header: string) => parameters.some((parameter) => parameter.name === header);
    const target = path.replace('{id}', wish.id ?? this.idOf(path));
    const body = operation.body && {
      ...(planted(operation.body, this.canaries, name) as object),
      ...wish.fields,
    };
    const reply = await this.desk.send<Body>(
      name,
      method,
      wish.query === undefined ? target : `${target}?${wish.query}`,
      body,
      {
        ...(has('If-Match') && { 'if-match': '*' }),
        ...(has('Idempotency-Key') && { 'idempotency-key': this.canaries.text(`${name} Idempotency-Key`) }),
        ...wish.headers,
      },
    );
    if (reply.status < 300 && body) {
      this.taken.set(name, body);
      this.said.push(JSON.stringify(body));
    }
    return reply;
  }

  /** The same, and it must succeed. What it makes is the record of its kind from then on. */
  async does<Body extends object = Resource>(name: string, wish: Wish = {}): Promise<Body> {
    const { status, body } = await this.tries<Body>(name, wish);
    if (status >= 300) throw new Error(`${name} is answered ${status}: ${JSON.stringify(body)}`);
    const [method, path = ''] = name.split(' ');
    if (method === 'POST' && status === 201 && 'id' in body) this.ids.set(path, String(body.id));
    return body;
  }

  async tellsAll(): Promise<void> {
    await this.#opens();
    await this.#registers();
    await this.#books();
    await this.#waits();
    await this.#merges();
    await this.#looksAround();
  }

  async #opens(): Promise<void> {
    const type = { minutes: 30, bufferBefore: 0, bufferAfter: 0, slotStep: 30, minNoticeMinutes: 0 };
    const open = { ...type, maxDaysAhead: 365, needsRoom: false, active: true };
    const { id: typeId } = await this.does('POST /appointments/types', { fields: open });
    await this.does('PATCH /appointments/types/{id}', { fields: open });
    await this.does('POST /appointments/rooms', { fields: { active: true } });
    await this.does('PATCH /appointments/rooms/{id}', { fields: { active: true } });
    const practitioner = { fields: { typeIds: [typeId], active: true } };
    await this.does('POST /appointments/practitioners', practitioner);
    await this.does('PATCH /appointments/practitioners/{id}', practitioner);
    await this.does('PUT /appointments/practitioners/{id}/availability', {
      fields: { timeZone: 'UTC', ...openDaily('00:00-24:00'), exceptions: [] },
    });
  }

  async #registers(): Promise<void> {
    const fields = { active: true, deceased: false, confirmedNotDuplicateOf: undefined };
    await this.does('POST /patients', { fields });
    await this.does('PATCH /patients/{id}', { fields: { active: true, deceased: false } });
    const known = this.taken.get('PATCH /patients/{id}') as { name: [{ family: string }]; birthDate: string };
    const found = { name: known.name[0].family, birthDate: known.birthDate, limit: 10 };
    await this.does('POST /patients/search', { fields: found });
    await this.does('POST /patients/search', {});
    await this.does('POST /patients/match', { fields: { ...known } });
    await this.does('POST /patients/match', {});
  }

  async #books(): Promise<void> {
    const { visit } = this;
    const roomId = this.idOf('/appointments/rooms');
    const booked = { ...visit, holdId: undefined, roomId };
    await this.does('POST /appointments/holds', { fields: { ...visit, roomId, start: ahead(2) } });
    await this.does('POST /appointments', {
      fields: { ...booked, override: undefined, start: ahead(3) },
    });
    await this.does('POST /appointments/{id}/reschedule', {
      fields: { practitionerId: visit.practitionerId, roomId, start: ahead(4) },
    });
    await this.does('POST /appointments/{id}/status', { fields: { status: 'cancelled' } });
    await this.does('POST /appointments', { fields: { ...booked, start: ahead(5, '09:10') } });
    await this.does('POST /appointments/series', {
      fields: {
        ...visit,
        roomId,
        start: ahead(6),
        recurrence: { frequency: 'daily', interval: 1, count: 2 },
      },
    });
    await this.does('POST /appointments/series/{id}/cancel', { fields: { from: undefined } });
  }

  /** Two times are freed; the one that is offered is accepted, the other declined. */
  async #waits(): Promise<void> {
    const { visit } = this;
    for (const [day, answer] of [
      [20, 'accept'],
      [21, 'decline'],
    ] as const) {
      const start = ahead(day);
      const fields = { ...visit, start, holdId: undefined, override: undefined, roomId: undefined };
      const { id } = await this.does('POST /appointments', { fields });
      await this.does('POST /appointments/waitlist', {
        fields: { ...visit, earliest: start, latest: start },
      });
      await this.does('POST /appointments/{id}/status', { id, fields: { status: 'cancelled' } });
      await this.#offered();
      await this.does(`POST /appointments/waitlist/{id}/${answer}`);
    }
  }

  async #offered(): Promise<void> {
    const deadline = Date.now() + offeredWithinMs;
    while ((await this.does<Entry>('GET /appointments/waitlist/{id}')).status !== 'offered') {
      if (Date.now() > deadline) throw new Error('nothing was offered');
      await sleep(100);
    }
  }

  async #merges(): Promise<void> {
    const survivorId = this.idOf('/patients');
    const fields = { active: true, deceased: false, confirmedNotDuplicateOf: undefined };
    const { id: duplicateId } = await this.does('POST /patients', { fields });
    await this.does('POST /patients/merges', { fields: { survivorId, duplicateId } });
    await this.does('POST /patients/merges/{id}/undo');
    this.ids.set('/patients', survivorId);
  }

  /** Reads everything, and gives back what can be. */
  async #looksAround(): Promise<void> {
    const { typeId, practitionerId, patientId } = this.visit;
    const slots = `typeId=${typeId}&from=${ahead(1)}&to=${ahead(2)}`;
    const queries: Record<string, string> = {
      'GET /appointments/slots': `${slots}&practitionerId=${practitionerId}&patientId=${patientId}`,
      'GET /appointments/slots/explain': `typeId=${typeId}&practitionerId=${practitionerId}&start=${ahead(1)}`,
    };
    const rest = this.operations.filter(({ name, isOpen }) => !isOpen && !this.desk.statuses.has(name));
    // What is given back can't be read any more.
    for (const { name } of rest.toSorted(
      (a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'),
    ))
      await this.does(name, queries[name] === undefined ? {} : { query: queries[name] });
  }
}
