import { setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from './aws.ts';
import { gatherEvidence, observeAlarms, observeService } from './observe.ts';
import type { ObservedService, Smoke } from './observed.ts';
import type { StackOutputs } from './outputs.ts';
import {
  evidenceOf,
  faultsOfAlarms,
  faultsOfService,
  faultsOfSmoke,
  warningsOfAlarms,
  type Finding,
} from './verdict.ts';

type Place = StackOutputs['services'][number];

export interface GateOptions {
  readonly aws: Aws;
  readonly stack: StackOutputs;
  readonly smoke: () => Promise<Smoke[]>;
  /** When the deployment began: what is shared and rang before is told, and fails nothing. */
  readonly began?: Date | undefined;
  /** How long what may mend itself is waited for. */
  readonly withinMs: number;
  readonly everyMs: number;
}

export interface Verdict {
  readonly passed: boolean;
  readonly lines: readonly string[];
}

/** A service as it is at one look, and what speaks against it. */
interface Judged {
  readonly place: Place;
  readonly seen: ObservedService;
  readonly faults: readonly Finding[];
}

interface Look {
  readonly services: readonly Judged[];
  readonly alarms: readonly Finding[];
  readonly warnings: readonly string[];
  readonly session: readonly Smoke[];
}

/** Judges until all is well, something is wrong for good, or the time is up. */
export async function judge(options: GateOptions): Promise<Verdict> {
  const deadline = Date.now() + options.withinMs;
  for (;;) {
    const look = await lookAt(options);
    const findings = findingsOf(look);
    const passed = findings.length === 0 && options.stack.absent.length === 0;
    const hopeless = options.stack.absent.length > 0 || findings.some(({ passing }) => !passing);
    if (passed || hopeless || Date.now() >= deadline) return { passed, lines: await linesOf(options, look) };
    await sleep(options.everyMs);
  }
}

async function lookAt({ aws, stack, smoke, began }: GateOptions): Promise<Look> {
  const [services, alarms, session] = await Promise.all([
    Promise.all(
      stack.services.map(async (place) => {
        const seen = await observeService(aws, stack.cluster, place);
        return { place, seen, faults: faultsOfService(place, seen) };
      }),
    ),
    observeAlarms(aws, stack),
    smoke(),
  ]);
  return {
    services,
    alarms: faultsOfAlarms(alarms, began),
    warnings: warningsOfAlarms(alarms, began),
    session,
  };
}

function findingsOf({ services, alarms, session }: Look): Finding[] {
  return [...services.flatMap(({ faults }) => faults), ...alarms, ...faultsOfSmoke(session)];
}

async function linesOf(
  { aws, stack }: GateOptions,
  { services, alarms, warnings, session }: Look,
): Promise<string[]> {
  const told = await Promise.all(
    services.map(async ({ place, seen, faults }) => {
      const lines = section(`${place.service} on ${place.digest}`, faults, `${place.service} `);
      if (faults.length === 0) return lines;
      const evidence = evidenceOf(seen, await gatherEvidence(aws, stack.cluster, place));
      return [...lines, ...evidence.map((line) => `       ${line}`)];
    }),
  );
  return [
    ...stack.absent.map(
      (service) => `FAIL ${service} is not in the stack: no \`up\` that knows it came to its end`,
    ),
    ...told.flat(),
    ...section('alarms', alarms),
    ...warnings.map((warning) => `warn ${warning}`),
    ...section(`smoke session, ${session.length} requests`, faultsOfSmoke(session)),
  ];
}

function section(title: string, faults: readonly Finding[], subject = ''): string[] {
  return [
    `${faults.length === 0 ? 'ok  ' : 'FAIL'} ${title}`,
    ...faults.map(({ what }) => `     ${subject}${what}`),
  ];
}
