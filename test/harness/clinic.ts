import type { Client, Reply } from './client.ts';

export interface Resource {
  id: string;
  version: number;
}

export interface Booking extends Resource {
  status: string;
  start: string;
  end: string;
  practitionerId: string;
  patientId: string;
}

/** Builders of a clinic through the API; each fails the test at once when the API refuses. */
export class Clinic {
  constructor(private readonly staff: Client) {}

  patient(more: object = {}): Promise<Resource> {
    return this.#made('/patients', {
      name: [{ family: 'Sample', given: ['Sam'] }],
      birthDate: '1980-01-31',
      ...more,
    });
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
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    const body = {
      timeZone: 'UTC',
      weekly: [{ days, from: '00:00', to: '24:00' }],
      exceptions: [],
      ...availability,
    };
    const path = `/appointments/practitioners/${practitionerId}/availability`;
    required(await this.staff.change('PUT', path, version, body), 200);
  }

  async book(booking: object): Promise<Booking> {
    return required<Booking>(await this.staff.post<Booking>('/appointments', booking), 201);
  }

  hold(input: object): Promise<Resource> {
    return this.#made('/appointments/holds', input);
  }

  series(input: object): Promise<Resource> {
    return this.#made('/appointments/series', input);
  }

  async #made(path: string, body: object): Promise<Resource> {
    return required<Resource>(await this.staff.post<Resource>(path, body), 201);
  }
}

function required<Body>(reply: Reply<Body>, status: number): Body {
  if (reply.status !== status)
    throw new Error(`${reply.status} instead of ${status}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** An instant some days ahead at a time of day in UTC: bookable wherever the clinic is open around the clock. */
export function ahead(days: number, time = '09:00'): string {
  const date = Temporal.Now.plainDateISO('UTC').add({ days });
  return `${date.toString()}T${time}:00Z`;
}
