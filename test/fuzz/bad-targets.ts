import { invalid, type Wrong } from './bad-request.ts';
import { badTexts, unspeakable } from './bad-values.ts';
import { goodValue, type Json } from './good-values.ts';
import { kindsOf, type Operation, type Parameter, type Schema } from './document.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];

/** Every method that a path does not have; `paths` are all that the service has. */
export function badMethods({ path }: Operation, operations: readonly Operation[]): Wrong[] {
  const known = new Set(operations.filter((other) => other.path === path).map(({ method }) => method));
  return methods
    .filter((method) => !known.has(method))
    .map((method) => ({ wrong: `method ${method}`, method, refusals: { 405: 'method_not_allowed' } }));
}

/** A path whose id is none, and paths beside it, which no operation documents. */
export function badPaths({ path }: Operation): Wrong[] {
  const ids = [
    ...[
      unspeakable,
      '0',
      'null',
      '%00',
      '%ud800',
      '%ff',
      '%ED%A0%80',
      '%ZZ',
      '%',
      '%0d%0aa',
      '..%2f..',
      "'--",
    ],
    ...['01935a3e5b7c7abc8def0123456789ab', '01935a3e-5b7c-7abc-8def-0123456789ag', 'a'.repeat(2_000)],
  ];
  const one = (bad: string, isBeside: boolean): Wrong => ({
    wrong: `path ${bad.slice(0, 80)}`,
    path: bad,
    isBeside,
    // With another text for the id it may be a path that knows other methods.
    refusals: { ...invalid, 404: 'not_found', 405: 'method_not_allowed' },
  });
  const filled = path.replace('{id}', '0');
  return [
    ...(filled === path ? [] : ids).map((id) => one(path.replace('{id}', id), false)),
    ...[`${filled}/`, `${filled}/${unspeakable}/0`].map((bad) => one(bad, true)),
  ];
}

/** Every query parameter malformed, twice or unknown. */
export function badQueries({ parameters }: Operation): Wrong[] {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const needed = known
    .filter(({ required }) => required)
    .map(({ name, schema }) => `${name}=${name === 'to' ? afterFrom : asText(goodValue(schema))}`);
  const one = (name: string, value: string): Wrong => ({
    wrong: `query ${name}=${value.slice(0, 60)}`,
    query: [`${name}=${value}`, ...needed.filter((other) => !other.startsWith(`${name}=`))].join('&'),
    refusals: invalid,
    part: decodeURIComponent(name),
  });
  return [
    ...known.flatMap(({ name, schema }) => [
      ...badQueryTexts(name, schema).map((text) => one(name, encodeURIComponent(text))),
      ...['%00', '%ff', '%ED%A0%80', '%07', 'a&', 'a'.repeat(4_000)].map((raw) => one(name, raw)),
      one(name, `${unspeakable}&${name}=${unspeakable}`),
      one(`${name}[]`, '1'),
      one(name.toUpperCase(), '1'),
    ]),
    ...[unspeakable, '__proto__', 'constructor', 'toString', '%00', ''].map((name) => one(name, unspeakable)),
    ...(known.some(({ name }) => name === 'cursor') ? badCursors.map((cursor) => one('cursor', cursor)) : []),
  ];
}

function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Where a range ends that begins with the documents' example. */
const afterFrom = '2026-11-24T09:00:00Z';
const key = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
const badCursors = [
  ...[
    unspeakable,
    'W10',
    'e30',
    'bnVsbA',
    'MQ',
    key(unspeakable),
    key(1),
    key(null),
    key({}),
    key([]),
    key('\0'),
  ],
  ...[key('1', '2', '3'), key("' or 1=1 --"), key('2027-02-30T00:00:00Z', unspeakable), 'a'.repeat(501)],
];

function badQueryTexts(name: string, schema: Schema): string[] {
  switch (kindsOf(schema)[0]) {
    case 'integer': {
      const { minimum = 0, maximum = 0 } = schema;
      const beyond = [minimum - 1, maximum + 1, 2 ** 53].map(String);
      return [...beyond, '', ' 1', '1 ', '+1', '1.0', '1e0', '0x1', '-0', '1e400', '٣', 'NaN', unspeakable];
    }
    case 'boolean':
      return ['', 'TRUE', '1', 'yes', 'null', unspeakable];
    case 'object':
    case 'array':
    case 'null':
    case 'string':
      return ['', ' ', `${unspeakable}\0`, ...badTexts(name, schema)];
  }
}

/** Every header that the operation reads, malformed or missing. */
export function badHeaders({ parameters, isOpen }: Operation): Wrong[] {
  const has = (name: string) => parameters.some((parameter: Parameter) => parameter.name === name);
  const one = (name: string, value: string): Wrong => ({
    wrong: `header ${name}: ${value.slice(0, 60)}`,
    headers: { [name]: value },
    body: '{}',
    refusals: invalid,
  });
  const tags = ['', '1', unspeakable, '"1', '1"', 'W/1', 'w/"1"', '"1" "2"', '"1",', '*, "1"', '"\u00e9"'];
  const keys = ['', ' ', 'a b', 'a\tb', '\u00e9', 'a'.repeat(256)];
  const tokens = [
    '',
    unspeakable,
    'Bearer',
    'Bearer ',
    `Bearer ${unspeakable}`,
    'Basic YTpi',
    'Bearer a.b.c',
  ];
  return [
    ...(has('If-Match') ? tags : []).map((tag) => one('If-Match', tag)),
    ...(has('Idempotency-Key') ? keys : []).map((text) => one('Idempotency-Key', text)),
    ...(isOpen ? [] : tokens).map((token) => ({
      ...one('authorization', token),
      refusals: { 401: 'unauthorized' },
    })),
  ];
}
