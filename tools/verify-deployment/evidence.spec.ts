import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from '#catalogue';
import { openAccount, type Account } from './account.fixtures.ts';
import { openAws, type Aws } from './aws.ts';
import { judge, type Verdict } from './gate.ts';
import { readOutputs } from './outputs.ts';

const patient: Service = { name: 'patient', port: 3000, prefix: '/patients', needs: [], scopes: {} };
const billing: Service = { name: 'billing', port: 3002, prefix: '/billings', needs: [], scopes: {} };
const [ran, meant] = ['1', '2'].map((digit) => `sha256:${digit.repeat(64)}`);
const outputs = JSON.stringify({
  url: 'http://clinic-dev.elb.example',
  cluster: 'clinic-dev',
  ecsServices: { patient: 'clinic-dev-patient-8f7e6d5' },
  taskDefinitions: { patient: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/clinic-dev-patient:41' },
  images: { patient: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/clinic-dev/patient@${ran}` },
  targetGroups: { patient: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/p/1' },
  logGroups: { patient: '/clinic-dev/patient' },
});

const opened: Account[] = [];
afterEach(async () => {
  for (const account of opened.splice(0)) await account.close();
});

/** An account that answers as in a case, but for some questions. */
async function account(recorded: string, instead: Partial<Aws> = {}): Promise<Aws> {
  const one = await openAccount(recorded);
  opened.push(one);
  Object.assign(process.env, one.environment);
  return { ...openAws(), ...instead };
}

function verdict(aws: Aws, digests: Record<string, string> = {}, catalogue = [patient]): Promise<Verdict> {
  const stack = readOutputs(outputs, catalogue, digests);
  return judge({ aws, stack, smoke: async () => [], withinMs: 0, everyMs: 1 });
}

const refuse = (): Promise<never> => Promise.reject(new Error('AccessDenied: not authorized'));

describe('after an `up` that broke off', () => {
  it('what was meant is compared with what runs, not what an `up` before told', async () => {
    const { passed, lines } = await verdict(await account('success'), { patient: meant ?? '' });
    expect(passed).toBe(false);
    expect(lines[0]).toBe(`FAIL patient on ${meant}`);
    expect(lines).toContainEqual(expect.stringContaining(`patient@${ran} instead of the digest ${meant}`));
    expect(lines.join('\n')).not.toContain('rolled back');
  });

  it('a service that is new and has not come up is said to be missing, and the others are judged', async () => {
    const digests = { patient: ran ?? '', billing: meant ?? '' };
    const { passed, lines } = await verdict(await account('success'), digests, [patient, billing]);
    expect(passed).toBe(false);
    expect(lines[0]).toBe('FAIL billing is not in the stack: no `up` that knows it came to its end');
    expect(lines).toContain(`FAIL patient on ${ran}`);
  });
});

describe('why something failed', () => {
  it('is told as far as it can be asked, and the verdict stands without', async () => {
    const { passed, lines } = await verdict(
      await account('rolled-back', { logEvents: refuse, stoppedTasks: refuse }),
    );
    expect(passed).toBe(false);
    const denied = "can't be read: AccessDenied: not authorized)";
    expect(lines).toContain(`       stopped: (why tasks stopped ${denied}`);
    expect(lines).toContain(`       log: (the log /clinic-dev/patient ${denied}`);
    expect(lines).toContainEqual(expect.stringContaining('event: (service clinic-dev-patient)'));
  });

  it('is not asked for where nothing failed', async () => {
    const passing = await account('success', { logEvents: refuse, stoppedTasks: refuse });
    const current = outputs.replace('clinic-dev-patient:41', 'clinic-dev-patient:42');
    const stack = readOutputs(current, [patient]);
    const { lines } = await judge({ aws: passing, stack, smoke: async () => [], withinMs: 0, everyMs: 1 });
    expect(lines.join('\n')).not.toContain('AccessDenied');
  });
});

describe('the log', () => {
  let server: Server;
  let asked: Record<string, unknown>[];
  const before = { ...process.env };

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        const { nextToken, startTime } = JSON.parse(body) as { nextToken?: string; startTime: number };
        asked.push({ target: request.headers['x-amz-target'], nextToken });
        const page = Number(nextToken ?? 0);
        // A quiet service: nothing in the last minute; before that a page of lines, an empty one and another of lines.
        const quiet = Date.now() - startTime < 2 * 60_000;
        const lines = quiet || page === 1 ? [] : Array.from({ length: 8 }, (_, line) => `${page}.${line}`);
        const events = lines.map((message) => ({ message }));
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        response.end(JSON.stringify({ events, ...(!quiet && page < 2 && { nextToken: String(page + 1) }) }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    process.env.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS = `http://127.0.0.1:${port}`;
  });
  afterAll(() => {
    process.env = before;
    server.closeAllConnections();
    server.close();
  });

  it('is read to its end, page by page, and its last ten lines are told', async () => {
    asked = [];
    const { lines } = await verdict(await account('rolled-back'));
    expect(lines.filter((line) => line.includes('log: ')).map((line) => line.trim())).toEqual(
      ['0.6', '0.7', ...Array.from({ length: 8 }, (_, line) => `2.${line}`)].map((line) => `log: ${line}`),
    );
    expect(asked).toEqual(
      [undefined, undefined, '1', '2'].map((nextToken) => ({
        target: 'Logs_20140328.FilterLogEvents',
        nextToken,
      })),
    );
  });
});
