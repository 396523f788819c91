import { customType } from 'drizzle-orm/pg-core';

/** `timestamptz` as the RFC 3339 text in UTC that the API answers, to the millisecond at most. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamptz',
  fromDriver: (value) => utcText(value),
});

/** `2026-11-23 09:00:00+00`, as a session in UTC prints it, in RFC 3339. */
function utcText(value: string): string {
  return `${value.slice(0, 10)}T${value.slice(11).replace('+00', 'Z')}`;
}

/** An instant of the API, whatever offset it came with, in UTC and whole milliseconds. */
export function toUtc(instantText: string): string {
  return utcMillis(Temporal.Instant.from(instantText));
}

/** The time now, as the API tells it. */
export function nowUtc(): string {
  return utcMillis(Temporal.Now.instant());
}

function utcMillis(moment: Temporal.Instant): string {
  return moment.round({ smallestUnit: 'millisecond', roundingMode: 'floor' }).toString();
}
