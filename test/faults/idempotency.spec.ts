import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceName } from '#catalogue';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { contradictionsIn, count, obstruct, waitingForLocks } from './database.ts';

let system: ProcessSystem;
let days = 2;

beforeAll(async () => {
  system = await startProcesses();
});
afterAll(() => system.stop());

/** A POST that makes a row, and what makes it wait inside its transaction. */
interface Creation {
  service: ServiceName;
  path: string;
  table: string;
  /** A new body a time. */
  body: () => Promise<object>;
  obstacle: string;
}

const creations: Creation[] = [
  {
    service: 'patient',
    path: '/patients',
    table: 'patient.patient',
    body: async () => ({ name: [{ family: `Key ${days++}` }], birthDate: '1990-05-17' }),
    obstacle: 'lock table patient.patient in share mode',
  },
  {
    service: 'appointment',
    path: '/appointments',
    table: 'appointment.appointment',
    body: async () => {
      const clinic = new Clinic(system.staff);
      const [type, patient] = await Promise.all([clinic.type(), clinic.patient()]);
      const practitioner = await clinic.practitioner([type.id]);
      return {
        typeId: type.id,
        patientId: patient.id,
        practitionerId: practitioner.id,
        start: ahead(days++),
      };
    },
    obstacle: 'select from appointment.practitioner for update',
  },
];

describe.each(creations)('POST $path with an Idempotency-Key', ({ service, path, table, body, obstacle }) => {
  it('is executed once for 50 callers at once, who all get the same answer', async () => {
    const [sent, before] = [await body(), await count(system.database, table)];
    const key = { 'idempotency-key': `fifty-${service}` };
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => system.direct[service].post(path, sent, key)),
    );
    const [first] = replies;
    expect(first?.status).toBe(201);
    for (const reply of replies) {
      expect(reply.status).toBe(201);
      expect(reply.body).toEqual(first?.body);
      expect(reply.headers.get('location')).toBe(first?.headers.get('location'));
      expect(reply.headers.get('etag')).toBe('"1"');
    }
    expect(replies.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(49);
    expect(await count(system.database, table)).toBe(before + 1);
  });

  it('is executed once although the service is killed between the key and the answer', async () => {
    const [sent, before] = [await body(), await count(system.database, table)];
    const key = { 'idempotency-key': `killed-${service}` };
    const held = await obstruct(system.database, obstacle);
    const cut = system.direct[service].post(path, sent, key).then(
      ({ status }) => status,
      () => 'no answer',
    );
    await waitingForLocks(system.database, service, 1);
    await system.services[service].kill();
    await held.release();
    expect(await cut).toBe('no answer');

    await system.services[service].start();
    const again = await system.direct[service].post(path, sent, key);
    expect(again.status).toBe(201);
    expect(await count(system.database, table)).toBe(before + 1);
    const replay = await system.direct[service].post(path, sent, key);
    expect(replay.body).toEqual(again.body);
    expect(replay.headers.get('idempotency-replayed')).toBe('true');
    expect(await contradictionsIn(system.database)).toEqual([]);
  });
});
