import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../config/config.ts';
import { DomainError } from '../problem/domain-error.ts';

export class TooManyRequests extends DomainError {
  constructor(readonly retryAfterSeconds: number) {
    super('too_many_requests', `Wait ${retryAfterSeconds} s before the next request.`);
  }
}

/** Counts each caller's requests of the running minute, in this process. */
@Injectable()
export class RateLimiter {
  readonly #limiter: RateLimiterMemory;

  constructor(config: Config) {
    this.#limiter = new RateLimiterMemory({ points: config.rateLimitPerMinute, duration: 60 });
  }

  /** @throws TooManyRequests */
  async count(caller: string): Promise<void> {
    try {
      await this.#limiter.consume(caller);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      throw new TooManyRequests(Math.max(1, Math.ceil(error.msBeforeNext / 1000)));
    }
  }
}
