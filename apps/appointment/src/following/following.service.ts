import { Injectable } from '@nestjs/common';
import { Database, type Connection } from '#platform';
import { AppointmentRepository } from '../booking/appointment.repository.ts';
import { Claims } from '../booking/claims.ts';
import { occupies } from '../booking/lifecycle.ts';
import { system } from '../history/history.ts';
import { PatientRepository } from '../patient/patient.repository.ts';
import { WaitlistOffers } from '../waitlist/waitlist.offers.ts';
import { FollowingRepository, type Stray } from './following.repository.ts';

/** So many are moved in one transaction, which keeps bookings of their patients waiting. */
const movedAtOnce = 50;

/** Keeps appointments, series and entries of the waitlist with the record that stands for their patient. */
@Injectable()
export class FollowingService {
  constructor(
    private readonly database: Database,
    private readonly repository: FollowingRepository,
    private readonly patients: PatientRepository,
    private readonly appointments: AppointmentRepository,
    private readonly claims: Claims,
    private readonly waitlist: WaitlistOffers,
  ) {}

  /**
   * Before the states of patients are changed in this transaction: one who does waits for all others who do, and for those
   * who move what follows.
   */
  waitForOthers(tx: Connection): Promise<void> {
    return this.repository.waitForOthers(tx);
  }

  /** Whether there is anything to take along for these patients. */
  async isWanted(tx: Connection, patientIds: readonly string[]): Promise<boolean> {
    return (await this.repository.straysOf(tx, patientIds, 1)).length > 0;
  }

  /**
   * Takes along what was booked for these records, or for records merged into them, by what is known of them now:
   * whatever came before, the end is the same. An appointment whose time the patient already has otherwise keeps it all
   * the same, and is marked. A part at a time is committed: nobody waits for all of a large merge.
   */
  async follow(patientIds: readonly string[]): Promise<void> {
    await this.#followByParts((tx) => this.repository.straysOf(tx, patientIds, movedAtOnce));
  }

  /**
   * The same of whatever was left behind.
   * @returns how many appointments and series
   */
  async followAll(): Promise<number> {
    // Nobody is kept waiting for nothing.
    if ((await this.repository.anyStrays(this.database.reader, 1)).length === 0) return 0;
    return this.#followByParts((tx) => this.repository.anyStrays(tx, movedAtOnce));
  }

  /** Puts right the marks that an earlier version of the service left, or a hold that ran out. */
  async settleAll(): Promise<void> {
    for (const patientId of await this.repository.unsettled(this.database.reader))
      await this.database.transaction(async (tx) => {
        await this.patients.lock(tx, [patientId], 'no key update');
        await this.settle(tx, [patientId]);
      });
  }

  async #followByParts(find: (tx: Connection) => Promise<Stray[]>): Promise<number> {
    let count = 0;
    for (let moved = movedAtOnce; moved === movedAtOnce; count += moved)
      moved = await this.database.transaction((tx) => this.#followSome(tx, find));
    return count;
  }

  async #followSome(tx: Connection, find: (tx: Connection) => Promise<Stray[]>): Promise<number> {
    await this.waitForOthers(tx);
    const strays = await find(tx);
    if (strays.length === 0) return 0;
    const ofAppointments = strays.filter(({ kind }) => kind === 'appointment');
    await this.repository.keepWhatTheyName(
      tx,
      ofAppointments.map(({ id }) => id),
    );
    const concerned = [...new Set(strays.flatMap(({ home, from, to }) => [home, from, to]))];
    await this.patients.lock(tx, concerned, 'update');
    for (const stray of strays) {
      if (stray.kind === 'series') await this.repository.moveSeries(tx, stray);
      if (stray.kind === 'waitlist_entry') await this.waitlist.follow(tx, stray);
    }
    await this.#move(tx, ofAppointments);
    await this.settle(tx, concerned);
    await this.waitlist.endOfInactive(tx, concerned);
    return strays.length;
  }

  /**
   * Takes the mark from appointments of these patients where nothing else has the patient's time any more. To be called
   * when such time was freed, under a lock of the patients that others who call it wait for.
   */
  async settle(tx: Connection, patientIds: readonly string[]): Promise<void> {
    const marked = await this.repository.lockColliding(tx, patientIds);
    if (marked.length === 0) return;
    // Of those that collide with each other alone the first has the time.
    await this.claims.yieldPatient(
      tx,
      marked.map(({ id }) => id),
    );
    for (const appointment of marked)
      if (await this.claims.claimPatient(tx, appointment))
        await this.appointments.change(tx, appointment, { patientConflict: false }, system, {
          action: 'settled',
        });
  }

  async #move(tx: Connection, ofAppointments: readonly Stray[]): Promise<void> {
    const byId = new Map(ofAppointments.map((stray) => [stray.id, stray]));
    const present = await this.appointments.lock(tx, [...byId.keys()]);
    // One can have been moved by its own booking while its patient was waited for.
    const locked = present.filter(({ id, patientId }) => byId.get(id)?.from === patientId);
    await this.claims.releasePatient(
      tx,
      locked.map(({ id }) => id),
    );
    // Who had the time of two that move together keeps it.
    const inOrder = [...locked].sort((a, b) => Number(a.patientConflict) - Number(b.patientConflict));
    for (const appointment of inOrder) {
      const stray = byId.get(appointment.id);
      if (!stray) continue;
      const { home, from, to } = stray;
      const moved = { ...appointment, patientId: to, homeId: home === to ? null : home };
      const patientConflict = occupies(moved.status) && !(await this.claims.claimPatient(tx, moved));
      await this.appointments.change(tx, moved, { patientConflict }, system, {
        action: 'patient',
        patient: { from, to },
        ...(patientConflict && { patientConflict }),
      });
    }
  }
}
