import { unspeakable } from '../fuzz/bad-values.ts';
import { mark } from './canary.ts';

/** Long enough to show the line that quoted it. */
const around = 80;

/** In base64 three bytes are four characters, so a word looks one of three ways, but for those at its ends. */
function base64Forms(word: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(`${' '.repeat(offset)}${word}`).toString('base64url');
    const firstWhole = Math.ceil((offset * 8) / 6);
    return encoded.slice(firstWhole, Math.floor(((offset + word.length) * 8) / 6));
  });
}

const words = [mark, unspeakable];
const spellings = words.flatMap((word) => [
  word.toLowerCase(),
  word.toUpperCase(),
  `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`,
]);
const encoded = [
  ...spellings.flatMap(base64Forms),
  ...spellings.map((word) => Buffer.from(word).toString('hex')),
].join('|');
const patterns = [
  new RegExp(`${mark}(-?[a-p]{4})?`, 'gi'),
  new RegExp(unspeakable, 'gi'),
  new RegExp(encoded, 'g'),
  // Birth dates, with or without their dashes, and numbers of phones however they are grouped.
  /(?<![\dA-Fa-f-])18[5-9]\d-[01]\d-[0-3]\d(?![\dA-Fa-f])/g,
  /(?<![\dA-Za-z])18[5-9]\d(0[1-9]|1[0-2])([0-2]\d|3[01])(?![\dA-Za-z])/g,
  new RegExp([...'2079460'].map((digit) => `${digit}[ .-]?`).join('') + '\\d{3}', 'g'),
];

export interface Leak {
  value: string;
  /** The text in which it was found. */
  context: string;
}

/** Every made-up value in a text: as it is, in any case, percent-encoded, escaped as in JSON, in base64 or in hexadecimal. */
export function leaksIn(text: string): Leak[] {
  const readings = new Set([text, withoutPercents(text), withoutEscapes(text)]);
  return [...readings].flatMap((reading) =>
    patterns.flatMap((pattern) =>
      [...reading.matchAll(pattern)].map(({ 0: value, index }) => ({
        value,
        context: reading.slice(Math.max(0, index - around), index + value.length + around),
      })),
    ),
  );
}

function withoutPercents(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function withoutEscapes(text: string): string {
  return text.replaceAll(/\\+u([0-9a-f]{4})|\\+x([0-9a-f]{2})/gi, (_, long?: string, short?: string) =>
    String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
  );
}
