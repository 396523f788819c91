import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { DomainError } from '../problem/domain-error.ts';

const timeoutMs = 5_000;
/** At most this often the issuer is asked, whatever for: an unknown key may be new, or made up. */
const cooldownMs = 1_000;
/**
 * So long nothing but an unknown key makes us ask. A key that the issuer withdraws is accepted no longer than this while
 * the issuer answers, and for `outageMs` more while it doesn't.
 */
const maxAgeMs = 600_000;
/** So much longer the keys last read serve while the issuer can't be reached: what Cognito's tokens live by default. */
const outageMs = 3_600_000;
/** So long after the issuer failed to answer nobody waits for it who need not. */
const awayMs = 60_000;

/** What the issuer publishes, until it publishes something else. */
interface Published {
  readonly text: string;
  readonly keyOf: JWTVerifyGetKey;
  /** Those that were asked for. */
  readonly used: WeakSet<VerifyKey>;
}

/** A key by which a token was verified. */
export type VerifyKey = Awaited<ReturnType<JWTVerifyGetKey>>;

/** The keys that an OpenID issuer publishes, read when they are first needed, when they are old, and for an unknown one. */
export class IssuerKeys {
  #published: Published | undefined;
  #uri: string | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #isAsking = false;
  #outcome = Promise.resolve();

  constructor(private readonly issuer: string) {}

  /** Whether `keyOf` would find a key again that it found before, without waiting for the issuer. */
  holds(key: VerifyKey): boolean {
    return this.#atHand()?.used.has(key) ?? false;
  }

  /** The key that a token says it was signed by. @throws JOSEError when there is none; DomainError unavailable */
  readonly keyOf: JWTVerifyGetKey = async (header, token) => {
    const published = await this.#current();
    try {
      return await use(published, header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#ask();
      return use(this.#published ?? published, header, token);
    }
  };

  async #current(): Promise<Published> {
    const atHand = this.#atHand();
    if (atHand) return atHand;
    const known = isWithin(this.#readAt, maxAgeMs + outageMs) ? this.#published : undefined;
    await this.#ask().catch((error: unknown) => {
      if (!known) throw error;
    });
    if (!this.#published) throw away();
    return this.#published;
  }

  /** What serves at once: what is fresh, and what is old while the issuer is away, which is then asked meanwhile. */
  #atHand(): Published | undefined {
    if (isWithin(this.#readAt, maxAgeMs)) return this.#published;
    if (!isWithin(this.#failedAt, awayMs) || !isWithin(this.#readAt, maxAgeMs + outageMs)) return undefined;
    this.#ask().catch(() => undefined);
    return this.#published;
  }

  /** One question at a time; whoever asks again too soon shares the last one's outcome. */
  #ask(): Promise<void> {
    if (this.#isAsking || isWithin(this.#askedAt, cooldownMs)) return this.#outcome;
    this.#askedAt = Date.now();
    this.#isAsking = true;
    this.#outcome = this.#read()
      .then(
        () => {
          this.#failedAt = Number.NEGATIVE_INFINITY;
        },
        (error: unknown) => {
          this.#failedAt = Date.now();
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
    const text = JSON.stringify(keys);
    if (text !== this.#published?.text)
      this.#published = { text, keyOf: createLocalJWKSet(keys), used: new WeakSet() };
    this.#readAt = Date.now();
  }
}

async function use({ keyOf, used }: Published, ...of: Parameters<JWTVerifyGetKey>): Promise<VerifyKey> {
  const key = await keyOf(...of);
  used.add(key);
  return key;
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
