import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.ts';
import { Round } from '../round.ts';
import { IdempotencyRepository } from './idempotency.repository.ts';

const everyMs = 3600_000;

/** Removes kept answers once they have expired. They count as absent from then on anyway: this only frees space. */
@Injectable()
export class IdempotencyCleaner extends Round {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyRepository,
  ) {
    super('Idempotency', everyMs, 'expired answers could not be removed and will be next time');
  }

  protected async work(): Promise<void> {
    while (!this.isStopping && (await this.idempotency.forgetExpired(this.database.reader)));
  }
}
