import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { serviceNamed } from '#catalogue';
import { freePort } from '../../tools/processes.ts';
import { buildImage, Container, isEngineThere, removeAll } from '../container/engine.ts';
import { Clinic } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { twoBesideOne } from './beside-one.ts';
import { tell } from './comparison.ts';
import { Findings } from './findings.ts';

const rounds = 7;
const seconds = 4;
const leastRatio = 1.7;
const image = 'clinic-bench-tasks';
const service = serviceNamed('patient');

/** Without an engine there is nothing to be measured, and what was found before stays. */
const measuring = (await isEngineThere()) ? it : it.skip;

const findings = new Findings(
  'tasks',
  'What a second task brings',
  `The image in containers of a quarter of a core each, as the smallest task in the cloud has, so that they are at their limit long
before the machine is; measured where a container engine is at hand. As many ask, of one task or by halves of two.`,
);
const undo = new AsyncDisposableStack();
let system: ProcessSystem;

beforeAll(async () => {
  system = await startProcesses();
  undo.defer(() => system.stop());
});
afterAll(async () => {
  await findings.save();
  await undo.disposeAsync();
});

async function startTask(): Promise<Client> {
  const port = await freePort();
  const container = await Container.start(image, {
    HOST: '127.0.0.1',
    PORT: port,
    LOG_LEVEL: 'warn',
    DATABASE_URL: system.database.urlOf('patient'),
    OIDC_ISSUER: system.issuer.url,
    OIDC_AUDIENCE: 'clinic',
    OIDC_ALLOW_LOOPBACK: 'true',
  });
  undo.defer(async () => {
    await container.stop();
  });
  expect(await container.health()).toBe('healthy');
  return new Client(`http://127.0.0.1:${port}`, system.staff.token);
}

measuring('two tasks beside one', async () => {
  await removeAll();
  undo.defer(removeAll);
  await buildImage(image, { SERVICE: service.name, PORT: service.port });
  const path = `/patients/${(await new Clinic(system.staff).patient()).id}`;
  const tasks = await Promise.all([startTask(), startTask()]);
  const found = await twoBesideOne(tasks, path, { rounds, seconds });
  findings.add('GET /patients/{id}, 32 callers, two tasks beside one', tell(found), `>= ${leastRatio}`);
  expect(found.median).toBeGreaterThanOrEqual(leastRatio);
});
