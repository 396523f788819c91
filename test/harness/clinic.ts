import type { Client, Reply } from './client.ts';
import { somebodyNew } from './people.ts';

export interface Resource {
  id: string;
  version: number;
}

/** What any booking names. */
export interface Visit {
  typeId: string;
  patientId: string;
  practitionerId: string;
  start: string;
}

export interface Booking extends Resource, Visit {
  status: string;
  end: string;
  minutes: number;
  roomId?: string;
  cancelReason?: string;
  override?: { reason: string; by: string };
  seriesId?: string;
}

export interface Hold extends Resource, Omit<Visit, 'patientId'> {
  patientId?: string;
  roomId?: string;
  end: string;
  minutes: number;
  expiresAt: string;
  createdAt: string;
}

/** Somebody who waits for a time. */
export interface Entry extends Resource {
  status: string;
  patientId: string;
  typeId: string;
  practitionerId?: string;
  earliest: string;
  latest: string;
  priority: string;
  offer?: { holdId: string; start: string; practitionerId: string; expiresAt: string };
  appointmentId?: string;
}

/** Builders of a clinic through the API; each fails the test at once when the API refuses. */
export class Clinic {
  constructor(private readonly staff: Client) {}

  /** Another person each time, whom nobody takes for one who is there. */
  patient(more: object = {}): Promise<Resource> {
    return this.#made('/patients', { ...somebodyNew(), ...more });
  }

  type(more: object = {}): Promise<Resource> {
    return this.#made('/appointments/types', { name: 'Consultation', minutes: 30, ...more });
  }

  room(more: object = {}): Promise<Resource> {
    return this.#made('/appointments/rooms', { name: 'Room', ...more });
  }

  /** A practitioner available every day around the clock in UTC, unless told otherwise. */
  async practitioner(typeIds: string[], availability: object = {}): Promise<Resource> {
    const practitioner = await this.#made('/appointments/practitioners', { name: 'Dr Example', typeIds });
    await this.available(practitioner.id, availability);
    return practitioner;
  }

  async available(practitionerId: string, availability: object, version = 1): Promise<void> {
    const body = { timeZone: 'UTC', ...openDaily('00:00-24:00'), exceptions: [], ...availability };
    const path = `/appointments/practitioners/${practitionerId}/availability`;
    required(await this.staff.change('PUT', path, version, body), 200);
  }

  async book(booking: object): Promise<Booking> {
    return required<Booking>(await this.staff.post<Booking>('/appointments', booking), 201);
  }

  /** A visit in three days that can be booked: a type of its own, with a practitioner and a patient of its own. */
  async visit(type: object = {}, availability: object = {}): Promise<Visit> {
    const [{ id: typeId }, { id: patientId }] = await Promise.all([this.type(type), this.patient()]);
    const { id: practitionerId } = await this.practitioner([typeId], availability);
    return { typeId, patientId, practitionerId, start: ahead(3) };
  }

  /** Takes an appointment through these statuses. */
  async becomes(id: string, ...statuses: string[]): Promise<void> {
    for (const status of statuses)
      required(await this.staff.post(`/appointments/${id}/status`, { status }), 200);
  }

  hold(input: object): Promise<Hold> {
    return this.#made<Hold>('/appointments/holds', input);
  }

  wait(input: object): Promise<Entry> {
    return this.#made<Entry>('/appointments/waitlist', input);
  }

  series(input: object): Promise<Resource> {
    return this.#made('/appointments/series', input);
  }

  async #made<Made extends Resource = Resource>(path: string, body: object): Promise<Made> {
    return required(await this.staff.post<Made>(path, body), 201);
  }
}

function required<Body>(reply: Reply<Body>, status: number): Body {
  if (reply.status !== status)
    throw new Error(`${reply.status} instead of ${status}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** An availability of every day between such hours: `09:00-12:30`. */
export function openDaily(...hours: string[]): { weekly: object[] } {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const windows = hours.map((window) => window.split('-'));
  return { weekly: windows.map(([from, to]) => ({ days, from, to })) };
}

/** An instant some days ahead at a time of day in UTC: bookable wherever the clinic is open around the clock. */
export function ahead(days: number, time = '09:00'): string {
  const date = Temporal.Now.plainDateISO('UTC').add({ days });
  return `${date.toString()}T${time}:00Z`;
}

/** The half hour of such a number from the beginning of a day some days ahead. */
export function halfHour(days: number, index: number): string {
  return Temporal.Instant.from(ahead(days, '00:00'))
    .add({ minutes: 30 * index })
    .toString();
}
