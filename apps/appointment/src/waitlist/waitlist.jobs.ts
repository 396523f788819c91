import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Id, InstantText } from '#contracts';
import { Database, Queue } from '#platform';
import { FreedTimeJob, freedTimeQueue } from '../freed/freeing.ts';
import { HoldEndedJob, holdEndedQueue } from '../hold/hold.keeper.ts';
import { Offering } from './offering.ts';
import { WaitlistOffers } from './waitlist.offers.ts';

/** The queue of entries whose latest start has passed. */
export const entryOverQueue = 'waitlist-entry-over';

export class EntryOverJob {
  @Id() entryId!: string;
  @InstantText() due!: string;
}

/** Each can take a while, and others can take theirs meanwhile. */
const freedTimesAtOnce = 4;

/** What happens by itself. Every job can be done twice, and by several processes at once. */
@Injectable()
export class WaitlistJobs implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly queue: Queue,
    private readonly offering: Offering,
    private readonly offers: WaitlistOffers,
  ) {}

  onModuleInit(): void {
    this.queue.consume(freedTimeQueue, FreedTimeJob, (jobs) => this.#offer(jobs), freedTimesAtOnce);
    this.queue.consume(holdEndedQueue, HoldEndedJob, (jobs) => this.#lapse(jobs));
    this.queue.consume(entryOverQueue, EntryOverJob, (jobs) => this.#end(jobs));
  }

  async #offer(jobs: readonly FreedTimeJob[]): Promise<void> {
    for (const { freedTimeId } of jobs) await this.offering.offer(freedTimeId);
  }

  async #lapse(jobs: readonly HoldEndedJob[]): Promise<void> {
    for (const { holdId } of jobs) await this.database.transaction((tx) => this.offers.lapse(tx, holdId));
  }

  async #end(jobs: readonly EntryOverJob[]): Promise<void> {
    for (const { entryId } of jobs) await this.database.transaction((tx) => this.offers.endOver(tx, entryId));
  }
}
