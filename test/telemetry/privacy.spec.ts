import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Collector, until } from './collector.ts';

let collector: Collector;
let system: ProcessSystem;

beforeAll(async () => {
  collector = await Collector.start();
  system = await startProcesses({
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRIC_EXPORT_INTERVAL: '100',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
});
afterAll(async () => {
  await system.stop();
  collector.stop();
});

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const person = {
  name: [{ family: 'Canaryfamily', given: ['Canarygiven'] }],
  birthDate: '1971-03-09',
  telecom: [
    { system: 'phone', value: '+442079460123' },
    { system: 'email', value: 'canary@example.org' },
  ],
  address: [{ line: ['1 Canarystreet'], city: 'Canarytown' }],
  identifier: [{ system: 'urn:example', value: 'CANARY-IDENTIFIER' }],
};

it('nothing of a person is told to the collector, whether requests succeed or fail', async () => {
  const { staff } = system;
  const clinic = new Clinic(staff);
  const { id, mrn } = (await clinic.patient(person)) as { id: string; version: number; mrn: string };
  const { id: typeId } = await clinic.type();
  const { id: practitionerId } = await clinic.practitioner([typeId]);
  const visit = { typeId, practitionerId, patientId: id, start: ahead(3), reason: 'Canaryreason' };
  await clinic.book(visit);
  const statuses = [
    await staff.post('/patients', person),
    await staff.post('/appointments', visit),
    await staff.post('/patients/search', { name: 'Canarygiven Canaryfamily' }),
    await staff.post('/patients/match', person),
    await staff.change('PATCH', `/patients/${id}`, 1, { name: [{ family: 'Canarychanged' }] }),
    await staff.change('PATCH', `/patients/${id}`, 1, { name: 'Canarywrong' }),
    await staff.get(`/patients/${id}?name=Canaryquery`),
    await staff.send('GET', `/patients/${id}`, undefined, { traceparent, tracestate: 'vendor=Canarystate' }),
    await staff.get(`/appointments?patientId=${id}`),
    await staff.get('/Canarypath'),
    await staff.send('CANARY', `/patients/${id}`).catch(() => ({ status: 400 })),
    await staff.send('POST', '/patients', '{"name": "Canarybroken', {}),
  ].map(({ status }) => status);
  expect(statuses).toEqual([409, 409, 200, 200, 200, 400, 400, 200, 200, 404, 400, 400]);
  for (const service of ['patient', 'appointment'])
    await collector.measure(service, 'http.server.request.duration');
  await until(
    () => collector.spans.some(({ name }) => name === 'process patient-changed'),
    () => collector.spans.map(({ name }) => name),
  );
  await Promise.all(Object.values(system.services).map((service) => service.stop()));
  const told = collector.bodies.join('\n');
  expect(told).toContain('"POST /patients/search"');
  expect(told).toContain(traceparent.slice(3, 35));
  expect(told).toContain('"process patient-changed"');
  expect(told.match(/canary\w*/gi)).toBeNull();
  for (const secret of [id, mrn, '1971-03-09', '2079460123', visit.start.slice(0, 16), practitionerId])
    expect({ secret, told: told.includes(secret) }).toEqual({ secret, told: false });
});
