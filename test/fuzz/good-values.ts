import { kindsOf, type Schema } from './document.ts';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A value that a schema allows, with every field there is. */
export function goodValue(schema: Schema): Json {
  if (schema.example !== undefined) return schema.example as Json;
  const [choice] = (schema.enum ?? []) as Json[];
  if (choice !== undefined) return choice;
  switch (kindsOf(schema)[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [name, goodValue(property)]),
      );
    case 'array':
      return schema.items ? [goodValue(schema.items)] : [];
    case 'integer':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
      return goodText(schema);
  }
}

function goodText({ format }: Schema): string {
  switch (format) {
    case 'uuid':
      return '01935a3e-5b7c-7abc-8def-0123456789ab';
    case 'date':
      return '2027-01-31';
    case 'date-time':
      return '2027-01-31T09:00:00Z';
    case undefined:
      return 'a';
    default:
      throw new Error(`the document has a format that is new here: ${format}`);
  }
}
