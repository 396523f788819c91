import { Injectable } from '@nestjs/common';
import { Round } from '#platform';
import { FollowingService } from './following.service.ts';

const everyMs = 60_000;

/**
 * Looks now and then for what has not followed although its patient's state is known: an earlier version of the service,
 * which runs beside this one while it is replaced, keeps the states of a merge and takes nothing along. And for marks of a
 * collision that is over.
 */
@Injectable()
export class FollowingRound extends Round {
  constructor(private readonly following: FollowingService) {
    super('Following', everyMs, 'what was left behind could not be looked for and will be next time');
  }

  protected async work(): Promise<void> {
    await this.following.settleAll();
    const followed = await this.following.followAll();
    if (followed > 0) this.logger.warn({ followed }, 'appointments and series had been left behind');
  }
}
