import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { livePath } from '#catalogue';
import { ahead, Clinic } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem, type ServiceProcess } from '../harness/processes.ts';
import { RawConnection } from '../harness/raw.ts';
import { contradictionsIn, obstruct, waitingForLocks } from './database.ts';
import { book, tally } from './outcome.ts';

let system: ProcessSystem;
let service: ServiceProcess;

beforeAll(async () => {
  system = await startProcesses();
  service = system.services.appointment;
});
afterAll(() => system.stop());

it.each(['SIGTERM', 'SIGINT'] as const)(
  'on %s takes no more, answers what is in flight and exits with 0',
  async (signal) => {
    const work = await bookingsInFlight();
    service.signal(signal);
    expect(await liveSoon('refused')).toBe('refused');
    await work.release();
    expect(await work.outcomes).toEqual({ '201': 4 });
    expect(await service.ended).toBe('exit code 0');
    expect(await contradictionsIn(system.database)).toEqual([]);
    await service.start();
  },
);

it('tells the load balancer first when it is given time to drain', async () => {
  await service.stop();
  await service.start({ DRAIN_SECONDS: '1' });
  const work = await bookingsInFlight();
  service.signal('SIGTERM');
  expect(await liveSoon(503)).toBe(503);
  await work.release();
  expect(await work.outcomes).toEqual({ '201': 4 });
  expect(await service.ended).toBe('exit code 0');
});

it('exits with 0 in time, though somebody is connected who says nothing', async () => {
  await service.start();
  const silent = new RawConnection(service.port);
  const uploading = new RawConnection(service.port);
  uploading.write('POST /appointments HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{');
  await uploading.until(1);
  service.signal('SIGTERM');
  expect(await service.ended).toBe('exit code 0');
  for (const connection of [silent, uploading]) await connection.until();
}, 120_000);

/** Bookings that wait in their transactions until they are released. */
async function bookingsInFlight(): Promise<{
  outcomes: Promise<Record<string, number>>;
  release: () => Promise<void>;
}> {
  const clinic = new Clinic(system.staff);
  const [type, patient] = await Promise.all([clinic.type(), clinic.patient()]);
  const practitioner = await clinic.practitioner([type.id]);
  const held = await obstruct(system.database, 'select from appointment.practitioner for update');
  const wanted = { typeId: type.id, practitionerId: practitioner.id, patientId: patient.id };
  const replies = ['09:00', '10:00', '11:00', '12:00'].map((time) =>
    book(system.direct.appointment, { ...wanted, start: ahead(2, time) }),
  );
  await waitingForLocks(system.database, 'appointment', replies.length);
  return { outcomes: Promise.all(replies).then(tally), release: held.release };
}

/** What becomes of the question whether the service is live, once it has taken notice of the signal. */
async function liveSoon(expected: number | 'refused'): Promise<number | 'refused'> {
  const client = new Client(service.url, undefined);
  for (let waited = 0; ; waited += 20) {
    const answer = await client.get(livePath(service.service)).then(
      ({ status }) => status,
      () => 'refused' as const,
    );
    if (answer === expected || waited > 1_000) return answer;
    await sleep(20);
  }
}
