/** A minute as the wall clock of a zone shows it. */
interface LocalMinute {
  /** `YYYY-MM-DD` */
  date: string;
  /** In minutes after midnight by the wall clock. */
  time: number;
}

const minuteMs = 60_000;
const quarterHour = 15;

/**
 * What the wall clock shows at every minute from `first` to `end` (excluded), counted from the epoch. Nothing is
 * reckoned from offsets: a quarter of an hour at whose ends the clock shows just that quarter it has run through
 * evenly, and in any other each minute is looked up.
 */
export function wallClock(timeZone: string, first: number, end: number): LocalMinute[] {
  const shown: LocalMinute[] = [];
  for (let minute = first; minute < end; minute += quarterHour) {
    const count = Math.min(quarterHour, end - minute);
    const atFirst = look(timeZone, minute);
    const atLast = look(timeZone, minute + count - 1);
    const isEven = atFirst.date === atLast.date && atLast.time - atFirst.time === count - 1;
    for (let index = 0; index < count; index += 1)
      shown.push(
        isEven ? { date: atFirst.date, time: atFirst.time + index } : look(timeZone, minute + index),
      );
  }
  return shown;
}

function look(timeZone: string, minute: number): LocalMinute {
  // 2026-03-29T02:00:00+01:00[Europe/London]
  const text = Temporal.Instant.fromEpochMilliseconds(minute * minuteMs)
    .toZonedDateTimeISO(timeZone)
    .toString();
  return { date: text.slice(0, 10), time: minuteOfDay(text.slice(11, 16)) };
}

/** `HH:MM` up to `24:00`, in minutes. */
export function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
