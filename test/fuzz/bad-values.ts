import fc from 'fast-check';
import { kindsOf, type Kind, type Schema } from './document.ts';
import { goodValue } from './good-values.ts';

/** A word that no answer may hold: what is refused is not quoted. */
export const unspeakable = 'Zyzzyva';

const seed = 20_270_131;
/** Far deeper and longer than anything is read, yet quickly sent for every field. */
const levels = 2_000;
const items = 5_000;

const quoted = (texts: readonly string[]): string[] => texts.map((text) => JSON.stringify(text));

const impossibleDates = [
  ...['2027-02-29', '2027-02-30', '2027-04-31', '2027-13-01', '2027-00-10', '2027-01-00', '0000-01-01'],
  ...['10000-01-01', '+010000-01-01', '-000001-01-01', '2027-1-1', '20270101', '2027-W01-1', '31.01.2027'],
];
const impossibleInstants = [
  ...['2027-02-30T09:00:00Z', '2026-12-31T23:59:60Z', '2027-01-31T24:00:01Z', '2027-01-31T24:00:00Z'],
  ...['2027-01-31T25:00:00Z', '2027-01-31T09:60:00Z', '0000-01-01T00:00:00Z', '1899-12-31T23:59:59Z'],
  ...['9999-01-01T00:00:00Z', '10000-01-01T00:00:00Z', '+010000-01-01T00:00:00Z', '2027-01-31T09:00:00'],
  ...['2027-01-31 09:00:00Z', '2027-01-31T09:00Z', '2027-01-31T09:00:00+24:00', '2027-01-31T09:00:00+0100'],
  ...['2027-01-31T09:00:00Z[Europe/London]', '2027-01-31T09:00:00.1234567890Z', '1801386000', 'now'],
];
const impossibleTimes = ['24:01', '24:00:01', '25:00', '12:60', '9:00', '-1:00', '09:00Z', 'T09:00'];
const impossibleZones = [
  ...['Mars/Olympus_Mons', 'europe/london', '+01:00', 'UTC+1', 'Europe/London ', 'Europe/London\n'],
  ...['../../etc/passwd', '2027-01-31T09:00:00Z[Europe/London]', 'E'.repeat(65)],
];
const malformedIds = [
  ...['', unspeakable, '01935a3e5b7c7abc8def0123456789ab', '{01935a3e-5b7c-7abc-8def-0123456789ab}'],
  ...['01935a3e-5b7c-7abc-8def-0123456789ag', '0'.repeat(36), "' or 1=1 --", '$(id)', '../x', 'null'],
];

/** Texts that are none of what a schema of texts is for. */
export function badTexts(name: string, { format, anyOf = [], enum: choices, example }: Schema): string[] {
  const formats = [format, ...anyOf.map((choice) => choice.format)];
  if (choices) return ['', unspeakable, ...choices.map((choice) => `${String(choice).toUpperCase()} `)];
  if (formats.includes('uuid')) return malformedIds;
  const isTime = typeof example === 'string' && /^\d\d:\d\d$/.test(example);
  return [
    ...(formats.includes('date') ? [unspeakable, ...impossibleDates] : []),
    ...(formats.includes('date-time') ? [unspeakable, ...impossibleInstants] : []),
    ...(isTime ? [unspeakable, ...impossibleTimes] : []),
    ...(name === 'timeZone' ? [unspeakable, ...impossibleZones] : []),
  ];
}

/** What a schema does not allow, as fragments of JSON: some of it no value of JavaScript's can say. */
export function badValues(name: string, schema: Schema): string[] {
  const kinds: readonly string[] = kindsOf(schema);
  const own = kindsOf(schema).flatMap((kind) => badOf(kind, name, schema));
  const random = fc.sample(fc.json({ maxDepth: 3 }), { numRuns: 6, seed });
  const ofOtherTypes = [
    ...['null', 'true', '-1.5', '1e400', '-1e400', `"${unspeakable}"`, '[]', '{}', `{"${unspeakable}":[1]}`],
    ...[
      `{"constructor":"${unspeakable}"}`,
      '{"constructor":{"prototype":{"constructor":{}}}}',
      '[{"constructor":1}]',
    ],
    ...['['.repeat(levels) + ']'.repeat(levels), `[${'0,'.repeat(items)}0]`, ...random],
  ].filter((text) => !kinds.includes(kindOf(JSON.parse(text))));
  return [...new Set([...own, ...ofOtherTypes])];
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function badOf(kind: Kind, name: string, schema: Schema): string[] {
  switch (kind) {
    case 'string': {
      const long = unspeakable.repeat(Math.ceil(((schema.maxLength ?? 5_000) + 1) / unspeakable.length));
      const unkept = ['\\ud800', '\\udc00a', '\\ud83d\\ud83d', 'a\\u0000b', 'a\\u0007b', 'a\\u009fb'];
      return [
        ...quoted(['', ' ', '\u2003\t', long, ...badTexts(name, schema)]),
        ...unkept.map((text) => `"${unspeakable}${text}"`),
      ];
    }
    case 'integer': {
      const { minimum = 0, maximum = 2 ** 31 } = schema;
      const beyond = [minimum - 1, maximum + 1, minimum + 0.5, -(2 ** 31), 2 ** 53, 1e300].map(String);
      return [...beyond, ...(minimum > 0 ? ['-0', '0', '1e-400'] : [])];
    }
    case 'array': {
      const item = JSON.stringify(schema.items ? goodValue(schema.items) : null);
      const { maxItems = 0, uniqueItems = false } = schema;
      const tooMany = `[${Array(maxItems + 1)
        .fill(item)
        .join()}]`;
      return [...(tooMany.length < 90_000 ? [tooMany] : []), ...(uniqueItems ? [`[${item},${item}]`] : [])];
    }
    case 'object':
    case 'boolean':
    case 'null':
      return [];
  }
}
