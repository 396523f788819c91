import {
  claimsOf,
  overlap,
  spansOf,
  type Asked,
  type BookedClinic,
  type ResourceClaim,
} from './booked-clinic.ts';
import { MinuteCalendar } from './minute-calendar.ts';
import type { BookableStart, Claim } from './minute-oracle.ts';

interface Occupation extends ResourceClaim {
  isHold: boolean;
}

const minuteMs = 60_000;
const dayMinutes = 1440;

/** Says of any start of a clinic, minute by minute and claim by claim, everything that speaks against it. */
export class ReasonOracle {
  /** What occupies anybody or anything now. */
  readonly occupations: readonly Occupation[];
  readonly #calendars: ReadonlyMap<string, MinuteCalendar>;

  constructor(readonly clinic: BookedClinic) {
    this.#calendars = new Map(
      clinic.practitioners.map((practitioner) => [
        practitioner.id,
        new MinuteCalendar(practitioner, clinic.type),
      ]),
    );
    this.occupations = clinic.entries
      .filter(({ kind }) => kind !== 'freed' && kind !== 'expired hold')
      .flatMap((entry) => claimsOf(entry).map((claim) => ({ ...claim, isHold: entry.kind === 'hold' })));
  }

  calendar(practitionerId: string): MinuteCalendar {
    const calendar = this.#calendars.get(practitionerId);
    if (!calendar) throw new Error(`nobody is ${practitionerId}`);
    return calendar;
  }

  /** The codes of all reasons against a start, sorted; none when it can be booked. */
  reasons({ start: [start, practitionerId], asked }: { start: BookableStart; asked: Asked }): string[] {
    return [...this.#against(practitionerId, start, asked)].sort();
  }

  /** The rooms in which a start can be booked; undefined stands for none when none is needed. */
  freeRooms(start: number, { roomId }: Asked): (string | undefined)[] {
    const { withBuffers } = spansOf(this.clinic.type, start);
    const isFree = (id: string) => this.#during(id, withBuffers).length === 0;
    return this.#rooms(roomId)?.filter(isFree) ?? [undefined];
  }

  /** Every start in [from, to) that can be booked, in order of start, then practitioner. */
  starts(from: number, to: number, practitionerIds: readonly string[], asked: Asked): BookableStart[] {
    const found: BookableStart[] = [];
    for (let minute = Math.ceil(from / minuteMs); minute * minuteMs < to; minute += 1)
      found.push(...this.#at(minute, practitionerIds, asked));
    return found;
  }

  /** Every start in [from, to) of a practitioner that is offered, but that others have. */
  takenStarts(from: number, to: number, practitionerId: string, asked: Asked): number[] {
    const calendar = this.calendar(practitionerId);
    const found: number[] = [];
    for (let minute = Math.ceil(from / minuteMs); minute * minuteMs < to; minute += 1) {
      if (!calendar.at(minute).onGrid) continue;
      const start = minute * minuteMs;
      const isOffered = this.#againstOffer(practitionerId, start, asked).next().done;
      if (isOffered && !this.#ofClaims(practitionerId, start, asked).next().done) found.push(start);
    }
    return found;
  }

  /** The three starts nearest to one, which is on a minute: by distance, then start, then practitioner. */
  nearest(start: number, asked: Asked): BookableStart[] {
    const { now, type, practitioners } = this.clinic;
    const ids = practitioners.map(({ id }) => id).filter((id) => this.#ofRules(id, asked).next().done);
    const last = now / minuteMs + (type.maxDaysAhead + 3) * dayMinutes;
    const minute = start / minuteMs;
    const found = this.#at(minute, ids, asked);
    for (let away = 1; ids.length > 0 && found.length < 3; away += 1) {
      if (minute - away < now / minuteMs && minute + away > last) break;
      found.push(...this.#at(minute - away, ids, asked), ...this.#at(minute + away, ids, asked));
    }
    return found.slice(0, 3);
  }

  #at(minute: number, practitionerIds: readonly string[], asked: Asked): BookableStart[] {
    const start = minute * minuteMs;
    return practitionerIds
      .filter((id) => this.calendar(id).at(minute).onGrid && this.#against(id, start, asked).next().done)
      .sort()
      .map((id) => [start, id]);
  }

  *#against(practitionerId: string, start: number, asked: Asked): Generator<string> {
    yield* this.#ofClaims(practitionerId, start, asked);
    yield* this.#againstOffer(practitionerId, start, asked);
  }

  /** What would speak against a start if nobody had booked. */
  *#againstOffer(practitionerId: string, start: number, asked: Asked): Generator<string> {
    yield* this.#ofRules(practitionerId, asked);
    yield* this.#ofClock(practitionerId, start);
    yield* this.#ofWindows(practitionerId, start);
  }

  *#ofRules(practitionerId: string, { roomId }: Asked): Generator<string> {
    const { type, rooms } = this.clinic;
    const { practitioner } = this.calendar(practitionerId);
    const roomIsActive = roomId === undefined || rooms.some(({ id, active }) => id === roomId && active);
    if (!practitioner.active || !type.active || !roomIsActive) yield 'inactive';
    if (!practitioner.typeIds.includes(type.id)) yield 'type_not_offered';
  }

  *#ofClock(practitionerId: string, start: number): Generator<string> {
    const { type, now } = this.clinic;
    const calendar = this.calendar(practitionerId);
    if (start < now + type.minNoticeMinutes * minuteMs) yield 'too_soon';
    if (calendar.at(Math.floor(start / minuteMs)).date > calendar.lastDateAt(now)) yield 'too_far_ahead';
  }

  *#ofWindows(practitionerId: string, start: number): Generator<string> {
    const calendar = this.calendar(practitionerId);
    const first = Math.floor(start / minuteMs);
    const end = start / minuteMs + this.clinic.type.minutes;
    const { available, onGrid } = calendar.at(first);
    // The grid is laid by windows: where there is none, nothing is off it.
    if (available && !(onGrid && start === first * minuteMs)) yield 'off_grid';
    for (let minute = first; minute < end; minute += 1) {
      if (calendar.at(minute).available) continue;
      yield 'outside_availability';
      return;
    }
  }

  *#ofClaims(practitionerId: string, start: number, { patientId, roomId }: Asked): Generator<string> {
    const { type, patients } = this.clinic;
    const { withBuffers, patient } = spansOf(type, start);
    const ofPractitioner = this.#during(practitionerId, withBuffers);
    if (ofPractitioner.some(({ isHold }) => !isHold)) yield 'practitioner_busy';
    if (ofPractitioner.some(({ isHold }) => isHold)) yield 'held';

    if (this.freeRooms(start, { roomId }).length === 0) yield 'no_room_free';

    const survivor = patients.find(({ id }) => id === patientId)?.replacedBy ?? patientId;
    if (survivor !== undefined && this.#during(survivor, patient).length > 0) yield 'patient_busy';
  }

  #during(resourceId: string, span: Claim): Occupation[] {
    return this.occupations.filter((claim) => claim.resourceId === resourceId && overlap(claim, span));
  }

  /** The rooms that would do; undefined when none is needed. */
  #rooms(named: string | undefined): string[] | undefined {
    const { type, rooms } = this.clinic;
    if (named !== undefined) return [named];
    return type.needsRoom ? rooms.filter(({ active }) => active).map(({ id }) => id) : undefined;
  }
}
