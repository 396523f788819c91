import { concernsOf, isReplacement, kinds, type Concern, type Kind } from './judge.ts';
import { nameOf, typeOf, type Preview, type Step } from './preview.ts';

/** By this a comment is found again, to be edited in place. */
function markerOf(stack: string): string {
  return `<!-- preview-summary ${stack} -->`;
}

/** GitHub takes 65,536 characters in a comment; a kind that is longer is cut, and says so. */
const linesOfKind = 60;
const refusalLength = 20_000;

interface Told extends Concern {
  readonly step: Step;
}

/** A preview as Markdown: what a reviewer must see first, then how much else there is, in one line. */
export function summaryOf(stack: string, preview: Preview): string {
  const steps = oncePerResource(preview.steps.filter(({ op }) => !['same', 'read', 'refresh'].includes(op)));
  const told = steps.flatMap((step) => concernsOf(step).map((concern): Told => ({ ...concern, step })));
  const harmless = steps.filter((step) => told.every((concern) => concern.step !== step));
  const sections = (Object.keys(kinds) as Kind[]).flatMap((kind) =>
    section(
      kinds[kind],
      told.filter((concern) => concern.kind === kind),
    ),
  );
  return [
    markerOf(stack),
    `### Preview of \`${stack}\``,
    '',
    ...sections,
    lastLine(steps, harmless),
    '',
  ].join('\n');
}

/** What Pulumi prints about a preview that it did not end: the policies that refuse it, or what went wrong. */
export function refusalOf(stack: string, printed: string): string {
  const from = /^(Policies|Policy Violations|Diagnostics):/m.exec(printed)?.index ?? 0;
  // Indented text is code, which nothing in it can end. The end says most.
  const lines = printed.slice(from).trim().slice(-refusalLength).split('\n');
  return [
    markerOf(stack),
    `### Preview of \`${stack}\`: refused`,
    '',
    ...lines.map((line) => `    ${line}`.trimEnd()),
    '',
  ].join('\n');
}

/** A replacement comes in up to three steps, of which one says it all: the one with both states, if there is. */
function oncePerResource(steps: readonly Step[]): Step[] {
  const replaced = new Map<string, Step>();
  for (const step of steps.filter(isReplacement)) {
    const known = replaced.get(step.urn);
    if (!known || (known.op !== 'replace' && step.op !== 'delete-replaced')) replaced.set(step.urn, step);
  }
  return steps.filter((step) => !isReplacement(step) || replaced.get(step.urn) === step);
}

function section(title: string, concerns: readonly Told[]): string[] {
  if (concerns.length === 0) return [];
  const lines = concerns.map(
    ({ step, why }) => `- \`${typeOf(step)}\` **${escaped(nameOf(step))}** ${flat(why)}`,
  );
  const more = lines.length - linesOfKind;
  return [
    `#### ${title}`,
    '',
    ...lines.slice(0, linesOfKind),
    ...(more > 0 ? [`- and ${more} more: see the full preview`] : []),
    '',
  ];
}

function lastLine(steps: readonly Step[], harmless: readonly Step[]): string {
  if (steps.length === 0) return 'Nothing changes.';
  if (harmless.length === 0) return 'Nothing else changes.';
  const counts = Map.groupBy(harmless, ({ op }) => op);
  const told = [...counts].map(([op, those]) => `${those.length} ${op}`).join(', ');
  return `${harmless.length < steps.length ? 'Harmless besides' : 'Harmless'}: ${told}.`;
}

/** One line, whatever a resource is called or a policy says. */
function flat(text: string): string {
  return escaped(text.replaceAll(/\s+/g, ' ').slice(0, 500));
}

/** Nobody is mentioned and no tag is opened by what a preview says. */
function escaped(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('@', '&#64;');
}
