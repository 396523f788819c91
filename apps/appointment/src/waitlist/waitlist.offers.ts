import { Injectable } from '@nestjs/common';
import type { WaitlistWhatDto } from '#contracts';
import type { Connection } from '#platform';
import { Claims } from '../booking/claims.ts';
import { Freeing } from '../freed/freeing.ts';
import { system } from '../history/history.ts';
import { HoldRepository } from '../hold/hold.repository.ts';
import type { WaitlistRow } from '../tables.ts';
import { nothingOffered, offerOf } from './entry.record.ts';
import { WaitlistRepository } from './entry.repository.ts';

/** How entries and what is offered to them end. Entries are locked before claims, everywhere. */
@Injectable()
export class WaitlistOffers {
  constructor(
    private readonly entries: WaitlistRepository,
    private readonly claims: Claims,
    private readonly holds: HoldRepository,
    private readonly freeing: Freeing,
  ) {}

  /**
   * Gives an offer back; the entry waits on, and the time goes to the next.
   * @returns the entry as it is now; undefined when its offer has run out
   */
  async decline(
    tx: Connection,
    entry: WaitlistRow,
    by: string,
    reason?: string,
  ): Promise<WaitlistRow | undefined> {
    if (entry.holdId === null || !(await this.claims.releaseHold(tx, entry.holdId))) return undefined;
    return this.#waitOn(tx, entry, by, { action: 'declined', ...(reason !== undefined && { reason }) });
  }

  /** Ends what a hold kept when it has run out or was ended otherwise, and the offer if it was one. */
  async lapse(tx: Connection, holdId: string): Promise<void> {
    const lapsed = await this.entries.findLapsedForChange(tx, holdId);
    const displaced = lapsed ? undefined : await this.entries.findDisplacedForChange(tx, holdId);
    if (lapsed) await this.#waitOn(tx, lapsed, system, { action: 'lapsed' });
    if (displaced) await this.#waitOn(tx, displaced, system, { action: 'displaced' });
    const released = await this.claims.releaseEnded(tx, holdId);
    const entry = lapsed ?? displaced;
    // Somebody else can have cleared the hold away; what was freed while the entry had it may be wanted now.
    if (entry && !released) await this.freeing.noteOpening(tx, { patientId: entry.patientId });
  }

  /**
   * What a patient waits for of a type, and whom the hold is offered to, kept so until the transaction ends: to be asked
   * before the time is taken.
   */
  waitingFor(
    tx: Connection,
    patientIds: readonly string[],
    typeId: string,
    holdId?: string,
  ): Promise<WaitlistRow[]> {
    return this.entries.openForChange(tx, patientIds, typeId, holdId);
  }

  /** Ends entries whose patient has what they wait for; what is offered to them besides goes to others. */
  async fulfil(
    tx: Connection,
    entries: readonly WaitlistRow[],
    appointmentId: string,
    by: string,
  ): Promise<void> {
    for (const entry of entries) {
      const offer = offerOf(entry);
      await this.end(tx, entry, { status: 'booked', appointmentId }, by, {
        action: 'booked',
        appointmentId,
        ...(offer && { offer }),
      });
    }
  }

  /** Ends what those of these patients wait for who are inactive now. */
  async endOfInactive(tx: Connection, patientIds: readonly string[]): Promise<void> {
    for (const entry of await this.entries.openOfInactiveForChange(tx, patientIds))
      await this.end(tx, entry, { status: 'expired' }, system, {
        action: 'expired',
        cause: 'patient_inactive',
      });
  }

  /**
   * Takes an entry along with the record that stands for its patient. A hold is one record's, and keeps that one's time
   * alone: what is offered to another is given back, and offered anew to whoever is first in line.
   */
  async follow(
    tx: Connection,
    { id, home, from, to }: { id: string; home: string; from: string; to: string },
  ): Promise<void> {
    const entry = await this.entries.findForChange(tx, id);
    if (entry?.patientId !== from) return;
    const moved = { patientId: to, homeId: home === to ? null : home };
    const hold = entry.holdId === null ? undefined : await this.holds.find(tx, entry.holdId);
    const isOthers = entry.status === 'offered' && hold?.patientId !== to;
    if (isOthers && entry.holdId !== null) await this.claims.release(tx, entry.holdId);
    const changed = await this.entries.change(
      tx,
      entry,
      isOthers ? { ...moved, ...nothingOffered, status: 'waiting' } : moved,
      system,
      { action: 'patient', patient: { from, to } },
    );
    // Another's calendar: what was freed while it was the former one's may fit now.
    if (changed.status === 'waiting') await this.freeing.noteOpening(tx, { patientId: to });
  }

  /** Ends an entry whose latest start has passed. */
  async endOver(tx: Connection, entryId: string): Promise<void> {
    const entry = await this.entries.findOverForChange(tx, entryId);
    if (entry)
      await this.end(tx, entry, { status: 'expired' }, system, {
        action: 'expired',
        cause: 'latest_passed',
      });
  }

  /** Ends an entry; what is offered to it and was not booked goes to others. */
  async end(
    tx: Connection,
    entry: WaitlistRow,
    fields: Pick<WaitlistRow, 'status'> & Partial<WaitlistRow>,
    by: string,
    what: WaitlistWhatDto,
  ): Promise<void> {
    if (entry.holdId !== null) await this.claims.release(tx, entry.holdId);
    await this.entries.change(tx, entry, { ...nothingOffered, ...fields }, by, what);
  }

  async #waitOn(tx: Connection, entry: WaitlistRow, by: string, what: WaitlistWhatDto): Promise<WaitlistRow> {
    const offer = offerOf(entry);
    // A displaced offer was never answered: the time may be offered again.
    const hold = offer && (await this.holds.find(tx, offer.holdId));
    if (hold && what.action !== 'displaced') await this.entries.pass(tx, entry.id, hold);
    return this.entries.change(tx, entry, { ...nothingOffered, status: 'waiting' }, by, {
      ...what,
      ...(offer && { offer }),
    });
  }
}
