import { occupied, overlap, type Span, type TypeRules } from '../booking/rules/index.ts';
import { byStart, type FreeTime } from '../slot/free-times.ts';
import type { Candidate } from './candidate.repository.ts';

interface OpenType {
  type: TypeRules;
  /** Ascending. */
  times: FreeTime[];
}

/** Freed times that nobody has been offered yet, by what they could be booked for. */
export class OpenStarts {
  readonly #open = new Map<string, OpenType>();

  /** @param times in any order, each once or more often */
  add(type: TypeRules, times: readonly FreeTime[]): void {
    const different = new Map(times.map((time) => [`${time.start} ${time.practitionerId}`, time]));
    const ascending = [...different.values()].sort(byStart);
    if (ascending.length > 0) this.#open.set(type.id, { type, times: ascending });
  }

  get typeIds(): string[] {
    return [...this.#open.keys()];
  }

  /** From the first start to the last, both included; undefined when there are none. */
  get span(): Span | undefined {
    const times = [...this.#open.values()].map((open) => open.times);
    if (times.length === 0) return undefined;
    return {
      start: Math.min(...times.map((each) => each.at(0)?.start ?? Infinity)),
      end: Math.max(...times.map((each) => each.at(-1)?.start ?? -Infinity)),
    };
  }

  /** The times that would do for somebody, the earliest first. */
  for({ typeId, practitionerId, earliest, latest }: Candidate): FreeTime[] {
    const times = this.#open.get(typeId)?.times ?? [];
    return times.filter(
      (time) =>
        earliest <= time.start &&
        time.start <= latest &&
        (practitionerId === null || time.practitionerId === practitionerId),
    );
  }

  /** When the patient would be there. */
  visit(typeId: string, { start }: FreeTime): Span {
    const open = this.#open.get(typeId);
    return open ? occupied(open.type, start).patient : { start, end: start };
  }

  /** A time can't be had for this type after all. */
  drop(typeId: string, gone: FreeTime): void {
    this.#keep(typeId, (time) => time !== gone);
  }

  /** A time is taken, and with it all of the practitioner's that would overlap it. */
  take(typeId: string, taken: FreeTime): void {
    const by = this.#open.get(typeId);
    if (!by) return;
    const gone = occupied(by.type, taken.start).withBuffers;
    for (const [otherId, { type }] of this.#open)
      this.#keep(otherId, (time) => {
        const isOthers = time.practitionerId !== taken.practitionerId;
        return isOthers || !overlap(occupied(type, time.start).withBuffers, gone);
      });
  }

  #keep(typeId: string, isOpen: (time: FreeTime) => boolean): void {
    const open = this.#open.get(typeId);
    if (!open) return;
    open.times = open.times.filter(isOpen);
    if (open.times.length === 0) this.#open.delete(typeId);
  }
}
