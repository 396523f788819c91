import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from './terminal.ts';

/** One call to the clinic's HTTP API; a conflict (409) answers undefined, every other refusal is a fault. */
export type Api = <T>(
  method: string,
  path: string,
  body?: object,
  headers?: object,
) => Promise<T | undefined>;

export interface Page<T> {
  readonly items: readonly T[];
}

export function openApi(gateway: string, token: string): Api {
  return async <T>(method: string, path: string, body?: object, headers?: object) => {
    const answer = await fetch(gateway + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.ok) return (await answer.json()) as T;
    if (answer.status === 409) return undefined;
    throw new Fault(`${method} ${path} answered ${answer.status}`);
  };
}

/**
 * A clinic nobody could take for a real one: its patients are called "example" in eight languages, and their numbers
 * are those that Ofcom sets aside for drama.
 */
interface DemoClinic {
  types: { name: string }[];
  rooms: { name: string }[];
  practitioners: { name: string; types: string[]; timeZone: string; weekly: object[] }[];
  patients: { name: string; birthDate: string; language: string; phone: string }[];
}

/**
 * Loads the demonstration clinic. What is there already, by its name or its idempotency key, isn't made again, so a
 * load that was cut is taken up where it ended.
 */
export async function loadDemo(api: Api): Promise<string> {
  const file = join(import.meta.dirname, 'demo-clinic.json');
  const { types, rooms, practitioners, patients } = JSON.parse(readFileSync(file, 'utf8')) as DemoClinic;
  const typeIds = await ensure(api, '/appointments/types', types);
  await ensure(api, '/appointments/rooms', rooms);
  const staff = practitioners.map((one) => ({
    name: one.name,
    typeIds: one.types.map((name) => typeIds.get(name)),
  }));
  const staffIds = await ensure(api, '/appointments/practitioners', staff);
  for (const { name, timeZone, weekly } of practitioners) {
    const path = `/appointments/practitioners/${staffIds.get(name) ?? ''}/availability`;
    const current = await api<{ version: number }>('GET', path);
    // A new practitioner's availability has version 1; a later one was set by us, or by somebody who knows better.
    if (current?.version === 1)
      await api('PUT', path, { timeZone, weekly, exceptions: [] }, { 'if-match': '"1"' });
  }
  for (const { name, birthDate, language, phone } of patients) {
    const [given = '', family = ''] = name.split(' ');
    const names = [{ use: 'official', family, given: [given] }];
    const telecom = [{ system: 'phone', value: phone, use: 'mobile' }];
    await make(api, '/patients', name, { name: names, birthDate, telecom, communication: [language] });
  }
  return [
    `${types.length} types, ${rooms.length} rooms`,
    `${practitioners.length} practitioners, ${patients.length} patients`,
  ].join(', ');
}

/** Makes those that aren't there; the ids of all by name. */
async function ensure(
  api: Api,
  path: string,
  wanted: readonly { name: string }[],
): Promise<Map<string, string>> {
  const there = await api<Page<{ id: string; name: string }>>('GET', `${path}?limit=200`);
  const ids = new Map(there?.items.map(({ name, id }) => [name, id]));
  for (const body of wanted)
    if (!ids.has(body.name))
      ids.set(body.name, (await make<{ id: string }>(api, path, body.name, body))?.id ?? '');
  return ids;
}

function make<T>(api: Api, path: string, name: string, body: object): Promise<T | undefined> {
  return api<T>('POST', path, body, { 'idempotency-key': encodeURIComponent(`demo ${name}`) });
}
