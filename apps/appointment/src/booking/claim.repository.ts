import { Injectable } from '@nestjs/common';
import { Database, Gathered, type Connection } from '#platform';
import {
  clearExpired,
  confirm,
  displaceHolds,
  occupations,
  release,
  releaseEnded,
  releaseHold,
  take,
  takeByOverride,
  type OccupationRow,
  type Released,
  type ResourceKind,
} from './claim.statements.ts';
import { instantText, type Span } from './rules/index.ts';

/** One resource's part in an appointment or a hold. */
export interface Claim extends Span {
  kind: ResourceKind;
  resourceId: string;
}

/** A claim of somebody's, as others meet it. */
export interface Occupation extends Span {
  resourceId: string;
  /** When the hold runs out, epoch milliseconds; undefined for an appointment. */
  heldUntil: number | undefined;
}

/** All writers take claims in this order, and so never wait on each other crosswise. */
const kindOrder: readonly ResourceKind[] = ['practitioner', 'room', 'patient'];

/** Whose time is looked at, and which. */
interface Look {
  resourceIds: readonly string[];
  within: Span;
}

/** What occupies it, and whether holds that have run out lie there besides. */
export interface Seen {
  occupations: Occupation[];
  anyExpired: boolean;
}

/** Who is occupied when. The exclusion constraint of the table, not this class, keeps claims apart. */
@Injectable()
export class ClaimRepository {
  readonly #looks: Gathered<Look, Seen>;

  constructor({ reader }: Database) {
    this.#looks = new Gathered(reader, readOccupations);
  }

  /**
   * Takes the claims if all are free. Waits for whoever is just taking the same.
   * @param holdExpiresAt an instant, for a hold
   * @returns the kinds taken; when others come first it can be a part of them, and the caller must not leave it at that
   */
  async take(
    tx: Connection,
    ownerId: string,
    claims: readonly Claim[],
    holdExpiresAt: string | null,
  ): Promise<Set<ResourceKind>> {
    const ordered = inOrder(claims);
    const kinds = ordered.map(({ kind }) => kind);
    const rows = await take.rows(tx, ownerId, kinds, ...spansOf(ordered), holdExpiresAt);
    return new Set(rows.map(({ kind }) => kind));
  }

  /** Clears away the holds in the way of these claims that have run out, in the order in which claims are taken. */
  clearExpired(tx: Connection, claims: readonly Claim[]): Promise<Released[]> {
    return clearExpired.rows(tx, ...spansOf(inOrder(claims)));
  }

  /**
   * Makes the claims of a hold those of an appointment, if it has not run out.
   * @returns the kinds of its claims; none when it has run out, was used or given back
   */
  async confirm(tx: Connection, holdId: string, appointmentId: string): Promise<Set<ResourceKind>> {
    const rows = await confirm.rows(tx, holdId, appointmentId);
    return new Set(rows.map(({ kind }) => kind));
  }

  /** Gives up the claims of a hold, if it has not run out: of those who come at once one alone uses it or gives it back. */
  releaseHold(tx: Connection, holdId: string): Promise<Released[]> {
    return releaseHold.rows(tx, holdId);
  }

  /** Gives up what a hold still claims that has run out. */
  releaseEnded(tx: Connection, holdId: string): Promise<Released[]> {
    return releaseEnded.rows(tx, holdId);
  }

  /** Ends the holds that keep any of a resource's time within a span. */
  displaceHolds(tx: Connection, resourceId: string, { start, end }: Span): Promise<Released[]> {
    return displaceHolds.rows(tx, resourceId, instantText(start), instantText(end));
  }

  /** Claims outside the constraint: they may overlap what is there. */
  async takeByOverride(tx: Connection, ownerId: string, claims: readonly Claim[]): Promise<void> {
    const kinds = claims.map(({ kind }) => kind);
    await takeByOverride.rows(tx, ownerId, kinds, ...spansOf(claims));
  }

  /** Gives up claims of these owners: all, or those of some kinds. */
  release(
    tx: Connection,
    ownerIds: readonly string[],
    kinds: readonly ResourceKind[] = kindOrder,
  ): Promise<Released[]> {
    return release.rows(tx, ownerIds, kinds);
  }

  /** What occupies any of the resources within a span. */
  occupations(connection: Connection, resourceIds: readonly string[], within: Span): Promise<Seen> {
    return this.#looks.get(connection, { resourceIds, within });
  }
}

/** What several want to know of one resource and span is asked once. */
async function readOccupations(connection: Connection, looks: readonly Look[]): Promise<Seen[]> {
  const places = new Map<string, number>();
  const asked = new Array<{ id: string; start: string; end: string }>();
  const placesOf = looks.map(({ resourceIds, within }) => {
    const [start, end] = [instantText(within.start), instantText(within.end)];
    return resourceIds.map((id) => {
      const key = `${id} ${start} ${end}`;
      const place = places.get(key) ?? asked.push({ id, start, end }) - 1;
      places.set(key, place);
      return place;
    });
  });
  const rows = await occupations.rows(
    connection,
    asked.map((_, place) => place),
    asked.map(({ id }) => id),
    asked.map(({ start }) => start),
    asked.map(({ end }) => end),
  );
  const byPlace = Map.groupBy(rows, ({ place }) => place);
  return placesOf.map((own) => {
    const found = own.flatMap((place) => byPlace.get(place) ?? []);
    const live = found.filter(({ expired }) => expired !== true);
    return { occupations: live.map(toOccupation), anyExpired: live.length < found.length };
  });
}

function toOccupation({ resourceId, start, end, heldUntil }: OccupationRow): Occupation {
  return { resourceId, start, end, heldUntil: heldUntil ?? undefined };
}

function inOrder(claims: readonly Claim[]): Claim[] {
  return [...claims].sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind));
}

/** The columns of claims as parameters: ids, starts, ends. */
function spansOf(claims: readonly Claim[]): [ids: string[], starts: string[], ends: string[]] {
  return [
    claims.map(({ resourceId }) => resourceId),
    claims.map(({ start }) => instantText(start)),
    claims.map(({ end }) => instantText(end)),
  ];
}
