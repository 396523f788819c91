import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

const everyMs = 40;
const quietWithinMs = 90_000;

interface Listener {
  clinic: number;
  since: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

// Jobs that are due, or somebody's, by whose clinic they are.
const busyClinics = `
  with job as (
    select name, singleton_key::uuid as key from jobs.job
    where name in ('freed-time', 'hold-ended', 'waitlist-entry-over', 'patient-changed')
      and (state in ('retry', 'active') or (state = 'created' and start_after <= clock_timestamp())))
  select distinct clinic from public.clinic_part join (
    select unnest(array[practitioner_id, room_id, patient_id, type_ids[1]]) as id
      from job join appointment.freed_time on freed_time.id = key where name = 'freed-time'
    union all select practitioner_id from job join appointment.hold on hold.id = key where name = 'hold-ended'
    union all select type_id from job join appointment.waitlist_entry as entry on entry.id = key
      where name = 'waitlist-entry-over'
    union all select key from job where name = 'patient-changed') as part using (id)`;

/** Tells when all that happens by itself in one of many clinics has happened. */
export class Quiet {
  #listeners: Listener[] = [];
  #isOpen = true;
  #loop: Promise<void> = Promise.resolve();

  private constructor(private readonly superuser: pg.Pool) {}

  static async open(superuser: pg.Pool): Promise<Quiet> {
    await superuser.query('create table public.clinic_part (id uuid primary key, clinic int not null)');
    const quiet = new Quiet(superuser);
    quiet.#loop = quiet.#listen();
    return quiet;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#loop;
  }

  async isOf(clinic: number, ids: readonly string[]): Promise<void> {
    await this.superuser.query('insert into public.clinic_part select unnest($1::uuid[]), $2', [ids, clinic]);
  }

  in(clinic: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#listeners.push({ clinic, since: Date.now(), resolve, reject });
    });
  }

  async #listen(): Promise<void> {
    while (this.#isOpen) {
      const listeners = this.#listeners;
      this.#listeners = [];
      if (listeners.length > 0) await this.#tell(listeners);
      await sleep(everyMs);
    }
  }

  async #tell(listeners: readonly Listener[]): Promise<void> {
    try {
      const { rows } = await this.superuser.query<{ clinic: number }>(busyClinics);
      const busy = new Set(rows.map(({ clinic }) => clinic));
      for (const listener of listeners)
        if (!busy.has(listener.clinic)) listener.resolve();
        else if (Date.now() < listener.since + quietWithinMs) this.#listeners.push(listener);
        else listener.reject(new Error(`clinic ${listener.clinic} does not come to rest`));
    } catch (error) {
      for (const { reject } of listeners) reject(error as Error);
    }
  }
}
