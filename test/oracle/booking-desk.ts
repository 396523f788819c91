import type { Client } from '../harness/client.ts';
import type { Asked } from './booked-clinic.ts';
import type { BookableStart } from './minute-oracle.ts';

interface Slot {
  start: string;
  end: string;
  practitionerId: string;
}

interface Refusal {
  code: string;
  reasons: { code: string }[];
  alternatives?: Slot[];
}

interface Explained {
  bookable: boolean;
  reasons: { code: string }[];
}

/** A time that somebody would have, to book it or to hold it. */
export interface Wish {
  path: '/appointments' | '/appointments/holds';
  start: BookableStart;
  asked: Asked;
}

interface Explanation {
  bookable: boolean;
  /** Their codes, sorted. */
  reasons: string[];
}

/** What became of a request to book or to hold. */
export type Outcome =
  | { status: 201; id: string; roomId: string | undefined }
  | { status: 409 | 422; code: string; reasons: string[]; alternatives?: BookableStart[] };

/** Asks the running service what a client would, and reads its answers. */
export class BookingDesk {
  constructor(
    private readonly client: Client,
    private readonly typeId: string,
  ) {}

  /** Every page of a list, joined. */
  async list(
    query: Asked & { from: number; to: number; practitionerId: string | undefined; limit: number },
  ): Promise<BookableStart[]> {
    const { from, to, ...rest } = query;
    const found: Slot[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Slot[]; nextCursor: string | null } = await this.#get('/appointments/slots', {
        ...rest,
        from: textOf(from),
        to: textOf(to),
        cursor: cursor ?? undefined,
      });
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found.map(startOf);
  }

  async explain({ start: [start, practitionerId], asked }: Wish): Promise<Explanation> {
    const { bookable, reasons } = await this.#get<Explained>('/appointments/slots/explain', {
      practitionerId,
      start: textOf(start),
      ...asked,
    });
    return { bookable, reasons: codesOf(reasons) };
  }

  async take({ path, start: [start, practitionerId], asked }: Wish): Promise<Outcome> {
    const { status, body } = await this.client.post<Refusal & { id: string; roomId?: string }>(path, {
      typeId: this.typeId,
      practitionerId,
      start: textOf(start),
      ...asked,
    });
    if (status === 201) return { status, id: body.id, roomId: body.roomId };
    if (status !== 409 && status !== 422) throw unexpected({ status, body });
    const { code, reasons, alternatives } = body;
    return {
      status,
      code,
      reasons: codesOf(reasons),
      ...(alternatives && { alternatives: alternatives.map(startOf) }),
    };
  }

  async #get<Body>(path: string, query: Record<string, string | number | undefined>): Promise<Body> {
    const given = new URLSearchParams({ typeId: this.typeId });
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) given.set(name, String(value));
    const reply = await this.client.get<Body>(`${path}?${given.toString()}`);
    if (reply.status !== 200) throw unexpected(reply);
    return reply.body;
  }
}

const startOf = ({ start, practitionerId }: Slot): BookableStart => [Date.parse(start), practitionerId];

function unexpected({ status, body }: { status: number; body: unknown }): Error {
  return new Error(`${status}: ${JSON.stringify(body)}`);
}

function codesOf(reasons: readonly { code: string }[]): string[] {
  return [...new Set(reasons.map(({ code }) => code))].sort();
}

function textOf(instant: number): string {
  return new Date(instant).toISOString();
}
