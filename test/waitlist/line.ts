import { overlap, type Span } from './slots.ts';

export interface Kind {
  id: string;
  version: number;
  active: boolean;
  /** The visit, and the practitioner's time after it. */
  slots: number;
  after: number;
  needsRoom: boolean;
}

export interface Practitioner {
  id: string;
  version: number;
  active: boolean;
  kindIds: string[];
  open: Span;
  availabilityVersion: number;
}

export interface Room {
  id: string;
  version: number;
  active: boolean;
}

/** An appointment, a hold or an offer. */
export interface Taken {
  id: string;
  kindId: string;
  practitionerId: string;
  roomId: string | null;
  patientId: string | null;
  start: number;
}

export interface Place {
  practitionerId: string;
  start: number;
}

export interface Freed {
  /** The step it was freed in. */
  at: number;
  spans: Span[];
  practitionerId?: string | undefined;
  roomId?: string | null | undefined;
  patientId?: string | null | undefined;
  kindIds?: string[];
}

export interface Waiting {
  id: string;
  patientId: string;
  kindId: string;
  practitionerId: string | undefined;
  /** The first and the last start that will do. */
  from: number;
  to: number;
  isUrgent: boolean;
  /** The step it came in. */
  since: number;
  status: string;
  version: number;
  offer?: Place | undefined;
  passed: Place[];
}

/**
 * A small clinic, who waits there, and to whom each freed time is to be offered: the rules in their plainest form, slot by
 * slot, knowing nothing of how the book carries them out.
 */
export class Line {
  step = 0;
  entries: Waiting[] = [];
  taken: Taken[] = [];
  readonly freed: Freed[] = [];

  constructor(
    readonly kinds: readonly Kind[],
    readonly practitioners: readonly Practitioner[],
    readonly rooms: readonly Room[],
    readonly patients: readonly { id: string; active: boolean }[],
  ) {}

  free(freed: Omit<Freed, 'at'>): void {
    this.freed.push({ ...freed, at: this.step });
  }

  /** Gives up what somebody has. */
  giveUp(id: string): void {
    const given = this.taken.find((taken) => taken.id === id);
    if (!given) return;
    this.taken = this.taken.filter((taken) => taken !== given);
    this.freeTimeOf(given);
  }

