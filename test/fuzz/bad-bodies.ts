import { gzipSync } from 'node:zlib';
import { invalid, malformed, type Wrong } from './bad-request.ts';
import { badValues, unspeakable } from './bad-values.ts';
import type { Schema } from './document.ts';
import { goodValue, type Json } from './good-values.ts';

type Step = string | number;

interface Place {
  steps: Step[];
  schema: Schema;
}

const alienNames = [unspeakable, '__proto__', 'constructor', 'prototype', 'toString', 'a\\u0000', '\\ud800'];

/** Every field of a body with every value it may not have; what is needed left out, what is unknown put in. */
export function badFields(body: Schema): Wrong[] {
  const whole = goodValue(body);
  const places = placesIn({ steps: [], schema: body });
  const wrong = (steps: Step[], what: string, text: string): Wrong => ({
    wrong: `${steps.join('.')}: ${what}`,
    body: text,
    refusals: invalid,
    part: steps.join('.'),
  });
  return places.flatMap(({ steps, schema }) => [
    ...(steps.length > 0 ? badValues(String(steps.at(-1)), schema) : []).map((fragment) =>
      wrong(steps, fragment.slice(0, 60), textWith(whole, steps, fragment)),
    ),
    ...(schema.required ?? []).map((name) =>
      wrong([...steps, name], 'missing', textWith(whole, [...steps, name], undefined)),
    ),
    ...(schema.properties ? alienNames : []).map((name) =>
      wrong(steps, `unknown ${name}`, textWith(whole, steps, withMember(goodValue(schema), name))),
    ),
  ]);
}

function placesIn(place: Place): Place[] {
  const { steps, schema } = place;
  const within = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    steps: [...steps, name],
    schema: property,
  }));
  const items = schema.items ? [{ steps: [...steps, 0], schema: schema.items }] : [];
  return [place, ...[...within, ...items].flatMap(placesIn)];
}

/** A value as JSON, but for the text in one place of it: anything, or nothing at all. */
function textWith(value: Json, [step, ...rest]: Step[], text: string | undefined): string {
  if (step === undefined) return text ?? '';
  if (Array.isArray(value))
    return `[${value.map((item, at) => (at === step ? textWith(item, rest, text) : JSON.stringify(item))).join()}]`;
  const members = Object.entries(value as Record<string, Json>)
    .filter(([name]) => name !== step || rest.length > 0 || text !== undefined)
    .map(([name, member]) => {
      const written = name === step ? textWith(member, rest, text) : JSON.stringify(member);
      return `${JSON.stringify(name)}:${written}`;
    });
  return `{${members.join()}}`;
}

function withMember(object: Json, name: string): string {
  const text = JSON.stringify(object);
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}"${name}":"${unspeakable}"}`;
}

/** Bodies that are wrong whatever the fields are. */
export function badBodies(contentTypes: readonly string[]): Wrong[] {
  const text = `"${unspeakable}"`;
  const one = (wrong: string, body: Wrong['body'], refusals: Wrong['refusals'], headers = {}): Wrong => ({
    wrong,
    body,
    refusals,
    headers,
  });
  const big = JSON.stringify({ [unspeakable]: 'a'.repeat(100_000) });
  const bomb = gzipSync(`{"${unspeakable}":"${'a'.repeat(3_000_000)}"}`);
  return [
    ...['[]', 'null', 'true', '1e400', text, `[{}]`, '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)].map(
      (body) => one(`no object: ${body.slice(0, 20)}`, body, invalid),
    ),
    ...[
      ...['{', '{"a":}', "{'a':1}", '{a:1}', '{"a":1,}', '{} {}', '\ufeff\ufeff{}', 'undefined', '{"a":NaN}'],
      ...['{"a":01}', '{"a":"\n"}', '{"a":"\\x"}', '{"a":"\\ud8"}', '[', '//\n{}', '<a/>', 'a=1', '\0'],
    ].map((body) => one(`malformed: ${JSON.stringify(body)}`, body, malformed)),
    ...[[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc3]].map((bytes) =>
      one(
        `not UTF-8: ${bytes.join()}`,
        Buffer.from([...Buffer.from('{"a":"'), ...bytes, 0x22, 0x7d]),
        malformed,
      ),
    ),
    ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'text/json', '']
      .concat(['application/xml', 'application/json-patch+json', 'application/jsonp', '*/*', unspeakable])
      .concat(contentTypes.includes(mergePatch) ? [] : [mergePatch])
      .map((type) => one(`content type ${type}`, '{}', unsupported, { 'content-type': type })),
    ...['latin1', 'utf-16', unspeakable].map((charset) =>
      one(`charset ${charset}`, '{}', unsupported, {
        'content-type': `application/json; charset=${charset}`,
      }),
    ),
    ...['compress', 'zstd-1', unspeakable].map((encoding) =>
      one(`encoding ${encoding}`, '{}', unsupported, { 'content-encoding': encoding }),
    ),
    ...['gzip', 'deflate', 'br'].map((encoding) =>
      one(`not ${encoding}`, '{}', malformed, { 'content-encoding': encoding }),
    ),
    one('too large', big, { 413: 'payload_too_large' }),
    one('too large once inflated', bomb, { 413: 'payload_too_large' }, { 'content-encoding': 'gzip' }),
  ];
}

const mergePatch = 'application/merge-patch+json';
const unsupported = { 415: 'unsupported_media_type' };
