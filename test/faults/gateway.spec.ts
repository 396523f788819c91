import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readyPath } from '#catalogue';
import { freePort, launch, type Launched } from '../../tools/processes.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { RawConnection } from '../harness/raw.ts';
import { until } from '../harness/until.ts';
import { answeredWithinMs, KeyedLoad, rowsOf } from './keyed-load.ts';

const readyWithinMs = 30_000;

const undo = new AsyncDisposableStack();
let system: ProcessSystem;
let port: number;
let gateway: Launched;
let staff: Client;

beforeAll(async () => {
  system = await startProcesses();
  undo.defer(() => system.stop());
  port = await freePort();
  gateway = await startAgain();
  undo.defer(() => gateway.stop());
  staff = new Client(`http://127.0.0.1:${port}`, await system.issuer.token());
});
afterAll(() => undo.disposeAsync());

it('takes nothing with it when it is killed under load, and goes on when it is back', async () => {
  const before = await rowsOf(system.database);
  await using load = await KeyedLoad.begin(system.staff, { patient: staff, appointment: staff });
  let back = 0;
  for (let time = 0; time < 3; time += 1) {
    await sleep(700);
    process.kill(gateway.pid, 'SIGKILL');
    expect(await gateway.exited).toBe('signal SIGKILL');
    for (const service of Object.values(system.services))
      await service.becomes(readyPath(service.service), 200);
    gateway = await startAgain();
    back = performance.now();
  }
  await sleep(700);
  await load.end();

  const recovery = load.recoveryMs(back);
  console.info(
    `the gateway was killed 3 times: the first writes were answered ${recovery.patient} and ${recovery.appointment} ms ` +
      `after it was back, ${[...load.outcomes].join(', ')}`,
  );
  expect([...load.outcomes].sort()).toEqual(['201', 'no answer']);
  expect(load.longestMs).toBeLessThan(answeredWithinMs);
  await load.expectKept(system.database, before);
});

it('on SIGTERM takes no more and answers what is in flight', async () => {
  const visit = await new Clinic(system.staff).visit();
  const bookings = [3, 4, 5].map((day) => new HalfSent(port, staff, { ...visit, start: ahead(day) }));
  await until('all are in flight', () => bookings.every(({ isInFlight }) => isInFlight));
  process.kill(gateway.pid, 'SIGTERM');
  const another = new Client(`http://localhost:${port}`, undefined);
  const isRefused = () =>
    another.get('/nowhere').then(
      () => false,
      () => true,
    );
  await until('nobody is taken in', isRefused);
  expect(await Promise.all(bookings.map((booking) => booking.finish()))).toEqual(['201', '201', '201']);
  expect(await gateway.exited).toBe('exit code 0');
  gateway = await startAgain();
  expect((await staff.get('/appointments/types')).status).toBe(200);
});

/** A booking whose sender pauses within the body: in flight for as long as the test likes, whatever the services do. */
class HalfSent {
  readonly #connection: RawConnection;
  readonly #body: string;

  constructor(to: number, { token = '' }: Client, booking: object) {
    this.#connection = new RawConnection(to);
    this.#body = JSON.stringify(booking);
    const head = [
      'POST /appointments HTTP/1.1',
      'host: a',
      `authorization: Bearer ${token}`,
      'content-type: application/json',
      `content-length: ${this.#body.length}`,
      // By the answer to which it shows that the head was read.
      'expect: 100-continue',
    ];
    this.#connection.write(`${head.join('\r\n')}\r\n\r\n${this.#body.slice(0, 10)}`);
  }

  get isInFlight(): boolean {
    return this.#connection.reply.text.includes(' 100 Continue');
  }

  /** @returns the status of what was answered in the end */
  async finish(): Promise<string | undefined> {
    this.#connection.write(this.#body.slice(10));
    const { text } = await this.#connection.until();
    return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].at(-1)?.[1];
  }
}

/** Starts it where it was. */
async function startAgain(): Promise<Launched> {
  const upstreams = Object.values(system.services).map(({ service, port: at }) => `${service.name}=${at}`);
  const file = join(import.meta.dirname, 'gateway.process.ts');
  const launched = launch(process.execPath, ['--conditions=source', file, String(port), ...upstreams], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = launched.child;
  if (stdout) await once(stdout, 'data', { signal: AbortSignal.timeout(readyWithinMs) });
  return launched;
}
