import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Asker, targetOf } from './asker.ts';
import { compare, tell } from './comparison.ts';
import { Findings } from './findings.ts';

const callers = 8;
const seconds = 1.5;
const rounds = 7;

/** It takes everything and looks at nothing, so that what is measured is the service. */
const collector = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
});

const findings = new Findings(
  'telemetry',
  'What telling a collector costs',
  'A process of the register that tells every request to a collector, which takes it and looks at nothing, beside one that tells nobody.',
);
const asker = new Asker();
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
  asker.stop();
  await findings.save();
  await system.stop();
  collector.close();
});

async function perSecond(client: Client): Promise<number> {
  const { goodPerSecond, statuses } = await asker.ask({ target: targetOf(client, path), callers, seconds });
  expect(Object.keys(statuses)).toEqual(['200']);
  return goodPerSecond;
}

it('what it costs to tell every read of a patient to a collector', async () => {
  await perSecond(untold);
  await perSecond(told);
  const found = await compare(
    rounds,
    () => perSecond(told),
    () => perSecond(untold),
  );
  findings.add(`GET /patients/{id}, ${callers} callers, told beside untold`, tell(found));
});
