import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { waitlistOfferedQueue, type WaitlistOffered } from '#contracts';
import { Database, DomainError, Queue, type Connection } from '#platform';
import { instantText, minuteMs, occupied } from '../booking/rules/index.ts';
import { Taking } from '../booking/taking.ts';
import { TermsReader } from '../booking/terms.ts';
import { system } from '../history/history.ts';
import { HoldKeeper } from '../hold/hold.keeper.ts';
import { HoldRepository } from '../hold/hold.repository.ts';
import type { FreeTime } from '../slot/free-times.ts';
import type { Candidate } from './candidate.repository.ts';
import { isOf, WaitlistRepository } from './entry.repository.ts';
import { WaitlistSettings } from './waitlist.settings.ts';

/**
 * `gone`: nobody can have the time. `busy`: this patient has something else then, or left it once. `ended`: the entry
 * waits no more, is another record's by now, or its patient can't be booked for.
 */
export type OfferOutcome = 'offered' | 'gone' | 'busy' | 'ended';

const defaultOfferSeconds = 1_800;

/** Problems of the patient's, not of the time. */
const patientProblems: readonly string[] = ['patient_unknown', 'patient_inactive'];
const timeProblems: readonly string[] = ['type_unknown', 'practitioner_unknown'];

/** Holds a time for somebody who waits. */
@Injectable()
export class OfferMaker {
  constructor(
    private readonly database: Database,
    private readonly terms: TermsReader,
    private readonly taking: Taking,
    private readonly holds: HoldRepository,
    private readonly keeper: HoldKeeper,
    private readonly entries: WaitlistRepository,
    private readonly queue: Queue,
    private readonly settings: WaitlistSettings,
  ) {}

  /** By the rules and locks of any hold; the entry is offered the time if and only if it is held. */
  async offer(candidate: Candidate, time: FreeTime): Promise<OfferOutcome> {
    try {
      return await this.database.transaction((tx) => this.#offer(tx, candidate, time));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (patientProblems.includes(error.code)) return 'ended';
      if (timeProblems.includes(error.code)) return 'gone';
      throw error;
    }
  }

  async #offer(
    tx: Connection,
    { id, patientId, typeId }: Candidate,
    { start: startMs, practitionerId }: FreeTime,
  ): Promise<OfferOutcome> {
    const terms = await this.terms.lock(tx, { typeId, practitionerId, patientId });
    const entry = await this.entries.findForChange(tx, id);
    // Since it was looked for it can have gone to another record, by a merge or its undo: then it is looked for anew.
    if (entry?.status !== 'waiting' || entry.patientId !== terms.patientId) return 'ended';
    const start = instantText(startMs);
    const passed = await this.entries.passed(tx, [id]);
    const { patient: visit } = occupied(terms.type, startMs);
    if (passed.some((time) => isOf(time, practitionerId, visit))) return 'busy';
    const holdId = randomUUIDv7();
    const { WAITLIST_OFFER_SECONDS: seconds = defaultOfferSeconds } = this.settings;
    const notice = instantText(startMs - terms.type.minNoticeMinutes * minuteMs);
    const expiresAt = await this.holds.expiry(tx, seconds, notice);
    const now = Date.now();
    const result = await this.taking.attempt(tx, holdId, terms, startMs, now, expiresAt);
    if (!result.taken) return result.reasons.every(({ code }) => code === 'patient_busy') ? 'busy' : 'gone';
    const { roomId } = result;
    const held = { id: holdId, roomId, expiresAt, createdAt: instantText(now) };
    await this.keeper.keep(tx, terms, start, held);
    const offer = { holdId, start, practitionerId, expiresAt };
    const offered = {
      holdId,
      offerStart: start,
      offerPractitionerId: practitionerId,
      offerExpiresAt: expiresAt,
    };
    await this.entries.change(tx, entry, { status: 'offered', ...offered }, system, {
      action: 'offered',
      offer,
    });
    const event: WaitlistOffered = { entryId: id, patientId: terms.patientId, holdId };
    await this.queue.send(tx, waitlistOfferedQueue, id, event);
    return 'offered';
  }
}
