import { kindsOf, type Schema } from '../fuzz/document.ts';
import { goodValue, type Json } from '../fuzz/good-values.ts';
import type { Canaries } from './canary.ts';

/** What a contact point is kept as depends on its kind. */
const telecomKinds = ['phone', 'email', 'url'] as const;

/**
 * A body that a schema allows, with a value of its own in every field that can hold words, however deep. What can't,
 * such as an id, a number or a choice, is as in the documents' examples.
 */
export function planted(schema: Schema, canaries: Canaries, place: string, name = ''): Json {
  const within = (part: Schema, at: string) => planted(part, canaries, `${place}.${at}`, at);
  if (schema.properties)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([property, part]) => [property, within(part, property)]),
    );
  if (name === 'telecom' && schema.items?.properties)
    return telecomKinds.map((system) => ({
      ...(within(schema.items ?? {}, system) as Record<string, Json>),
      system,
      value: contact(system, canaries, `${place}.${system}.value`),
    }));
  if (schema.items) return schema.items.enum ? goodValue(schema) : [within(schema.items, '0')];
  return canHoldWords(schema, name) ? word(schema, canaries, place, name) : goodValue(schema);
}

/** Every field in which words can be said, by its place; `planted` gives each a value. */
export function placesOfWords(schema: Schema, canaries: Canaries, place: string): string[] {
  const before = canaries.places().length;
  planted(schema, canaries, place);
  return canaries.places().slice(before);
}

function contact(system: (typeof telecomKinds)[number], canaries: Canaries, place: string): string {
  switch (system) {
    case 'phone':
      return canaries.phone(place);
    case 'email':
      return canaries.email(place);
    case 'url':
      return `https://example.org/${canaries.text(place)}`;
  }
}

function word(schema: Schema, canaries: Canaries, place: string, name: string): string {
  if (schema.format === 'date') return canaries.date(place);
  if (name === 'phone') return canaries.phone(place);
  if (name === 'email') return canaries.email(place);
  return place.includes('.communication.') ? canaries.language(place) : canaries.text(place);
}

/** Not in ids, instants, times of the clock, time zones, dates of a schedule, choices, numbers and flags. */
function canHoldWords(schema: Schema, name: string): boolean {
  const [kind] = kindsOf(schema);
  if (kind !== 'string' || schema.enum) return false;
  const formats = [schema.format, ...(schema.anyOf ?? []).map(({ format }) => format)];
  if (formats.includes('uuid') || formats.includes('date-time')) return false;
  if (schema.format === 'date') return name === 'birthDate';
  const isClockTime = typeof schema.example === 'string' && /^\d\d:\d\d$/.test(schema.example);
  return !isClockTime && name !== 'timeZone';
}
