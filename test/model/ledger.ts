import type pg from 'pg';
import { occupations } from './reasons.ts';
import type { Appointment, State } from './state.ts';

/** What the tables of the book hold. */
export interface Ledger {
  readonly appointments: readonly Appointment[];
  /** Of appointments and of holds that have not run out: `owner kind resource from to`. */
  readonly claims: readonly string[];
  /** How many rows there are, of claims those too that have run out. */
  readonly counts: Readonly<Record<'claims' | 'holds' | 'series' | 'changes', number>>;
}

const minute = (instant: string) => `(extract(epoch from ${instant} - $1::timestamptz) / 60)::float8`;
const statement = {
  name: 'ledger',
  text: `select json_build_object(
    'appointments', (select coalesce(json_agg(json_strip_nulls(json_build_object(
      'id', id, 'status', status, 'typeId', type_id, 'patientId', patient_id,
      'practitionerId', practitioner_id, 'roomId', room_id, 'start', ${minute('start_at')},
      'minutes', minutes, 'bufferBefore', buffer_before, 'bufferAfter', buffer_after,
      'override', override_reason is not null, 'seriesId', series_id, 'version', version))), '[]')
      from appointment.appointment),
    'claims', (select coalesce(json_agg(concat_ws(' ', owner_id, resource_kind, resource_id,
      ${minute('lower(during)')}, ${minute('upper(during)')})), '[]') from (
        select owner_id, resource_kind, resource_id, during from appointment.claim
          where hold_expires_at is null or hold_expires_at > clock_timestamp()
        union all select owner_id, resource_kind, resource_id, during from appointment.override_claim) as live),
    'counts', json_build_object(
      'claims', (select count(*) from appointment.claim) + (select count(*) from appointment.override_claim),
      'holds', (select count(*) from appointment.hold), 'series', (select count(*) from appointment.series),
      'changes', (select count(*) from appointment.appointment_change))) as ledger`,
};

export async function readLedger(client: pg.Client, firstDate: string): Promise<Ledger> {
  const { rows } = await client.query<{ ledger: Ledger }>({
    ...statement,
    values: [`${firstDate}T00:00:00Z`],
  });
  const [row] = rows;
  if (!row) throw new Error('the database did not answer');
  const { appointments, claims, counts } = row.ledger;
  return { appointments: byId(appointments), claims: claims.toSorted(), counts };
}

/** The ledger by the model; of claims that have run out it doesn't know how many still lie about. */
export function ledgerOf(state: State, { counts: { claims } }: Ledger): Ledger {
  const appointments = [...state.appointments.values()];
  return {
    appointments: byId(appointments.map((each) => JSON.parse(JSON.stringify(each)) as Appointment)),
    claims: occupations(state)
      .map(({ ownerId, kind, resourceId, from, to }) => [ownerId, kind, resourceId, from, to].join(' '))
      .sort(),
    counts: {
      claims,
      holds: state.holds.size,
      series: state.series.size,
      changes: appointments.reduce((changes, { version }) => changes + version, 0),
    },
  };
}

function byId(appointments: readonly Appointment[]): Appointment[] {
  return appointments.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
