import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from './aws.ts';
import { observeAlarms, observeService } from './observe.ts';
import type { Smoke } from './observed.ts';
import type { StackOutputs } from './outputs.ts';
import { evidenceOf, faultsOfAlarms, faultsOfService, faultsOfSmoke, type Finding } from './verdict.ts';

export interface GateOptions {
  readonly aws: Aws;
  readonly stack: StackOutputs;
  readonly smoke: () => Promise<Smoke[]>;
  /** How long what may mend itself is waited for. */
  readonly withinMs: number;
  readonly everyMs: number;
}

export interface Verdict {
  readonly passed: boolean;
  readonly lines: readonly string[];
}

/** Judges until all is well, something is wrong for good, or the time is up. */
export async function judge(options: GateOptions): Promise<Verdict> {
  const deadline = Date.now() + options.withinMs;
  for (;;) {
    const { findings, lines } = await look(options);
    const hopeless = findings.some(({ passing }) => !passing);
    if (findings.length === 0 || hopeless || Date.now() >= deadline)
      return { passed: findings.length === 0, lines };
    await sleep(options.everyMs);
  }
}

async function look({ aws, stack, smoke }: GateOptions): Promise<{ findings: Finding[]; lines: string[] }> {
  const [observed, alarms, session] = await Promise.all([
    Promise.all(
      stack.services.map(async (place) => ({ place, seen: await observeService(aws, stack.cluster, place) })),
    ),
    observeAlarms(aws, stack.cluster),
    smoke(),
  ]);
  const lines: string[] = [];
  const findings: Finding[] = [];
  for (const { place, seen } of observed) {
    const faults = faultsOfService(place, seen);
    findings.push(...faults);
    lines.push(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${place.service} on ${place.digest}`);
    lines.push(...faults.map(({ what }) => `     ${place.service} ${what}`));
    if (faults.length > 0) lines.push(...evidenceOf(seen).map((line) => `       ${line}`));
  }
  const ringing = faultsOfAlarms(alarms);
  const refused = faultsOfSmoke(session);
  findings.push(...ringing, ...refused);
  lines.push(
    `${ringing.length === 0 ? 'ok  ' : 'FAIL'} alarms`,
    ...ringing.map(({ what }) => `     ${what}`),
  );
  lines.push(
    `${refused.length === 0 ? 'ok  ' : 'FAIL'} smoke session, ${session.length} requests`,
    ...refused.map(({ what }) => `     ${what}`),
  );
  return { findings, lines };
}
