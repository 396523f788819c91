import { readFileSync } from 'node:fs';
import { Fault } from './terminal.ts';

/** Of images, `sha256:...`, by service. */
export type Digests = Readonly<Record<string, string | undefined>>;

/** @throws Fault when the file holds anything but digests by service */
export function readDigests(file: string): Digests {
  const digests = parsed(readFileSync(file, 'utf8'));
  if (digests === undefined) throw new Fault(`${file} is no JSON object of digests (sha256:...) by service`);
  return digests;
}

function parsed(text: string): Digests | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && Object.values(value).every(isDigest) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}
