import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startIssuer } from '../../tools/issuer.ts';
import { builtRoot } from '../harness/build.ts';
import { Client } from '../harness/client.ts';
import { createMigratedDatabase } from '../harness/database.ts';
import { somebodyNew } from '../harness/people.ts';
import { Asker, targetOf, type Target } from './asker.ts';
import { compare, tell } from './comparison.ts';
import { median } from './durations.ts';
import { Findings } from './findings.ts';
import { startServer, type ServerProcess } from './server-process.ts';

/** Short and many, so that what else the machine does meets both alike. */
const rounds = 31;
const seconds = 1;
/** Of the throughput without token check and access log so much is left with them. */
const leastShare = 0.8;
/** With so many the process has always something to do while others wait for the log: only then what it answers is its throughput. */
const saturating = 64;
const crowds = [saturating / 2, saturating];

const findings = new Findings(
  'access',
  'What token check and access log cost',
  `The service as it is built, in a process where both can be switched off between the rounds. ${saturating} callers saturate it; with
half as many it waits for the database now and then, for the log more often than without.`,
);
const undo = new AsyncDisposableStack();
let server: ServerProcess;
let target: Target;
let asker: Asker;

beforeAll(async () => {
  const [built, database, issuer] = await Promise.all([builtRoot(), createMigratedDatabase(), startIssuer()]);
  undo.defer(() => database.drop());
  undo.defer(() => issuer.stop());
  const environment = {
    ...{ LOG_LEVEL: 'warn', HOST: '127.0.0.1', DATABASE_URL: database.urlOf('patient') },
    ...{ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'clinic', OIDC_ALLOW_LOOPBACK: 'true' },
  };
  server = await startServer('access.server.ts', environment, { args: [built], cwd: built });
  undo.defer(server.stop);
  const staff = new Client(server.url, await issuer.token());
  while ((await staff.get('/patients/health/ready')).status !== 200);
  const { status, body } = await staff.post('/patients', somebodyNew());
  expect(status).toBe(201);
  target = targetOf(staff, `/patients/${String(body.id)}`);
  asker = new Asker();
  undo.defer(() => {
    asker.stop();
  });
});
afterAll(async () => {
  await findings.save();
  await undo.disposeAsync();
});

/** Has tokens checked and reads logged, or neither, from now on; answers which share of the time until then it was busy. */
async function become(isWhole: boolean): Promise<number> {
  server.child.send(isWhole);
  const [busy] = (await once(server.child, 'message')) as [number];
  return busy;
}

/** Answers a second, asked for by a process of its own, and how busy it was. */
async function throughput(isWhole: boolean, callers: number): Promise<{ perSecond: number; busy: number }> {
  await become(isWhole);
  const { goodPerSecond } = await asker.ask({ target, callers, seconds });
  return { perSecond: goodPerSecond, busy: await become(isWhole) };
}

it.each(crowds)('token check and access log, %i callers', async (callers) => {
  for (let warm = 0; warm < 6; warm += 1) await throughput(warm % 2 === 0, callers);
  const busy: Record<'with' | 'without', number[]> = { with: [], without: [] };
  const perSecond = async (how: keyof typeof busy): Promise<number> => {
    const measured = await throughput(how === 'with', callers);
    busy[how].push(measured.busy);
    return measured.perSecond;
  };
  const found = await compare(
    rounds,
    () => perSecond('with'),
    () => perSecond('without'),
  );
  const share = (how: keyof typeof busy) => `${(100 * median(busy[how])).toFixed(0)} %`;
  const wanted = callers === saturating ? `>= ${leastShare}` : undefined;
  findings.add(
    `GET /patients/{id}, ${callers} callers, beside the same without`,
    `${tell(found)}; busy ${share('with')} and ${share('without')} of the time`,
    wanted,
  );
  if (wanted !== undefined) expect(found.median).toBeGreaterThanOrEqual(leastShare);
});
