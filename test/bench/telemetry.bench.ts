import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { median, timed } from './durations.ts';

const callers = 8;
const times = 2_000;
const rounds = 7;

/** It takes everything and looks at nothing, so that what is measured is the service. */
const collector = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
});

let system: ProcessSystem;
let path: string;
let told: Client;
let untold: Client;

beforeAll(async () => {
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  system = await startProcesses();
  const { id } = await new Clinic(system.staff).patient();
  path = `/patients/${id}`;
  untold = system.direct.patient;
  const { process, direct } = await system.another('patient');
  await process.stop();
  const { port } = collector.address() as AddressInfo;
  await process.start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  told = direct;
});
afterAll(async () => {
  await system.stop();
  collector.close();
});

async function perSecond(client: Client): Promise<number> {
  const since = performance.now();
  const { results } = await timed(times, callers, () => client.get(path));
  expect(results.every(({ status }) => status === 200)).toBe(true);
  return (times * 1000) / (performance.now() - since);
}

it('what it costs to tell every read of a patient to a collector', async () => {
  await perSecond(untold);
  await perSecond(told);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    ratios.push((await perSecond(told)) / (await perSecond(untold)));
  const [least, middle, most] = [Math.min(...ratios), median(ratios), Math.max(...ratios)].map((ratio) =>
    ratio.toFixed(2),
  );
  console.info(
    `GET /patients/{id}, told to a collector: ${middle} (${least} to ${most}) of what it does untold`,
  );
});
