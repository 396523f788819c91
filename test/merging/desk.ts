import pg from 'pg';
import type { PatientChanged } from '#contracts';
import { PatientCopy } from '../../apps/appointment/src/patient/patient.copy.ts';
import { contradictionsSeenBy } from '../faults/contradictions.ts';
import { ahead, Clinic, type Booking } from '../harness/clinic.ts';
import type { Reply } from '../harness/client.ts';
import { disagreementsSeenBy, merge, undo, type Merge } from '../harness/merges.ts';
import { startSystem, type System } from '../harness/system.ts';

const times = ['09:00', '09:15', '11:00'];
const practitionerCount = 4;

export interface Registered {
  id: string;
  version: number;
  gender: string;
  telecom: object[];
  identifier: object[];
  [field: string]: unknown;
}

/** Both services, past the gateway, with the post between them in the test's hands, and what was made in a sequence, in its order. */
export class MergingDesk {
  patients: string[] = [];
  merges: string[] = [];
  /** Each with the patient that it was answered to be for. */
  appointments: { id: string; patientId: string }[] = [];
  #delivered: PatientChanged[] = [];

  private constructor(
    readonly system: System,
    private readonly client: pg.Client,
    private readonly people: Clinic,
    private readonly typeId: string,
    private readonly practitionerIds: string[],
  ) {}

  static async open(): Promise<MergingDesk> {
    const system = await startSystem();
    const client = new pg.Client(system.database.superuserUrl);
    await client.connect();
    // What is told lies there, is found by who looks for it, and is delivered by the test alone.
    await client.query(`
      create function public.keep_back() returns trigger language plpgsql as
        $$ begin new.start_after := now() + interval '1 day'; return new; end $$;
      create trigger keep_back before insert on jobs.job for each row
        when (new.name = 'patient-changed') execute function public.keep_back()`);
    const clinic = new Clinic(system.direct.appointment);
    const type = await clinic.type({ slotStep: 15 });
    const made = Array.from({ length: practitionerCount }, () => clinic.practitioner([type.id]));
    return new MergingDesk(
      system,
      client,
      new Clinic(system.direct.patient),
      type.id,
      (await Promise.all(made)).map(({ id }) => id),
    );
  }

  async close(): Promise<void> {
    await this.client.end();
    await this.system.stop();
  }

  async clear(): Promise<void> {
    [this.patients, this.merges, this.appointments, this.#delivered] = [[], [], [], []];
    await this.client.query(`
      delete from appointment.claim; delete from appointment.override_claim;
      delete from appointment.appointment_change; delete from appointment.appointment;
      delete from appointment.patient; delete from patient.merge; delete from patient.patient;
      delete from jobs.job where name = 'patient-changed'`);
  }

  async register(details: object): Promise<Registered> {
    const record = (await this.people.patient(details)) as Registered;
    this.patients.push(record.id);
    return record;
  }

  async read(id: string): Promise<Registered> {
    return (await this.system.direct.patient.get<Registered>(`/patients/${id}`)).body;
  }

  change(id: string, version: number, patch: object): Promise<Reply> {
    return this.system.direct.patient.change('PATCH', `/patients/${id}`, version, patch);
  }

  async merge(survivorId: string, duplicateId: string): Promise<Reply<Merge>> {
    const reply = await merge(this.system.direct.patient, survivorId, duplicateId);
    if (reply.status === 201) this.merges.push(reply.body.id);
    return reply;
  }

  undo(mergeId: string): Promise<Reply<Merge>> {
    return undo(this.system.direct.patient, mergeId);
  }

  async book(
    patientId: string,
    practitioner: number,
    time: number,
    isOverride: boolean,
  ): Promise<Reply<Booking>> {
    const reply = await this.system.direct.appointment.post<Booking>('/appointments', {
      ...this.#place(practitioner, time),
      typeId: this.typeId,
      patientId,
      ...(isOverride && { override: { reason: 'Urgent' } }),
    });
    if (reply.status === 201) this.appointments.push({ id: reply.body.id, patientId: reply.body.patientId });
    return reply;
  }

  becomes(id: string, status: string): Promise<Reply> {
    return this.system.direct.appointment.post(`/appointments/${id}/status`, { status });
  }

  move(id: string, practitioner: number, time: number): Promise<Reply> {
    return this.system.direct.appointment.post(
      `/appointments/${id}/reschedule`,
      this.#place(practitioner, time),
    );
  }

  /**
   * Hands the book what `choose` takes of the post that lies there and of what it had before.
   * @param isKept as when a consumer dies before it has said that it is done: it will come again
   */
  async deliver(
    choose: (undelivered: PatientChanged[], delivered: PatientChanged[]) => PatientChanged[],
    isKept = false,
  ): Promise<number> {
    const { rows } = await this.client.query<{ id: string; data: PatientChanged }>(
      `select id, data from jobs.job where name = 'patient-changed' order by created_on`,
    );
    const chosen = choose(
      rows.map(({ data }) => data),
      this.#delivered,
    );
    if (chosen.length > 0) await this.system.apps.appointment.get(PatientCopy).keep(chosen);
    const done = rows.filter(({ data }) => chosen.includes(data));
    if (!isKept) {
      await this.client.query('delete from jobs.job where id = any($1)', [done.map(({ id }) => id)]);
      this.#delivered.push(...done.map(({ data }) => data));
    }
    return rows.length - (isKept ? 0 : done.length);
  }

  disagreements(): Promise<string[]> {
    return disagreementsSeenBy(this.client);
  }

  contradictions(): Promise<string[]> {
    return contradictionsSeenBy(this.client);
  }

  async collisions(): Promise<number> {
    const { rowCount } = await this.client.query(
      'select from appointment.appointment where patient_conflict',
    );
    return rowCount ?? 0;
  }

  /** Appointments by whose they are, in the order they were made. */
  async owners(): Promise<{ id: string; patientId: string }[]> {
    const { rows } = await this.client.query<{ id: string; patientId: string }>(
      'select id, patient_id as "patientId" from appointment.appointment order by id',
    );
    return rows;
  }

  /** Appointments that are not their patient's by what the register says, whatever the book knows. */
  async astray(): Promise<string[]> {
    const { rows } = await this.client.query<{ id: string }>(`
      select id from appointment.appointment where patient_id is distinct from (
        with recursive way (id, replaced_by) as (
          select id, replaced_by from patient.patient where id = coalesce(home_id, patient_id)
          union all select next.id, next.replaced_by from way join patient.patient as next on next.id = way.replaced_by)
        select way.id from way where replaced_by is null)`);
    return rows.map(({ id }) => id);
  }

  #place(practitioner: number, time: number): object {
    return {
      practitionerId: this.practitionerIds[practitioner % practitionerCount],
      start: ahead(3, times[time % times.length]),
    };
  }
}
