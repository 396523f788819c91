import { claimsOf, spansOf, type BookedClinic, type Entry } from './booked-clinic.ts';
import type { AppointmentType, Practitioner } from './minute-oracle.ts';

/** The rows of a table, by its columns. */
export type Rows = Readonly<Record<string, unknown>>[];

/** Of no weight for what is tested. */
const writtenAt = '2000-01-01T00:00:00Z';

/** The database's own clock judges holds: one outlives every run, the other ran out long ago. */
const holdExpiry = { hold: '2100-01-01T00:00:00Z', 'expired hold': '2000-01-01T00:00:00Z' };

/** The rows of a clinic by table of the schema `appointment`, in an order that foreign keys allow. */
export function rowsOf({ type, practitioners, rooms, patients, entries }: BookedClinic): [string, Rows][] {
  const holds = entries.filter((entry) => isHold(entry));
  const appointments = entries.filter((entry) => !isHold(entry));
  const exclusive = entries.filter(({ kind }) => kind !== 'override' && kind !== 'freed');
  const overrides = entries.filter(({ kind }) => kind === 'override');
  return [
    ['patient', patients.map(patientRow)],
    ['appointment_type', [typeRow(type)]],
    ['practitioner', practitioners.map(practitionerRow)],
    ['availability', practitioners.map(availabilityRow)],
    ['room', rooms.map((room) => ({ ...room, name: 'Room', version: 1 }))],
    ['appointment', appointments.map((entry) => appointmentRow(entry, type))],
    ['hold', holds.map((entry) => ({ ...timeRow(entry, type), expires_at: expiryOf(entry) }))],
    ['claim', exclusive.flatMap((entry) => claimRows(entry, { hold_expires_at: expiryOf(entry) }))],
    ['override_claim', overrides.flatMap((entry) => claimRows(entry, {}))],
  ];
}

function patientRow({ id, replacedBy = null }: { id: string; replacedBy?: string | null }): Rows[number] {
  return { id, active: replacedBy === null, replaced_by: replacedBy, version: 1 };
}

function typeRow(type: AppointmentType): Rows[number] {
  return {
    id: type.id,
    name: 'Consultation',
    minutes: type.minutes,
    buffer_before: type.bufferBefore,
    buffer_after: type.bufferAfter,
    needs_room: type.needsRoom,
    slot_step: type.slotStep,
    min_notice_minutes: type.minNoticeMinutes,
    max_days_ahead: type.maxDaysAhead,
    active: type.active,
    version: 1,
  };
}

function practitionerRow({ id, active, typeIds }: Practitioner): Rows[number] {
  return { id, name: 'Dr Example', active, type_ids: typeIds, version: 1 };
}

function availabilityRow({ id, schedule }: Practitioner): Rows[number] {
  const { timeZone, weekly, exceptions } = schedule;
  return { practitioner_id: id, time_zone: timeZone, weekly, exceptions, version: 1 };
}

function appointmentRow(entry: Entry, type: AppointmentType): Rows[number] {
  const isOverride = entry.kind === 'override';
  return {
    ...timeRow(entry, type),
    status: entry.kind === 'freed' ? 'cancelled' : 'booked',
    version: 1,
    updated_at: writtenAt,
    override_reason: isOverride ? 'Fits in' : null,
    override_by: isOverride ? 'tester' : null,
  };
}

/** What an appointment and a hold have in common. */
function timeRow(entry: Entry, type: AppointmentType): Rows[number] {
  const { start, end } = spansOf(entry, entry.start).patient;
  return {
    id: entry.id,
    type_id: type.id,
    practitioner_id: entry.practitionerId,
    room_id: entry.roomId ?? null,
    patient_id: entry.patientId ?? null,
    start_at: new Date(start).toISOString(),
    end_at: new Date(end).toISOString(),
    minutes: entry.minutes,
    buffer_before: entry.bufferBefore,
    buffer_after: entry.bufferAfter,
    created_at: writtenAt,
  };
}

function claimRows(entry: Entry, more: Rows[number]): Rows {
  return claimsOf(entry).map(({ kind, resourceId, start, end }) => ({
    owner_id: entry.id,
    resource_kind: kind,
    resource_id: resourceId,
    during: `[${new Date(start).toISOString()},${new Date(end).toISOString()})`,
    ...more,
  }));
}

function isHold({ kind }: Entry): boolean {
  return kind === 'hold' || kind === 'expired hold';
}

function expiryOf({ kind }: Entry): string | null {
  return kind === 'hold' || kind === 'expired hold' ? holdExpiry[kind] : null;
}
