import { Fault } from '../terminal.ts';

/** The parts of `pulumi preview --json` (Pulumi's PreviewDigest) that a summary reads. */
export interface Preview {
  readonly steps: readonly Step[];
}

export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: State | undefined;
  readonly newState?: State | undefined;
  readonly replaceReasons?: readonly string[] | null | undefined;
  readonly diffReasons?: readonly string[] | null | undefined;
}

interface State {
  readonly type?: string | undefined;
  readonly inputs?: Values | undefined;
}

export type Values = Readonly<Record<string, unknown>>;

/**
 * @throws Fault when the text is no preview, so that a failed one is never summed up as harmless
 */
export function readPreview(text: string): Preview {
  try {
    const parsed: unknown = JSON.parse(text);
    // A preview leaves out what is empty, but always counts.
    if (isValues(parsed) && isValues(parsed.changeSummary) && !hasFailed(parsed.diagnostics)) {
      const steps: unknown = parsed.steps ?? [];
      if (Array.isArray(steps) && steps.every(isStep)) return { steps };
    }
  } catch {
    // Said below.
  }
  throw new Fault('this is no output of `pulumi preview --json` that came to its end');
}

function hasFailed(diagnostics: unknown): boolean {
  return Array.isArray(diagnostics) && diagnostics.some((one) => isValues(one) && one.severity === 'error');
}

function isStep(step: unknown): step is Step {
  return isValues(step) && typeof step.op === 'string' && typeof step.urn === 'string';
}

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `aws:rds/cluster:Cluster` of a URN, whose type names the parents' types before it. */
export function typeOf({ urn }: Step): string {
  return urn.split('::')[2]?.split('$').at(-1) ?? '';
}

export function nameOf({ urn }: Step): string {
  return urn.split('::').slice(3).join('::');
}
