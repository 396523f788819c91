import type { Recurrence } from './command.ts';
import { dayMinutes, dayOf } from './state.ts';

/** A start of a series, or a month that has no such date: `start` is on its last. */
export interface Occurrence {
  readonly start: number;
  readonly isMissing: boolean;
}

export function occurrences(start: number, recurrence: Recurrence, firstDate: string): Occurrence[] {
  const { frequency, interval = 1, count = Infinity, untilDay = Infinity } = recurrence;
  const found: Occurrence[] = [];
  for (let step = 0; found.filter(({ isMissing }) => !isMissing).length < count; step += interval) {
    const occurrence =
      frequency === 'monthly'
        ? monthsLater(start, step, firstDate)
        : { start: start + step * dayMinutes * (frequency === 'weekly' ? 7 : 1), isMissing: false };
    if (dayOf(occurrence.start) > untilDay) break;
    found.push(occurrence);
  }
  return found;
}

function monthsLater(start: number, months: number, firstDate: string): Occurrence {
  const first = Date.parse(firstDate);
  const begin = new Date(first + dayOf(start) * dayMinutes * 60_000);
  const [year, month, date] = [begin.getUTCFullYear(), begin.getUTCMonth() + months, begin.getUTCDate()];
  const lastDate = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = (Date.UTC(year, month, Math.min(date, lastDate)) - first) / (dayMinutes * 60_000);
  return { start: start + (day - dayOf(start)) * dayMinutes, isMissing: date > lastDate };
}
