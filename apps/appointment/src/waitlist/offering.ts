import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, Queue } from '#platform';
import { dayMs, instantText, longestVisitMs, type Span } from '../booking/rules/index.ts';
import type { FreedTime } from '../freed/freed-time.ts';
import { FreedTimeRepository, type KeptFreedTime } from '../freed/freed-time.repository.ts';
import { freedTimeQueue } from '../freed/freeing.ts';
import { FreeTimes, type FreeTime } from '../slot/free-times.ts';
import { AppointmentTypeRepository } from '../type/type.repository.ts';
import { CandidateRepository, type Candidate, type Place, type Wanted } from './candidate.repository.ts';
import { isOf, WaitlistRepository, type Passed } from './entry.repository.ts';
import { FreedStarts } from './freed-starts.ts';
import { OfferMaker } from './offer.ts';
import { OpenStarts } from './open-starts.ts';

/** The first in line takes most times; who has many before him is reached in few steps all the same. */
const firstPage = 20;
const largestPage = 500;
/** A long time that was freed is offered in parts, so that no job takes long. */
const mostOffers = 100;
const longestStretchMs = 10;

/** Offers freed time to those who wait for it, in their order, until nothing of it is left or nobody wants it. */
@Injectable()
export class Offering {
  constructor(
    private readonly database: Database,
    private readonly freedTimes: FreedTimeRepository,
    private readonly types: AppointmentTypeRepository,
    private readonly candidates: CandidateRepository,
    private readonly starts: FreedStarts,
    private readonly freeTimes: FreeTimes,
    private readonly entries: WaitlistRepository,
    private readonly offers: OfferMaker,
    private readonly queue: Queue,
  ) {}

  /** May be called again, and by several at once, for the same time: nobody is offered it twice. */
  async offer(freedTimeId: string): Promise<void> {
    const { reader } = this.database;
    const freed = await this.freedTimes.find(reader, freedTimeId);
    if (!freed) return;
    let isDone = await this.#offerToLine(freed);
    if (isDone) {
      await this.freedTimes.markAsked(reader, freedTimeId);
      // Who had time again meanwhile has left the time to those in line, and may want what they left.
      if (await this.freedTimes.hasAnybodySince(reader, freed)) isDone = await this.#offerToLine(freed);
    }
    if (!isDone) await this.queue.send(reader, freedTimeQueue, freedTimeId, { freedTimeId });
    if (freed.patientId !== undefined) await this.#lookAgain(freed.patientId);
  }

  /**
   * Who came to wait later could have booked the time.
   * @returns whether everybody has been asked
   */
  async #offerToLine(freed: KeptFreedTime): Promise<boolean> {
    const wanted = await this.candidates.wanted(this.database.reader, freed);
    const open = await this.#open([freed], wanted, freed.freedAt);
    return this.#offerInOrder(open, freed.freedAt);
  }

  /** Somebody who has time again may want what was freed while they had none. */
  async #lookAgain(patientId: string): Promise<void> {
    const { reader } = this.database;
    for (const candidate of await this.candidates.ofPatient(reader, patientId)) {
      const { typeId, earliest: start, latest: end, createdAt } = candidate;
      const within = {
        earliest: instantText(start - longestVisitMs),
        latest: instantText(end + longestVisitMs),
      };
      const freed = await this.freedTimes.since(reader, createdAt, within, candidate);
      const open = await this.#open(united(freed), [{ typeId, start, end }], createdAt);
      await this.#offerTo(open, [candidate]);
    }
  }

  async #open(freed: readonly FreedTime[], wanted: readonly Wanted[], since: string): Promise<OpenStarts> {
    const open = new OpenStarts();
    for (const { typeId, ...within } of wanted) {
      const type = await this.types.find(this.database.reader, typeId);
      if (!type) continue;
      const times: FreeTime[][] = [];
      for (const each of freed) times.push(await this.starts.of(each, type, within, since));
      open.add(type, times.flat());
    }
    return open;
  }

  /** @returns whether everybody has been asked */
  async #offerInOrder(open: OpenStarts, by: string): Promise<boolean> {
    let after: Place | undefined;
    let made = 0;
    for (let size = firstPage; made < mostOffers; size = Math.min(2 * size, largestPage)) {
      const { span, typeIds } = open;
      if (!span) return true;
      const page = await this.candidates.inOrder(this.database.reader, typeIds, span, by, after, size);
      after = page.at(-1);
      if (!after) return true;
      made += await this.#offerTo(open, page);
    }
    return false;
  }

  /** @returns how many offers were made */
  async #offerTo(open: OpenStarts, candidates: readonly Candidate[]): Promise<number> {
    const isBusy = await this.#calendars(open, candidates);
    const passed = await this.#passed(candidates);
    let made = 0;
    let breathed = performance.now();
    for (const candidate of candidates) {
      const { id, patientId, typeId } = candidate;
      for (const time of open.for(candidate)) {
        // Where much was freed and hardly anybody can have it, requests have to be served meanwhile.
        if (performance.now() - breathed > longestStretchMs) {
          await breathe();
          breathed = performance.now();
        }
        const visit = open.visit(typeId, time);
        const hasPassed = passed.get(id)?.some((each) => isOf(each, time.practitionerId, visit)) ?? false;
        if (hasPassed || isBusy(patientId, visit)) continue;
        const outcome = await this.offers.offer(candidate, time);
        if (outcome === 'gone') open.drop(typeId, time);
        if (outcome === 'offered') {
          open.take(typeId, time);
          made += 1;
        }
        if (outcome === 'offered' || outcome === 'ended') break;
      }
    }
    return made;
  }

  /** Whether patients have something else during a span, as far as it is known now. */
  async #calendars(
    open: OpenStarts,
    candidates: readonly Candidate[],
  ): Promise<(patientId: string, during: Span) => boolean> {
    const { span } = open;
    if (!span || candidates.length === 0) return () => false;
    const ids = [...new Set(candidates.map(({ patientId }) => patientId))];
    const within = { start: span.start, end: span.end + dayMs };
    return this.freeTimes.occupation(this.database.reader, ids, within);
  }

  async #passed(candidates: readonly Candidate[]): Promise<Map<string, Passed[]>> {
    const ids = candidates.map(({ id }) => id);
    const passed = ids.length === 0 ? [] : await this.entries.passed(this.database.reader, ids);
    return Map.groupBy(passed, ({ entryId }) => entryId);
  }
}

/** What was freed of one practitioner or room is looked at together. */
function united(freed: readonly FreedTime[]): FreedTime[] {
  const groups = Map.groupBy(freed, ({ practitionerId, roomId }) => `${practitionerId} ${roomId}`);
  return [...groups.values()].map((group) => ({
    practitionerId: group[0]?.practitionerId,
    roomId: group[0]?.roomId,
    during: group.flatMap(({ during }) => during),
  }));
}
