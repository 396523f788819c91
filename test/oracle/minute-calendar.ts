import {
  lastDateOf,
  minutesOf,
  type AppointmentType,
  type Minute,
  type Practitioner,
} from './minute-oracle.ts';

const dayMinutes = 1440;

/** The minutes of a practitioner's time for one type, found a day at a time when they are first asked for. */
export class MinuteCalendar {
  readonly #days = new Map<number, Minute[]>();

  #lastDate: string | undefined;

  constructor(
    readonly practitioner: Practitioner,
    private readonly type: AppointmentType,
  ) {}

  /** The last local date on which a start can be booked. */
  lastDateAt(now: number): string {
    return (this.#lastDate ??= lastDateOf(this.practitioner, this.type, now));
  }

  /** @param minute counted from the epoch */
  at(minute: number): Minute {
    const day = Math.floor(minute / dayMinutes);
    const first = day * dayMinutes;
    let minutes = this.#days.get(day);
    if (!minutes) {
      minutes = minutesOf(this.practitioner, this.type, first, first + dayMinutes);
      this.#days.set(day, minutes);
    }
    const found = minutes[minute - first];
    if (!found) throw new RangeError(`${minute} is no minute`);
    return found;
  }
}
