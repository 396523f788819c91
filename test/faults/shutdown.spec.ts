import { afterEach, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { livePath } from '#catalogue';
import { ahead, Clinic } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem, type ServiceProcess } from '../harness/processes.ts';
import { contradictionsIn, obstruct, waitingForLocks } from './database.ts';
import { book, tally } from './outcome.ts';

let system: ProcessSystem;

afterEach(() => system.stop());

it.each(['SIGTERM', 'SIGINT'] as const)(
  'answers what is in flight on %s, takes no more, and exits with 0',
  async (signal) => {
    system = await startProcesses();
    const { appointment: service } = system.services;
    const work = await bookingsInFlight();
    service.signal(signal);
    expect(await liveAfterNow(service, 'refused')).toBe('refused');
    await work.release();
    expect(await work.outcomes).toEqual({ '201': 4 });
    expect(await service.ended).toBe('exit code 0');
    expect(await contradictionsIn(system.database)).toEqual([]);
  },
);

it('tells the load balancer first when it is given time to drain', async () => {
  system = await startProcesses({ environment: { DRAIN_SECONDS: '1' } });
  const { appointment: service } = system.services;
  const work = await bookingsInFlight();
  service.signal('SIGTERM');
  expect(await liveAfterNow(service, 503)).toBe(503);
  await work.release();
  expect(await work.outcomes).toEqual({ '201': 4 });
  expect(await service.ended).toBe('exit code 0');
});

/** Bookings that wait in their transactions until they are released. */
async function bookingsInFlight(): Promise<{
  outcomes: Promise<Record<string, number>>;
  release(): Promise<void>;
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

/** What the service answers, once it has taken notice of the signal, to whether it is live. */
async function liveAfterNow(
  service: ServiceProcess,
  expected: number | 'refused',
): Promise<number | 'refused'> {
  const client = new Client(service.url, undefined);
  const live = (): Promise<number | 'refused'> =>
    client.get(livePath(service.service)).then(
      ({ status }) => status,
      () => 'refused',
    );
  let answer = await live();
  for (let waited = 0; answer !== expected && waited < 1_000; waited += 20) {
    await sleep(20);
    answer = await live();
  }
  return answer;
}
