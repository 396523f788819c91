import type { Booking } from '../harness/clinic.ts';
import type { Client, Reply } from '../harness/client.ts';

/** An appointment, or why there is none. */
export type BookingReply = Reply<
  Partial<Booking> & {
    code?: string;
    detail?: string;
    reasons?: { code: string; until?: string }[];
    alternatives?: { start: string; end: string; practitionerId: string }[];
  }
>;

export function book(
  client: Client,
  booking: object,
  headers: Record<string, string> = {},
): Promise<BookingReply> {
  return client.post('/appointments', booking, headers);
}

/** In a word: `201`, `409 slot_taken practitioner_busy`. */
export function outcome({ status, body }: BookingReply): string {
  const { code, reasons = [] } = body;
  return [
    String(status),
    ...(code === undefined ? [] : [code]),
    ...reasons.map((reason) => reason.code),
  ].join(' ');
}

/** How often each outcome came. */
export function tally(replies: readonly BookingReply[]): Record<string, number> {
  const groups = Map.groupBy(replies, outcome);
  return Object.fromEntries([...groups].map(([text, { length }]) => [text, length]));
}

/** Does something so many times, a few at a time. */
export async function repeat<T>(
  times: number,
  concurrency: number,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < times; index = next++) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

/** The same with each of many items. */
export function forEach<Item, T>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<T>,
): Promise<T[]> {
  return repeat(items.length, concurrency, (index) => work(items[index] as Item));
}
