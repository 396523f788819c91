import { randomUUIDv7 } from 'node:crypto';
import type pg from 'pg';
import { Database } from '#platform';
import { openDaily } from '../harness/clinic.ts';
import type { Desks, Told } from './desks.ts';
import { Line, type Kind, type Place, type Practitioner, type Room, type Taken } from './line.ts';
import type { Quiet } from './quiet.ts';
import { slotOf, timeOf, type Span } from './slots.ts';

const patientCount = 5;
const openAtFirst: Span = { from: 0, to: 3 };

/** What the book says of an entry. */
export interface EntryRow {
  id: string;
  status: string;
  version: number;
  offer: Place | undefined;
  changes: { version: number; action: string; appointmentId?: string; offer?: Place }[];
}

export function hoursOf({ from, to }: Span): object {
  const weekly = from < to ? openDaily(`${timeOf(from)}-${timeOf(to)}`) : { weekly: [] };
  return { timeZone: 'UTC', exceptions: [], ...weekly };
}

/** A clinic that shares the database with others, but nobody and nothing in it. */
export class SmallClinic {
  readonly line: Line;
  /** In the order they were made; offers are not among them. */
  readonly holds: string[] = [];
  readonly appointments: string[] = [];

  private constructor(
    readonly number: number,
    readonly desks: Desks,
    private readonly superuser: pg.Pool,
    parts: Pick<Line, 'kinds' | 'practitioners' | 'rooms' | 'patients'>,
  ) {
    this.line = new Line(parts.kinds, parts.practitioners, parts.rooms, parts.patients);
  }

  /** @param hasRooms rooms are everybody's: of the clinics that are open at one time one alone can have any */
  static async open(
    number: number,
    desks: Desks,
    { quiet, superuser }: { quiet: Quiet; superuser: pg.Pool },
    hasRooms: boolean,
  ): Promise<SmallClinic> {
    const kinds = await Promise.all([
      kind(desks, { slots: 1, after: 0, needsRoom: hasRooms }),
      kind(desks, { slots: 2, after: 1, needsRoom: false }),
    ]);
    const ids = kinds.map(({ id }) => id);
    const practitioners = await Promise.all([practitioner(desks, ids), practitioner(desks, ids.slice(0, 1))]);
    const rooms = hasRooms ? await Promise.all([room(desks, true), room(desks, false)]) : [];
    const patients = Array.from({ length: patientCount }, () => ({ id: randomUUIDv7(), active: true }));
    await superuser.query(
      'insert into appointment.patient (id, active, version) select unnest($1::uuid[]), true, 1',
      [patients.map(({ id }) => id)],
    );
    const parts = { kinds, practitioners, rooms, patients };
    await quiet.isOf(
      number,
      Object.values(parts).flatMap((each) => each.map(({ id }) => id)),
    );
    return new SmallClinic(number, desks, superuser, parts);
  }

  /** Leaves its rooms to nobody, and wants nobody else's for those who wait on. */
  async close(): Promise<void> {
    const { rooms, kinds } = this.line;
    for (const [collection, resources] of Object.entries({ rooms, types: kinds }))
      for (const { id, version, active } of resources)
        if (active)
          await this.desks.change('PATCH', `/appointments/${collection}/${id}`, version, { active: false });
  }

  /** What is taken there, as the book has it. */
  async taken(): Promise<Taken[]> {
    const columns =
      'id, type_id as "kindId", practitioner_id as "practitionerId", room_id as "roomId", patient_id as "patientId", start_at as at';
    const { rows } = await this.superuser.query<Omit<Taken, 'start'> & { at: Date }>(
      `select ${columns} from appointment.appointment
         where practitioner_id = any($1) and status not in ('cancelled', 'noshow')
       union all select ${columns} from appointment.hold where practitioner_id = any($1) and exists (
         select from appointment.claim where owner_id = hold.id and hold_expires_at > clock_timestamp())`,
      [this.line.practitioners.map(({ id }) => id)],
    );
    return rows.map(({ at, ...taken }) => ({ ...taken, start: slotOf(at) }));
  }