  freeTimeOf({ kindId, start, practitionerId, roomId, patientId }: Omit<Taken, 'id'>): void {
    this.free({ practitionerId, roomId, patientId, spans: [this.#occupied(kindId, start)] });
  }

  freeOffer({ kindId, patientId }: Waiting, { practitionerId, start }: Place): void {
    const offered = this.taken.find(
      (taken) => taken.practitionerId === practitionerId && taken.start === start,
    );
    this.taken = this.taken.filter((taken) => taken !== offered);
    this.freeTimeOf({ kindId, patientId, practitionerId, start, roomId: offered?.roomId ?? null });
  }

  get freedNow(): Freed[] {
    return this.freed.filter(({ at }) => at === this.step);
  }

  /** Whether it is known of everybody who waits what was freed before they came and what after. */
  get isInOrder(): boolean {
    const open = this.entries.filter(({ status }) => status === 'waiting' || status === 'offered');
    return !open.some(({ since }) => this.freed.some(({ at }) => at === since));
  }

  /** To whom a time goes that was freed alone. */
  settle(freed: Freed): void {
    for (const entry of this.#inOrder()) this.#offer(entry, this.#firstFor(entry, [freed], freed.at));
    // Somebody who has time again may want what was freed while they had none.
    for (const entry of this.#inOrder().filter(({ patientId }) => patientId === freed.patientId))
      this.#offer(entry, this.#firstFor(entry, this.#freedSince(entry.since), entry.since));
  }

  /** Who waits although a time that was freed since would do. */
  overlooked(): string[] {
    return this.#inOrder().flatMap((entry) => {
      const place = this.#firstFor(entry, this.#freedSince(entry.since + 1), entry.since);
      return place ? [`${entry.id} waits, and ${JSON.stringify(place)} would do`] : [];
    });
  }

  /** What is offered although it was not freed, or is not what is waited for. */
  unfounded(): string[] {
    return this.entries.flatMap((entry) => {
      const { offer, since, kindId } = entry;
      if (entry.status !== 'offered' || !offer) return [];
      const kind = this.#kind(kindId);
      const isFreed = this.#freedSince(since).some(
        (freed) =>
          this.#isByPractitioner(freed, kind, offer) ||
          (freed.roomId && kind.needsRoom && this.#touches(freed, kind, offer.start)),
      );
      return isFreed && this.#isWanted(entry, offer)
        ? []
        : [`${entry.id} is offered ${JSON.stringify(offer)}`];
    });
  }

  #offer(entry: Waiting, place: Place | undefined): void {
    if (!place) return;
    const { kindId, patientId } = entry;
    entry.status = 'offered';
    entry.offer = place;
    const roomId = this.#kind(kindId).needsRoom
      ? (this.#freeRooms(this.#occupied(kindId, place.start))[0] ?? null)
      : null;
    this.taken.push({ id: `offered to ${entry.id}`, kindId, patientId, roomId, ...place });
  }

  #inOrder(): Waiting[] {
    const waiting = this.entries.filter(({ status }) => status === 'waiting');
    return [...waiting.filter(({ isUrgent }) => isUrgent), ...waiting.filter(({ isUrgent }) => !isUrgent)];
  }

  #freedSince(step: number): Freed[] {
    return this.freed.filter(({ at }) => at >= step);
  }

  /** The earliest time that was freed, fits and can be booked. */
  #firstFor(entry: Waiting, freed: readonly Freed[], since: number): Place | undefined {
    const kind = this.#kind(entry.kindId);
    for (let start = entry.from; start <= entry.to; start += 1)
      for (const { id: practitionerId } of this.practitioners.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
        const place = { practitionerId, start };
        const isFreed = freed.some(
          (each) => this.#isByPractitioner(each, kind, place) || this.#isByRoom(each, kind, start, since),
        );
        if (isFreed && this.#isWanted(entry, place) && this.#canBook(entry, place)) return place;
      }
    return undefined;
  }

  #isWanted({ from, to, practitionerId, passed, kindId }: Waiting, place: Place): boolean {
    if (place.start < from || place.start > to) return false;
    if (practitionerId !== undefined && practitionerId !== place.practitionerId) return false;
    return !passed.some(
      (each) =>
        each.practitionerId === place.practitionerId &&
        overlap(this.#visit({ kindId, ...each }), this.#visit({ kindId, ...place })),
    );
  }

  #canBook({ kindId, patientId }: Waiting, { practitionerId, start }: Place): boolean {
    const kind = this.#kind(kindId);
    const practitioner = this.practitioners.find(({ id }) => id === practitionerId);
    const visit = { from: start, to: start + kind.slots };
    const isOffered =
      kind.active &&
      practitioner?.active === true &&
      practitioner.kindIds.includes(kindId) &&
      practitioner.open.from <= visit.from &&
      visit.to <= practitioner.open.to &&
      this.patients.some(({ id, active }) => id === patientId && active);
    if (!isOffered) return false;
    const occupied = this.#occupied(kindId, start);
    const isBusy = this.taken.some(
      (taken) =>
        (taken.practitionerId === practitionerId &&
          overlap(this.#occupied(taken.kindId, taken.start), occupied)) ||
        (taken.patientId === patientId && overlap(this.#visit(taken), visit)),
    );
    return !isBusy && (!kind.needsRoom || this.#freeRooms(occupied).length > 0);
  }

  #touches({ spans, kindIds }: Freed, { id }: Kind, start: number): boolean {
    if (kindIds && !kindIds.includes(id)) return false;
    return spans.some((span) => overlap(span, this.#occupied(id, start)));
  }

  #isByPractitioner(freed: Freed, kind: Kind, { practitionerId, start }: Place): boolean {
    const isAnybodys = freed.practitionerId === undefined && !freed.roomId && !freed.patientId;
    return (isAnybodys || freed.practitionerId === practitionerId) && this.#touches(freed, kind, start);
  }

  /** A room makes a time free if there is none but such as were freed since. */
  #isByRoom(freed: Freed, kind: Kind, start: number, since: number): boolean {
    if (!freed.roomId || !kind.needsRoom || !this.#touches(freed, kind, start)) return false;
    const rooms = this.#freeRooms(this.#occupied(kind.id, start));
    const isNew = (id: string) =>
      this.#freedSince(since).some((each) => each.roomId === id && this.#touches(each, kind, start));
    return rooms.includes(freed.roomId) && rooms.every(isNew);
  }

  #freeRooms(span: Span): string[] {
    const isTaken = (id: string) =>
      this.taken.some(
        ({ roomId, kindId, start }) => roomId === id && overlap(this.#occupied(kindId, start), span),
      );
    return this.rooms.filter(({ id, active }) => active && !isTaken(id)).map(({ id }) => id);
  }

  #occupied(kindId: string, start: number): Span {
    const { slots, after } = this.#kind(kindId);
    return { from: start, to: start + slots + after };
  }

  #visit({ kindId, start }: Pick<Taken, 'kindId' | 'start'>): Span {
    return { from: start, to: start + this.#kind(kindId).slots };
  }

  #kind(kindId: string): Kind {
    const kind = this.kinds.find(({ id }) => id === kindId);
    if (!kind) throw new Error('an entry is for a kind of visit that there is');
    return kind;
  }
}
