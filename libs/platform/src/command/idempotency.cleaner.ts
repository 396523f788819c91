import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '../database/database.ts';
import { IdempotencyRepository } from './idempotency.repository.ts';

const everyMs = 3600_000;

/** Removes kept answers once they have expired. They count as absent from then on anyway: this only frees space. */
@Injectable()
export class IdempotencyCleaner implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Idempotency');
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.clean(), everyMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async clean(): Promise<void> {
    try {
      await this.idempotency.forgetExpired(this.database.reader);
    } catch (error) {
      this.#logger.warn({ err: error }, 'expired answers could not be removed and will be next time');
    }
  }
}