  /** Everybody who waits or waited there, in the order they came. */
  async entries(): Promise<EntryRow[]> {
    type Offer = { start: string; practitionerId: string } | undefined;
    const { rows } = await this.superuser.query<{
      id: string;
      status: string;
      version: number;
      start: Date | null;
      by: string;
      changes: { version: number; what: { action: string; appointmentId?: string; offer?: Offer } }[];
    }>(
      `select id, status, version, offer_start_at as start, offer_practitioner_id as by, (
         select json_agg(json_build_object('version', version, 'what', what) order by version)
         from appointment.waitlist_change where entry_id = entry.id) as changes
       from appointment.waitlist_entry as entry where type_id = any($1) order by created_at, id`,
      [this.line.kinds.map(({ id }) => id)],
    );
    const place = (offer: Offer) =>
      offer && { practitionerId: offer.practitionerId, start: slotOf(offer.start) };
    return rows.map(({ start, by, changes, ...row }) => ({
      ...row,
      offer: start ? { practitionerId: by, start: slotOf(start) } : undefined,
      changes: changes.map(({ version, what: { action, appointmentId, offer } }) => ({
        version,
        action,
        ...(appointmentId !== undefined && { appointmentId }),
        ...(offer && { offer: place(offer) as Place }),
      })),
    }));
  }

  /** The hold that is offered to an entry. */
  async offeredHold(entryId: string): Promise<string | undefined> {
    const { rows } = await this.superuser.query<{ id: string | null }>(
      'select hold_id as id from appointment.waitlist_entry where id = $1',
      [entryId],
    );
    return rows[0]?.id ?? undefined;
  }

  /** As if a hold had run out, or an entry's latest start had passed. */
  async pass(what: 'hold' | 'entry', id: string): Promise<void> {
    const past = `clock_timestamp() - interval '1 second'`;
    const passing =
      what === 'hold'
        ? `hold as (update appointment.hold set expires_at = ${past} where id = $1),
           entry as (update appointment.waitlist_entry set offer_expires_at = ${past} where hold_id = $1),
           claim as (update appointment.claim set hold_expires_at = ${past} where owner_id = $1)`
        : `entry as (update appointment.waitlist_entry set earliest_at = ${past}, latest_at = ${past} where id = $1)`;
    const text = `with ${passing} update jobs.job set start_after = now()
      where singleton_key = $1::text and name in ('hold-ended', 'waitlist-entry-over') and state = 'created'`;
    // No service locks these in this order: whose deadlock is broken on this side goes again.
    await new Database(this.superuser).transaction((tx) => tx.$client.query(text, [id]));
  }
}

async function made(desks: Desks, path: string, body: object): Promise<{ id: string; version: number }> {
  const reply: Told = await desks.send(false, 'POST', `/appointments/${path}`, body);
  if (reply.status !== 201 || reply.body.id === undefined) throw new Error(JSON.stringify(reply.body));
  return { id: reply.body.id, version: 1 };
}

async function kind(desks: Desks, rules: Pick<Kind, 'slots' | 'after' | 'needsRoom'>): Promise<Kind> {
  const { slots, after, needsRoom } = rules;
  const type = { name: 'Visit', minutes: 30 * slots, bufferAfter: 30 * after, slotStep: 30, needsRoom };
  return { ...rules, ...(await made(desks, 'types', type)), active: true };
}

async function practitioner(desks: Desks, kindIds: string[]): Promise<Practitioner> {
  const resource = await made(desks, 'practitioners', { name: 'Dr Example', typeIds: kindIds });
  const path = `/appointments/practitioners/${resource.id}/availability`;
  await desks.change('PUT', path, 1, hoursOf(openAtFirst));
  return { ...resource, active: true, kindIds, open: openAtFirst, availabilityVersion: 2 };
}

async function room(desks: Desks, active: boolean): Promise<Room> {
  return { ...(await made(desks, 'rooms', { name: 'Room', active })), active };
}
