import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { livePath, readyPath } from '#catalogue';
import { ahead, Clinic, halfHour, type Visit } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { expectProblem } from '../harness/problem.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { portOf, RawConnection } from '../harness/raw.ts';
import { until } from '../harness/until.ts';
import { contradictionsIn, count, obstruct, type Obstacle } from './database.ts';
import { book, outcome, tally, type BookingReply } from './outcome.ts';

/** More than are at work and in line together. */
const crowd = 1_500;

let system: ProcessSystem;
let clinic: Clinic;
let visit: Visit;
let direct: Client;

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
  direct = system.direct.appointment;
  visit = await clinic.visit();
});
afterAll(() => system.stop());

let obstacle: Obstacle | undefined;

afterEach(async () => {
  await obstacle?.release();
  expect(await contradictionsIn(system.database)).toEqual([]);
});

/** Nobody can book until it is released, which the end of the test does too. */
async function stall(): Promise<Obstacle> {
  obstacle = await obstruct(system.database, 'select from appointment.practitioner for update');
  return obstacle;
}

it('refuses at once what comes on top while the database stalls, says so, and books again within seconds', async () => {
  const before = await count(system.database, 'appointment.appointment');
  const stalled = await stall();
  const refused: BookingReply[] = [];
  const bookings = Array.from({ length: crowd }, async (_, index) => {
    const reply = await book(direct, { ...visit, start: halfHour(10, index) });
    if (reply.body.detail?.startsWith('More is asked')) refused.push(reply);
    return reply;
  });
  // Those who find the line full are told while all others still wait.
  await until('a hundred are refused', () => refused.length >= 100);
  for (const reply of refused) {
    expectProblem(reply, 503, 'unavailable', '/appointments');
    expect(reply.headers.get('retry-after')).toMatch(/^[123]$/);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  }
  const anyone = new Client(direct.url, undefined);
  const { service } = system.services.appointment;
  expect((await anyone.get(livePath(service))).status).toBe(200);
  expect((await anyone.get(readyPath(service))).status).toBe(200);
  // Whoever only reads has another line.
  expect((await direct.get('/appointments/practitioners')).status).toBe(200);

  await stalled.release();
  const replies = tally(await Promise.all(bookings));
  expect(Object.keys(replies).sort()).toEqual(['201', '503 unavailable']);
  expect(outcome(await book(direct, { ...visit, start: ahead(200) }))).toBe('201');
  // Each answered booking is there, and none that was refused.
  expect(await count(system.database, 'appointment.appointment')).toBe(before + (replies['201'] ?? 0) + 1);
}, 60_000);

it('goes on to use a connection whose request with its body was refused', async () => {
  const stalled = await stall();
  const others = Array.from({ length: crowd }, (_, index) =>
    book(direct, { ...visit, start: halfHour(50, index) }),
  );
  await Promise.race(others);
  const connection = new RawConnection(portOf(direct.url));
  const body = JSON.stringify({ ...visit, start: ahead(90), reason: 'a'.repeat(90_000) });
  const live = `GET ${livePath(system.services.appointment.service)} HTTP/1.1\r\nhost: a\r\n\r\n`;
  connection.write(
    `POST /appointments HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await connection.until(1);
  connection.write(live);
  const { text } = await connection.until(2);
  connection.end();
  expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['503', '200']);
  await stalled.release();
  await Promise.all(others);
}, 60_000);
