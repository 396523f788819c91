import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { DomainError } from '../problem/domain-error.ts';

const timeoutMs = 5_000;
/** At most this often the issuer is asked, whatever for: an unknown key may be new, or made up. */
const cooldownMs = 1_000;
/** So long nothing but an unknown key makes us ask: a key that the issuer withdraws is accepted no longer than this. */
const maxAgeMs = 600_000;
/** So much longer the keys last read serve while the issuer can't be reached: what Cognito's tokens live by default. */
const outageMs = 3_600_000;

/** The keys that an OpenID issuer publishes, read when they are first needed, when they are old, and for an unknown one. */
export class IssuerKeys {
  #keys: JWTVerifyGetKey | undefined;
  #uri: string | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #isAsking = false;
  #isAway = false;
  #outcome = Promise.resolve();

  constructor(private readonly issuer: string) {}

  /** When they were read, in epoch ms; undefined once that is too long ago to rely on without asking. */
  get freshSince(): number | undefined {
    return isWithin(this.#readAt, maxAgeMs) ? this.#readAt : undefined;
  }

  /** The key that a token says it was signed by. @throws JOSEError when there is none; DomainError unavailable */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.#current();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#ask();
      return (this.#keys ?? keys)(header, token);
    }
  };

  async #current(): Promise<JWTVerifyGetKey> {
    if (this.#keys && isWithin(this.#readAt, maxAgeMs)) return this.#keys;
    const known = isWithin(this.#readAt, maxAgeMs + outageMs) ? this.#keys : undefined;
    // Once the issuer is known to be away, nobody waits for it who need not.
    const wasAway = this.#isAway;
    const outcome = this.#ask().catch((error: unknown) => {
      if (!known) throw error;
    });
    if (!known || !wasAway) await outcome;
    if (!this.#keys) throw away();
    return this.#keys;
  }

  /** One question at a time; whoever asks again too soon shares the last one's outcome. */
  #ask(): Promise<void> {
    if (this.#isAsking || isWithin(this.#askedAt, cooldownMs)) return this.#outcome;
    this.#askedAt = Date.now();
    this.#isAsking = true;
    this.#outcome = this.#read()
      .then(
        () => {
          this.#isAway = false;
        },
        (error: unknown) => {
          this.#isAway = true;
          throw away(error);
        },
      )
      .finally(() => {
        this.#isAsking = false;
      });
    return this.#outcome;
  }

  async #read(): Promise<void> {
    this.#uri ??= await discover(this.issuer);
    const keys = await document<JSONWebKeySet>(this.#uri);
    this.#keys = createLocalJWKSet(keys);
    this.#readAt = Date.now();
  }
}

/** Whether it happened so recently; a clock that was set back leaves moments ahead of it, which are none. */
function isWithin(epochMs: number, ms: number): boolean {
  const age = Date.now() - epochMs;
  return age >= 0 && age < ms;
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html */
async function discover(issuer: string): Promise<string> {
  const found = await document<{ issuer?: unknown; jwks_uri?: unknown }>(
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
  );
  if (found.issuer !== issuer || typeof found.jwks_uri !== 'string')
    throw new TypeError('the issuer publishes no matching openid-configuration');
  return found.jwks_uri;
}

async function document<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  if (!response.ok) throw new TypeError(`the issuer answered ${response.status}`);
  return (await response.json()) as T;
}

function away(cause?: unknown): DomainError {
  const error = new DomainError('unavailable', 'The token issuer can’t be reached to verify the token.');
  return Object.assign(error, { cause });
}
