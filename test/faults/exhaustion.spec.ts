import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { livePath } from '#catalogue';
import { ahead, Clinic } from '../harness/clinic.ts';
import { Client, type Reply } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { contradictionsIn, count, obstruct, waitingForLocks } from './database.ts';
import { answeredWithinMs } from './keyed-load.ts';

/** Fewer than come at once, by far. */
const poolSize = 4;
/** Of either kind; twice as many as have a place: the others get theirs after 5 s, and nobody is refused at the door. */
const callers = 2 * 6 * poolSize;

let system: ProcessSystem;
let clinic: Clinic;

beforeAll(async () => {
  system = await startProcesses({ environment: { DATABASE_POOL_SIZE: String(poolSize) } });
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

it('tells everybody in time that nothing can be had while all connections are stuck, and goes on after that', async () => {
  const visit = await clinic.visit();
  const { appointment } = system.direct;
  const bookings = Array.from({ length: callers }, (_, index) => ({ ...visit, start: ahead(3 + index) }));
  const key = (index: number) => ({ 'idempotency-key': `stuck-${index}` });
  const stuck = await obstruct(
    system.database,
    'lock table appointment.practitioner in access exclusive mode',
  );
  const write = (booking: object, index: number) => () =>
    appointment.post<{ code?: string }>('/appointments', booking, key(index));
  const read = () => appointment.get<{ code?: string }>('/appointments/practitioners');
  const answers = Promise.all([...bookings.map(write), ...bookings.map(() => read)].map(timed));
  await waitingForLocks(system.database, 'appointment', poolSize);
  const live = await new Client(appointment.url, undefined).get(
    livePath(system.services.appointment.service),
  );
  expect(live.status).toBe(200);

  const all = await answers;
  const longest = Math.max(...all.map(({ ms }) => ms));
  expect(new Set(all.map(({ reply }) => `${reply.status} ${reply.body.code ?? ''}`))).toEqual(
    new Set(['503 unavailable']),
  );
  for (const { reply } of all) expect(reply.headers.get('retry-after')).toMatch(/^[123]$/);
  expect(longest).toBeLessThan(answeredWithinMs);
  expect(await count(system.database, 'appointment.appointment')).toBe(0);

  await stuck.release();
  const released = performance.now();
  expect((await read()).status).toBe(200);
  console.info(
    `${2 * callers} callers at ${poolSize} stuck connections: the longest was answered after ${Math.ceil(longest)} ms; ` +
      `${Math.ceil(performance.now() - released)} ms after they were free all went on`,
  );
  const again = await Promise.all(bookings.map((booking, index) => write(booking, index)()));
  expect(again.map(({ status }) => status)).toEqual(bookings.map(() => 201));
  expect(await count(system.database, 'appointment.appointment')).toBe(callers);
  expect(await contradictionsIn(system.database)).toEqual([]);
});

async function timed<Body>(ask: () => Promise<Reply<Body>>): Promise<{ reply: Reply<Body>; ms: number }> {
  const since = performance.now();
  const reply = await ask();
  return { reply, ms: performance.now() - since };
}
