// Texts of time as the API spells them. `Temporal` decides what exists; the patterns, which the documents show, only
// narrow its many spellings to one.

export const instantPattern =
  /^(?!9999)(19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$/;
export const localTimePattern = /^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/;
export const timeZonePattern = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;
const earliest = Temporal.Instant.from('1900-01-01T00:00:00Z');
const latest = Temporal.Instant.from('9999-01-01T00:00:00Z');

/** An RFC 3339 instant, from 1900 to 9998: what every part of the stack can hold. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !instantPattern.test(value)) return false;
  try {
    const instant = Temporal.Instant.from(value);
    return Temporal.Instant.compare(instant, earliest) >= 0 && Temporal.Instant.compare(instant, latest) < 0;
  } catch {
    return false;
  }
}

/** A date of the ISO calendar, `YYYY-MM-DD`, year 0001 to 9999. */
export function isLocalDate(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value) || value.startsWith('0000')) return false;
  try {
    Temporal.PlainDate.from(value);
    return true;
  } catch {
    return false;
  }
}

/** `HH:MM` from `00:00` to `24:00`. */
export function isLocalTime(value: unknown): value is string {
  return typeof value === 'string' && localTimePattern.test(value);
}

/** A named zone of the IANA database; offsets such as `+01:00` are none. */
export function isTimeZone(value: unknown): value is string {
  if (typeof value !== 'string' || !timeZonePattern.test(value)) return false;
  try {
    // Temporal also reads other spellings and whole timestamps, which it answers as another id.
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(value).timeZoneId === value;
  } catch {
    return false;
  }
}
