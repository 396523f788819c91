import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PatientChanged, patientChangedQueue, patientsWantedQueue, type PatientsWanted } from '#contracts';
import { Database, Queue } from '#platform';
import { FollowingService } from '../following/following.service.ts';
import { WaitlistOffers } from '../waitlist/waitlist.offers.ts';
import { newestOfEach, PatientRepository } from './patient.repository.ts';

/** The book's own copy of what it must know of patients, as the register tells it. */
@Injectable()
export class PatientCopy implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
    private readonly following: FollowingService,
    private readonly waitlist: WaitlistOffers,
    private readonly queue: Queue,
  ) {}

  onModuleInit(): void {
    this.queue.consume(patientChangedQueue, PatientChanged, (states) => this.keep(states));
  }

  /** Keeps each state that is newer than the one known; then, newer or not, appointments follow. */
  async keep(states: readonly PatientChanged[]): Promise<void> {
    const newest = newestOfEach(states);
    const ids = newest.map(({ id }) => id);
    const isFollowed = await this.database.transaction(async (tx) => {
      await this.following.waitForOthers(tx);
      await this.patients.lock(tx, ids, 'update');
      await this.patients.applyNewer(tx, newest);
      await this.waitlist.endOfInactive(tx, ids);
      return this.following.isWanted(tx, ids);
    });
    // A crash in between loses nothing: the job is not done yet, and comes again.
    if (isFollowed) await this.following.follow(ids);
  }

  /**
   * Has the register tell everything again, while both go on serving. Until it has, what is known is gone by, but counts
   * as older than whatever is told: so what is wrong, lost or ahead of the register becomes right.
   */
  async rebuild(): Promise<void> {
    let after = await this.#doubt(undefined);
    while (after !== undefined) after = await this.#doubt(after);
    const everything: PatientsWanted = {};
    await this.queue.send(this.database.reader, patientsWantedQueue, 'all', everything);
  }

  #doubt(after: string | undefined): Promise<string | undefined> {
    return this.database.transaction(async (tx) => {
      await this.following.waitForOthers(tx);
      return this.patients.doubt(tx, after);
    });
  }
}
