import type { Digests } from '../digests.ts';
import { Fault } from '../terminal.ts';

/** A run of the workflow that deploys, in GitHub's own names. */
export interface Run {
  readonly id: number;
  readonly event: string;
  readonly head_branch: string | null;
  readonly repository: { readonly id: number };
  readonly head_repository: { readonly id: number } | null;
}

/** What was deployed before. */
export interface History {
  /** Newest first. */
  runs(): Promise<readonly Run[]>;
  /** What the gate passed in a run; undefined when it passed nothing, or that is no longer kept. */
  verified(run: number): Promise<Digests | undefined>;
}

/**
 * The newest digests that the gate passed and of which at least one does not run now. A run counts whatever became of it
 * afterwards: it may still wait for prod's approval, or prod may have refused what dev passed.
 */
export async function lastVerified(
  history: History,
  services: readonly string[],
  running: Digests,
): Promise<{ readonly run: number; readonly digests: Digests } | undefined> {
  for (const { id } of (await history.runs()).filter(isOurs)) {
    const digests = await history.verified(id);
    if (digests && services.some((name) => digests[name] !== undefined && digests[name] !== running[name]))
      return { run: id, digests };
  }
  return undefined;
}

/** A pull request, a fork's too, can run a workflow of the same name and leave an artifact of the same name. */
function isOurs({ event, head_branch, repository, head_repository }: Run): boolean {
  return (
    ['push', 'workflow_dispatch'].includes(event) &&
    head_branch === 'main' &&
    head_repository?.id === repository.id
  );
}

/**
 * Earlier digests over those that run: a service that was added since keeps what it has.
 * @throws Fault when a service has neither
 */
export function overlay(
  services: readonly string[],
  earlier: Digests,
  running: Digests,
): { readonly digests: Digests; readonly kept: readonly string[] } {
  const kept = services.filter((name) => earlier[name] === undefined);
  const nowhere = kept.filter((name) => running[name] === undefined);
  if (nowhere.length > 0)
    throw new Fault(
      `${nowhere.join(', ')}: neither verified then nor running now; deploy main, or take the service out of the catalogue`,
    );
  return {
    kept,
    digests: Object.fromEntries(services.map((name) => [name, earlier[name] ?? running[name]])),
  };
}
