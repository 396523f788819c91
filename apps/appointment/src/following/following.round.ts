import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { FollowingService } from './following.service.ts';

const everyMs = 60_000;

/**
 * Looks now and then for what has not followed although its patient's state is known: an earlier version of the service,
 * which runs beside this one while it is replaced, keeps the states of a merge and takes nothing along.
 */
@Injectable()
export class FollowingRound implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Following');
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly following: FollowingService) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.go(), everyMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async go(): Promise<void> {
    try {
      const followed = await this.following.followAll();
      if (followed > 0) this.#logger.warn({ followed }, 'appointments and series had been left behind');
    } catch (error) {
      this.#logger.warn({ err: error }, 'what was left behind could not be looked for and will be next time');
    }
  }
}
