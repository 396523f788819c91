import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startIssuer } from '../../tools/issuer.ts';
import { freePort } from '../../tools/processes.ts';
import { builtRoot } from '../harness/build.ts';
import { Client } from '../harness/client.ts';
import { createMigratedDatabase } from '../harness/database.ts';
import { somebodyNew } from '../harness/people.ts';
import { Findings } from './findings.ts';
import { Asker, type Target } from './asker.ts';
import { compare, tell } from './comparison.ts';

/** Short and many, so that what else the machine does meets both alike. */
const rounds = 31;
const seconds = 1;
const callers = 32;
/** Of the throughput without token check and access log so much is left with them. */
const leastShare = 0.8;

const findings = new Findings(
  'access',
  'What token check and access log cost',
  'The service as it is built, in a process where both can be switched off between the rounds.',
);
const undo = new AsyncDisposableStack();
let server: ChildProcess;
let staff: Client;
let target: Target;
let asker: Asker;

beforeAll(async () => {
  const [built, database, issuer] = await Promise.all([builtRoot(), createMigratedDatabase(), startIssuer()]);
  undo.defer(() => database.drop());
  undo.defer(() => issuer.stop());
  const port = await freePort();
  server = fork(join(import.meta.dirname, 'access.server.ts'), [built], {
    cwd: built,
    execArgv: [],
    env: {
      ...{ NODE_ENV: 'production', LOG_LEVEL: 'warn', HOST: '127.0.0.1', PORT: String(port) },
      ...{ DATABASE_URL: database.urlOf('patient'), OIDC_ISSUER: issuer.url },
      ...{ OIDC_AUDIENCE: 'clinic', OIDC_ALLOW_LOOPBACK: 'true' },
    },
  });
  undo.defer(async () => {
    server.kill();
    await once(server, 'exit');
  });
  await once(server, 'message');
  staff = new Client(`http://127.0.0.1:${port}`, await issuer.token());
  while ((await staff.get('/patients/health/ready')).status !== 200);
  const { status, body } = await staff.post('/patients', somebodyNew());
  expect(status).toBe(201);
  target = {
    port,
    token: staff.token ?? '',
    live: '/patients/health/live',
    path: `/patients/${String(body.id)}`,
    from: 0,
  };
  asker = new Asker();
  undo.defer(() => {
    asker.stop();
  });
});
afterAll(async () => {
  await findings.save();
  await undo.disposeAsync();
});

/** Answers a second, asked for by a process of its own. */
async function throughput(isWhole: boolean): Promise<number> {
  server.send(isWhole);
  await once(server, 'message');
  const { goodPerSecond } = await asker.ask({ target, callers, seconds });
  return goodPerSecond;
}

it('token check and access log cost no more than a fifth of the throughput of GET /patients/{id}', async () => {
  for (let warm = 0; warm < 6; warm += 1) await throughput(warm % 2 === 0);
  const found = await compare(
    rounds,
    () => throughput(true),
    () => throughput(false),
  );
  findings.add(
    `GET /patients/{id}, ${callers} callers, beside the same without`,
    tell(found),
    `>= ${leastShare}`,
  );
  expect(found.median).toBeGreaterThanOrEqual(leastShare);
});
