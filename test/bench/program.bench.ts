import { afterAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { median } from './durations.ts';
import { Findings } from './findings.ts';

const runs = 7;
const root = join(import.meta.dirname, '..', '..');
const budget = { seconds: 2, megabytes: 300 };

const findings = new Findings(
  'program',
  'The Pulumi program',
  'Loading it whole, with its SDKs and a made-up account instead of the engine, in a process of its own.',
);
afterAll(() => findings.save());

/** Evaluated in a process of its own: the program is loaded whole, with its SDKs, in a made-up account. */
const load = (stack: string): string => `
  const { loadStack } = await import('./infra/testing/stack.ts');
  const { resources } = await loadStack('${stack}');
  console.log(JSON.stringify({
    resources: resources.length,
    seconds: process.uptime(),
    megabytes: process.resourceUsage().maxRSS / 1024,
  }));`;

it.each(['dev', 'prod'])('loads the program for %s', async (stack) => {
  const measured = [];
  for (let run = 0; run < runs; run += 1) measured.push(await measure(stack));
  expect(measured.every(({ resources }) => resources > 0)).toBe(true);
  const seconds = median(measured.map((run) => run.seconds));
  const megabytes = median(measured.map((run) => run.megabytes));
  findings.add(
    `the program for ${stack}`,
    `${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB; medians of ${runs}`,
    `<= ${budget.seconds} s, <= ${budget.megabytes} MB`,
  );
});

interface Measured {
  readonly resources: number;
  readonly seconds: number;
  readonly megabytes: number;
}

async function measure(stack: string): Promise<Measured> {
  const args = ['--conditions=source', '--input-type=module', '--eval', load(stack)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  const measured: unknown = JSON.parse(stdout);
  if (!isMeasured(measured)) throw new Error(`not a measurement: ${stdout}`);
  return measured;
}

function isMeasured(value: unknown): value is Measured {
  return (
    typeof value === 'object' &&
    value !== null &&
    'resources' in value &&
    'seconds' in value &&
    'megabytes' in value
  );
}
