import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Unauthorized } from '../access/token-verifier.ts';
import { Config } from '../config/config.ts';
import { DomainError } from '../problem/domain-error.ts';
import { Windows } from './windows.ts';

const windowMs = 60_000;
/** About 20 MB for each of the two kinds; callers have a table of their own, which strangers can't fill. */
const maxCounted = 100_000;

export class TooManyRequests extends DomainError {
  constructor(readonly retryAfterSeconds: number) {
    super('too_many_requests', `Wait ${retryAfterSeconds} s before the next request.`);
  }
}

/** Counts each caller's requests of the running minute, in this process; see docs/decisions/0014-rate-limit.md. */
@Injectable()
export class RateLimiter {
  readonly #perMinute: number;
  readonly #callers = new Windows(windowMs, maxCounted);
  readonly #addresses = new Windows(windowMs, maxCounted);

  constructor(config: Config) {
    this.#perMinute = config.rateLimitPerMinute;
  }

  /** Counts a request of a caller who is known. @throws TooManyRequests */
  countCaller(subject: string): void {
    this.#count(this.#callers, subject);
  }

  /** Counts a request that is refused without asking who sends it; what to say instead once there are too many. */
  strangerRefusal(address: string): TooManyRequests | undefined {
    return this.#tooMany(this.#addresses, networkOf(address));
  }

  /**
   * Finds out who sends from an address, which is counted before the effort and forgiven unless it proves nothing: so a
   * flood of bad tokens costs no more signature checks than the limit, and nobody pays for an issuer that is away.
   * @throws TooManyRequests, or as `identify` does
   */
  async identified<Caller>(address: string, identify: () => Promise<Caller>): Promise<Caller> {
    const network = networkOf(address);
    this.#count(this.#addresses, network);
    let proofless = false;
    try {
      return await identify();
    } catch (error) {
      proofless = error instanceof Unauthorized;
      throw error;
    } finally {
      if (!proofless) this.#addresses.uncount(network);
    }
  }

  #count(windows: Windows, name: string): void {
    const refusal = this.#tooMany(windows, name);
    if (refusal) throw refusal;
  }

  #tooMany(windows: Windows, name: string): TooManyRequests | undefined {
    const { count, endsInMs } = windows.count(name, Date.now());
    return count > this.#perMinute ? new TooManyRequests(Math.max(1, Math.ceil(endsInMs / 1000))) : undefined;
  }
}

/** One IPv6 customer has at least 2^64 addresses (RFC 6177), so what tells them apart is the first half. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address.replace('::ffff:', '');
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const after = tail?.split(':').filter((group) => group !== '').length ?? 0;
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - after)).fill('0');
  return [...groups, ...zeros, ...(tail?.split(':') ?? [])]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
