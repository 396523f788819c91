import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { WaitlistOffered, waitlistOfferedQueue } from '#contracts';
import { Queue } from '#platform';

/**
 * Where a notice to the patient leaves: whoever can reach patients does it here, or consumes the queue in a service of
 * its own in place of this class. It is told at least once of every offer, by ids alone.
 */
@Injectable()
export class OfferNotice implements OnModuleInit {
  readonly #logger = new Logger('Waitlist');

  constructor(private readonly queue: Queue) {}

  onModuleInit(): void {
    this.queue.consume(waitlistOfferedQueue, WaitlistOffered, (offers) => this.send(offers));
  }

  send(offers: readonly WaitlistOffered[]): Promise<void> {
    for (const { entryId, holdId } of offers)
      this.#logger.log({ event: waitlistOfferedQueue, entryId, holdId }, 'a freed time is offered');
    return Promise.resolve();
  }
}
