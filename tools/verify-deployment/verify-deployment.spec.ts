import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from '#catalogue';
import { Fault } from '../terminal.ts';
import { openAccount, type Account } from './account.fixtures.ts';
import { openAws } from './aws.ts';
import { judge, type Verdict } from './gate.ts';
import type { Smoke } from './observed.ts';
import { readOutputs } from './outputs.ts';
import { smokeSession } from './smoke.ts';

const patient: Service = { name: 'patient', port: 3000, prefix: '/patients', needs: [], scopes: {} };
const digest = `sha256:${'1'.repeat(64)}`;
const outputs = {
  url: 'http://clinic-dev.elb.example',
  cluster: 'clinic-dev',
  ecsServices: { patient: 'clinic-dev-patient-8f7e6d5' },
  taskDefinitions: { patient: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/clinic-dev-patient:42' },
  images: { patient: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/clinic-dev/patient@${digest}` },
  targetGroups: { patient: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/p/1' },
  logGroups: { patient: '/clinic-dev/patient' },
};
const stack = readOutputs(JSON.stringify(outputs), [patient]);

let account: Account | undefined;
afterEach(() => account?.close());

/** What the gate says in an account in which one case follows on another, from look to look. */
async function verdict(
  cases: readonly string[],
  { withinMs = 0, smoke = [] as Smoke[], began = undefined as Date | undefined } = {},
): Promise<Verdict> {
  const opened = (account = await openAccount(...cases));
  Object.assign(process.env, opened.environment);
  let looks = 0;
  const session = async (): Promise<Smoke[]> => {
    // Each look has one, before AWS is reached.
    if (looks++ > 0) opened.nextCase();
    return smoke;
  };
  return judge({ aws: openAws(), stack, smoke: session, began, withinMs, everyMs: 1 });
}

describe('a deployment passes', () => {
  it('when every service runs what was intended, its targets are healthy and no alarm rings', async () => {
    expect(await verdict(['success'])).toEqual({
      passed: true,
      lines: [`ok   patient on ${digest}`, 'ok   alarms', 'ok   smoke session, 0 requests'],
    });
  });

  it('once it is through, if it was still under way', async () => {
    expect(await verdict(['stuck', 'unhealthy', 'success'], { withinMs: 60_000 })).toMatchObject({
      passed: true,
    });
  });
});

describe('an alarm that rings', () => {
  const rang = new Date('2026-11-20T09:06:02.019Z');
  const later = (milliseconds: number): Date => new Date(rang.getTime() + milliseconds);

  it('about the jobs since before the deployment began is told, and fails nothing', async () => {
    const { passed, lines } = await verdict(['dead-jobs'], { began: later(1) });
    expect(passed).toBe(true);
    expect(lines.slice(1, 3)).toEqual([
      'ok   alarms',
      expect.stringMatching(
        /^warn the alarm clinic-dev-dead-jobs has rung since 2026-11-20T09:06:02.019Z, before this began: Threshold/,
      ),
    ]);
  });

  it.each([
    ['about the jobs since the deployment began', 'dead-jobs', rang],
    ['about the jobs when nobody says when it began', 'dead-jobs', undefined],
    ['about a service, since whenever,', 'alarm', later(1)],
    ['about the load balancer, since whenever,', 'balancer-errors', later(1)],
  ])('%s fails it', async (_, name, began) => {
    const { passed, lines } = await verdict([name], { began });
    expect([passed, lines[1]]).toEqual([false, 'FAIL alarms']);
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });
});

describe('a deployment fails', () => {
  it.each<[string, string, string[]]>([
    [
      'that the circuit breaker rolled back, although it is steady and COMPLETED',
      'rolled-back',
      [
        'patient runs clinic-dev-patient:41 instead of clinic-dev-patient:42: it was rolled back',
        'stopped: Essential container in task exited; migrate exit code 1',
        'event: (service clinic-dev-patient) (deployment ecs-svc/7246342417563559064) deployment failed: tasks failed to start.',
        '"msg":"migration patient/0003_new.sql failed"}',
      ],
    ],
    [
      'that is being rolled back',
      'rolling-back',
      [
        'its deployment of clinic-dev-patient:42 failed: ECS deployment circuit breaker: tasks failed to start',
      ],
    ],
    [
      'that is stuck when the time is up',
      'stuck',
      ['is still deploying: 0 of 2 tasks run, 2 are pending', 'Capacity is unavailable at this time'],
    ],
    ['of which a part runs', 'partial', ['patient runs 1 of 2 tasks', 'stopped: Essential container']],
    [
      'that runs another image',
      'wrong-digest',
      [`clinic-dev/patient@sha256:${'2'.repeat(64)} instead of the digest ${digest}`],
    ],
    [
      'whose target is unhealthy',
      'unhealthy',
      ['its target 10.0.80.11:3000 is unhealthy: Health checks failed with these codes: [503]'],
    ],
    [
      'while an alarm rings',
      'alarm',
      ['FAIL alarms', 'the alarm clinic-dev-patient-server-errors rings: Threshold Crossed: 1 datapoint'],
    ],
  ])('%s, and says why', async (_, recorded, said) => {
    const { passed, lines } = await verdict([recorded]);
    expect(passed).toBe(false);
    for (const words of said) expect(lines).toContainEqual(expect.stringContaining(words));
  });

  it('at once when it can not mend itself', async () => {
    const { passed } = await verdict(['rolled-back', 'success'], { withinMs: 60_000 });
    expect(passed).toBe(false);
  });

  it('whose service answers otherwise than it should', async () => {
    const smoke = [
      { request: 'GET /patients?limit=1', expected: 401, got: 200 },
      { request: 'GET /patients/docs', expected: 200, got: 0 },
    ];
    const { passed, lines } = await verdict(['success'], { smoke });
    expect(passed).toBe(false);
    expect(lines.slice(-2)).toEqual([
      '     GET /patients?limit=1 answered 200 instead of 401',
      '     GET /patients/docs answered nothing instead of 200',
    ]);
  });

  it('says nothing of a target that is leaving', async () => {
    expect((await verdict(['unhealthy'])).lines.join('\n')).not.toContain('draining');
  });
});

describe("a stack's outputs", () => {
  it.each(Object.keys(outputs))('without %s are refused by name', (output) => {
    expect(() => readOutputs(JSON.stringify({ ...outputs, [output]: undefined }), [patient])).toThrow(
      new RegExp(`the stack has no output ${output}`),
    );
  });

  it('must be JSON, and name images by digest', () => {
    expect(() => readOutputs('no stack', [patient])).toThrow(Fault);
    const byTag = { ...outputs, images: { patient: 'repository:tag' } };
    expect(() => readOutputs(JSON.stringify(byTag), [patient])).toThrow(
      /repository:tag is no image by digest/,
    );
  });
});

describe('the smoke session', () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = (request.url ?? '').split('?', 1)[0];
      const status: Record<string, number> = {
        '/patients': request.headers.authorization === 'Bearer good' ? 200 : 401,
        '/': 404,
      };
      response.statusCode = status[path ?? ''] ?? 200;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const wrong = (session: Smoke[]): Smoke[] => session.filter(({ expected, got }) => expected !== got);

  it('asks for health and documentation, that nothing is open, and with a token for a page', async () => {
    const without = await smokeSession({ ...stack, url }, undefined);
    expect([without.length, wrong(without)]).toEqual([6, []]);
    const session = await smokeSession({ ...stack, url }, 'good');
    expect([session.length, wrong(session)]).toEqual([7, []]);
  });

  it('says what was refused, never with what', async () => {
    expect(wrong(await smokeSession({ ...stack, url }, 'bad'))).toEqual([
      { request: 'GET /patients?limit=1 with a token', expected: 200, got: 401 },
    ]);
  });

  it('takes no answer for an answer', async () => {
    const session = await smokeSession({ ...stack, url: 'http://127.0.0.1:1' }, undefined);
    expect(session.every(({ got }) => got === 0)).toBe(true);
  });
});
