import { randomInt } from 'node:crypto';
import type { Api, Page } from './demo.ts';

const dayMs = 24 * 3600 * 1000;

interface Kept {
  readonly id: string;
  readonly active: boolean;
}

/** Three commands to paste, each below what it does, with what is in the clinic now. */
export async function examples(api: Api, gateway: string): Promise<string[]> {
  const register = ['Register a patient:', curl(`${gateway}/patients`, somebodyNew())];
  const tomorrow = Math.ceil(Date.now() / dayMs) * dayMs;
  const range = `from=${instant(tomorrow)}&to=${instant(tomorrow + 7 * dayMs)}`;
  const patients = await api<Page<Kept>>('GET', '/patients?limit=50');
  const patientId = patients?.items.find(({ active }) => active)?.id;
  const types = await api<Page<Kept>>('GET', '/appointments/types?limit=50');
  for (const { id: typeId } of patientId === undefined ? [] : (types?.items ?? [])) {
    const path = `/appointments/slots?typeId=${typeId}&patientId=${patientId ?? ''}&${range}&limit=5`;
    const slots = await api<Page<{ start: string; practitionerId: string }>>('GET', path);
    const [first] = slots?.items ?? [];
    if (!first) continue;
    const { start, practitionerId } = first;
    const book = curl(`${gateway}/appointments`, { typeId, patientId, practitionerId, start });
    const list = curl(gateway + path);
    return [...register, 'List free times from tomorrow:', list, 'Book the first of them:', book];
  }
  const type = curl(`${gateway}/appointments/types`, { name: 'Consultation', minutes: 20 });
  const list = curl(`${gateway}/patients?limit=5`);
  return [...register, 'Make a type of appointment:', type, 'See who is registered:', list];
}

/** Another one each time, so that the register has no reason to suspect a duplicate. */
function somebodyNew(): object {
  const letters = Array.from({ length: 7 }, () => String.fromCharCode(97 + randomInt(26))).join('');
  const birthDate = `${1940 + randomInt(80)}-10-${10 + randomInt(20)}`;
  return { name: [{ family: `Test${letters}`, given: ['Sam'] }], birthDate };
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000', '');
}

function curl(url: string, body?: object): string {
  const json = body && ` -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  return `curl -sS -H "Authorization: Bearer $(npm run --silent token)"${json ?? ''} '${url}'`;
}
