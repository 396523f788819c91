import { Injectable } from '@nestjs/common';
import type { Connection } from '#platform';
import { AppointmentRepository } from '../booking/appointment.repository.ts';
import { Claims } from '../booking/claims.ts';
import { occupies } from '../booking/lifecycle.ts';
import { PatientRepository } from '../patient/patient.repository.ts';
import { FollowingRepository, type Stray } from './following.repository.ts';

/** Who makes the changes that follow from others, in the history. */
const system = 'system';

/** Keeps appointments and series with the record that stands for their patient. */
@Injectable()
export class FollowingService {
  constructor(
    private readonly repository: FollowingRepository,
    private readonly patients: PatientRepository,
    private readonly appointments: AppointmentRepository,
    private readonly claims: Claims,
  ) {}

  /** To be called before the states of patients are changed in this transaction. */
  waitForOthers(tx: Connection): Promise<void> {
    return this.repository.waitForOthers(tx);
  }

  /**
   * Takes along what was booked for these records, or for records merged into them, by what is known of them now:
   * whatever came before, the end is the same. An appointment whose time the patient already has otherwise keeps it for
   * the practitioner and the room and is marked.
   */
  async follow(tx: Connection, patientIds: readonly string[]): Promise<void> {
    const strays = await this.repository.straysOf(tx, patientIds);
    if (strays.length === 0) return;
    const concerned = [...new Set(strays.flatMap(({ home, from, to }) => [home, from, to]))];
    // As bookings do: the patients first, then appointments and claims.
    await this.patients.lockForChange(tx, concerned);
    for (const stray of strays) if (stray.kind === 'series') await this.repository.moveSeries(tx, stray);
    await this.#move(tx, strays);
    await this.settle(tx, concerned);
  }

  /**
   * Gives the marked appointments of these patients their patients' time where nothing else has it any more. To be called
   * when such time was freed, under a lock of the patients.
   */
  async settle(tx: Connection, patientIds: readonly string[]): Promise<void> {
    for (const appointment of await this.repository.lockColliding(tx, patientIds))
      if (await this.claims.claimPatient(tx, appointment))
        await this.appointments.change(tx, appointment, { patientConflict: false }, system, {
          action: 'settled',
        });
  }

  async #move(tx: Connection, strays: readonly Stray[]): Promise<void> {
    const byId = new Map(strays.map((stray) => [stray.id, stray]));
    const locked = await this.repository.lock(tx, [...byId.keys()]);
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
