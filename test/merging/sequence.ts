import { expect } from '@jest/globals';
import type { PatientChanged } from '#contracts';
import type { MergingDesk, Registered } from './desk.ts';
import type { Wish } from './wish.ts';

/** Numbers that nothing else in this process has. */
let serial = 0;

const contact = (value: number) => ({ system: 'phone', value: `+4420794600${10 + value}` });

/** What is done at a desk, one thing after the other, and what must come of it. */
export class Sequence {
  /** The records by what was said of each itself: what they are to be when nothing is merged. */
  readonly #known = new Map<string, Registered>();

  /** @param count is told of all that happened */
  constructor(
    private readonly desk: MergingDesk,
    private readonly count: (what: string) => void,
  ) {}

  /** Does what is wished, hears everything in whatever order, takes all merges back, and hears that. */
  async run(wishes: readonly Wish[], order: readonly number[]): Promise<void> {
    const { desk } = this;
    await desk.clear();
    for (const shared of [[0, 1], [1, 2], [2]]) await this.#create(shared);
    for (const each of wishes) {
      await this.#carryOut(each);
      if (each.kind === 'deliver') expect(await desk.contradictions()).toEqual([]);
    }
    await this.#deliverAll(order);
    await this.#expectAgreement();
    await this.#undoAll(order);
    await this.#deliverAll(order.toReversed());
    await this.#expectAgreement();
    for (const [id, record] of this.#known) expect(bare(await desk.read(id))).toEqual(bare(record));
    expect(await desk.owners()).toEqual(desk.appointments.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  }

  async #carryOut(wish: Wish): Promise<void> {
    const status = await this.#attempt(wish);
    if (status === undefined) return;
    this.count(`${wish.kind} ${status}`);
    if (status >= 500) throw new Error(`${JSON.stringify(wish)}: ${status}`);
  }

  /** @returns the status answered; undefined when there is nothing to do it with */
  async #attempt(wish: Wish): Promise<number | undefined> {
    const { desk } = this;
    const { patients, merges, appointments } = desk;
    switch (wish.kind) {
      case 'create':
        await this.#create(wish.shared);
        return 201;
      case 'edit':
        return this.#edit(nth(patients, wish.patient) ?? '', wish.gender, wish.isContact);
      case 'merge': {
        const [survivor, duplicate] = [nth(patients, wish.survivor), nth(patients, wish.duplicate)];
        return (await desk.merge(survivor ?? '', duplicate ?? '')).status;
      }
      case 'undo': {
        const id = nth(merges, wish.merge);
        return id === undefined ? undefined : (await desk.undo(id)).status;
      }
      case 'book': {
        const { patient, practitioner, time, isOverride } = wish;
        return (await desk.book(nth(patients, patient) ?? '', practitioner, time, isOverride)).status;
      }
      case 'status': {
        const appointment = nth(appointments, wish.appointment);
        return appointment && (await desk.becomes(appointment.id, wish.status)).status;
      }
      case 'move': {
        const appointment = nth(appointments, wish.appointment);
        return appointment && (await desk.move(appointment.id, wish.practitioner, wish.time)).status;
      }
      case 'deliver': {
        await desk.deliver((post, had) => {
          const all = [...post, ...had];
          return wish.order.map((each) => nth(all, each)).filter((each) => each !== undefined);
        }, wish.isKept);
        return undefined;
      }
    }
  }

  /** Records share some of their contacts. */
  async #create(shared: readonly number[]): Promise<void> {
    serial += 1;
    const identifier = [{ system: 'urn:example:number', value: String(serial) }];
    const telecom = [...new Set(shared)].map(contact);
    const record = await this.desk.register({ identifier, telecom });
    this.#known.set(record.id, record);
  }

  async #edit(id: string, gender: string, isContact: boolean): Promise<number> {
    const [now, before] = [await this.desk.read(id), this.#known.get(id)];
    serial += 1;
    const added = [{ system: 'url', value: `https://person.example/${serial}` }];
    const patch = isContact ? { telecom: [...now.telecom, ...added] } : { gender };
    const { status } = await this.desk.change(id, now.version, patch);
    if (status === 200 && before)
      this.#known.set(
        id,
        isContact ? { ...before, telecom: [...before.telecom, ...added] } : { ...before, gender },
      );
    return status;
  }

  /** By ones, twos and threes from wherever, until nothing is left. */
  async #deliverAll(order: readonly number[]): Promise<void> {
    let turn = 0;
    const next = () => order[(turn += 1) % order.length] ?? turn;
    const some = (post: PatientChanged[]) => {
      const batch = Array.from({ length: 1 + (next() % 3) }, () => nth(post, next()));
      return batch.filter((each) => each !== undefined);
    };
    while ((await this.desk.deliver(some)) > 0);
  }

  async #undoAll(order: readonly number[]): Promise<void> {
    const byWish = this.desk.merges
      .map((id, index) => ({ id, key: order[index % order.length] ?? 0 }))
      .sort((a, b) => a.key - b.key);
    for (let waiting = byWish.map(({ id }) => id); waiting.length > 0;) {
      const blocked: string[] = [];
      for (const id of waiting) {
        const { status, body } = await this.desk.undo(id);
        this.count(`undo ${status}`);
        if (status === 409 && (body as { code?: string }).code === 'merge_built_upon') blocked.push(id);
      }
      expect(blocked.length).toBeLessThan(waiting.length);
      waiting = blocked;
    }
  }

  async #expectAgreement(): Promise<void> {
    expect(await this.desk.disagreements()).toEqual([]);
    expect(await this.desk.contradictions()).toEqual([]);
    expect(await this.desk.astray()).toEqual([]);
    for (let left = await this.desk.collisions(); left > 0; left -= 1) this.count('collided');
  }
}

function nth<T>(list: readonly T[], place: number): T | undefined {
  return list[place % list.length];
}

/** But for the marks that every change leaves. */
function bare(record: Registered): object {
  return { ...record, version: undefined, updatedAt: undefined };
}
