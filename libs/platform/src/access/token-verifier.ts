import { Injectable } from '@nestjs/common';
import {
  createRemoteJWKSet,
  errors,
  jwksCache,
  jwtVerify,
  type JWKSCacheInput,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { isId } from '#contracts';
import { Config } from '../config/config.ts';
import { DomainError } from '../problem/domain-error.ts';
import type { Caller } from './caller.ts';

const algorithms = ['RS256', 'ES256'];
const clockToleranceSeconds = 5;
const discoveryTimeoutMs = 5_000;
/** At most this often an unknown key makes us ask the issuer again: it may be new, or made up. */
const keysCooldownMs = 1_000;
/** So long nothing but an unknown key makes us ask: a key that the issuer withdraws is accepted no longer than this. */
const keysMaxAgeMs = 600_000;

/** Callers of tokens that were verified, to be known again until the token expires; the oldest make way. */
const maxKnownTokens = 10_000;

interface KnownToken {
  caller: Caller;
  /** Epoch seconds, as in the claim `exp`. */
  expires: number;
  /** When the keys had been read that it was verified by. */
  keysReadAt: number | undefined;
}

/** A token that proves nothing, with the reason for the WWW-Authenticate header (RFC 6750). */
export class Unauthorized extends DomainError {
  constructor(
    detail: string,
    readonly challenge: 'missing' | 'invalid_token',
  ) {
    super('unauthorized', detail);
  }
}

/** Verifies OIDC access tokens against the issuer's published keys, which jose caches and refreshes on rotation. */
@Injectable()
export class TokenVerifier {
  #keys: Promise<JWTVerifyGetKey> | undefined;
  /** jose keeps here what the issuer publishes and when it was read (`uat`). */
  readonly #published: JWKSCacheInput = {};
  readonly #known = new Map<string, KnownToken>();

  constructor(private readonly config: Config) {}

  /** @throws Unauthorized; DomainError unavailable when the issuer's keys can't be had */
  async verify(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization ?? '')?.[1];
    if (authorization === undefined)
      throw new Unauthorized('Send an access token: Authorization: Bearer <JWT>.', 'missing');
    if (token === undefined)
      throw new Unauthorized('The Authorization header holds no JWT.', 'invalid_token');
    const known = this.#recall(token);
    if (known) return known;
    const { issuer } = this.config.oidc;
    try {
      const { payload } = await jwtVerify(token, await this.#keySet(), {
        issuer,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
      });
      const caller = this.#callerOf(payload);
      this.#remember(token, caller, payload.exp ?? 0);
      return caller;
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /** The caller of a token that was verified by the keys that are published now, as far as we know. */
  #recall(token: string): Caller | undefined {
    const known = this.#known.get(token);
    const now = Date.now();
    const keysReadAt = this.#published.uat;
    const holds =
      known &&
      now / 1000 < known.expires &&
      known.keysReadAt === keysReadAt &&
      now < keysReadAt + keysMaxAgeMs;
    return holds ? known.caller : undefined;
  }

  #remember(token: string, caller: Caller, expires: number): void {
    this.#known.delete(token);
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= maxKnownTokens) this.#known.delete(oldest);
    this.#known.set(token, { caller, expires, keysReadAt: this.#published.uat });
  }

  #callerOf(payload: JWTPayload): Caller {
    const { audience, clientIds } = this.config.oidc;
    const audiences = [payload.aud ?? []].flat();
    const clientId = payload.client_id;
    // Cognito's access tokens carry client_id and no aud; most other issuers carry aud.
    const meant =
      (audience !== undefined && audiences.includes(audience)) ||
      (typeof clientId === 'string' && clientIds.includes(clientId));
    if (!meant) throw new Unauthorized('The token was issued for another audience.', 'invalid_token');
    const scopes = typeof payload.scope === 'string' ? payload.scope.split(' ') : [];
    if (typeof payload.sub !== 'string' || !/^[^\p{Cc}\p{Cs}]{1,255}$/u.test(payload.sub))
      throw new Unauthorized('The claim sub is not acceptable.', 'invalid_token');
    const patientId = payload.patient_id;
    if (patientId !== undefined && !isId(patientId))
      throw new Unauthorized('The claim patient_id is not a patient id.', 'invalid_token');
    return {
      subject: payload.sub,
      scopes: new Set(
        scopes.filter((scope) => scope.startsWith('clinic/')).map((scope) => scope.slice('clinic/'.length)),
      ),
      ...(patientId !== undefined && { patientId: patientId.toLowerCase() }),
    };
  }

  /** Found by discovery at the first token; a failure is forgotten, so the next token tries again. */
  async #keySet(): Promise<JWTVerifyGetKey> {
    this.#keys ??= discover(this.config.oidc.issuer, this.#published).catch((error: unknown) => {
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html */
async function discover(issuer: string, published: JWKSCacheInput): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(discoveryTimeoutMs),
  });
  const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (!response.ok || document.issuer !== issuer || typeof document.jwks_uri !== 'string')
    throw new TypeError('the issuer publishes no matching openid-configuration');
  return createRemoteJWKSet(new URL(document.jwks_uri), {
    timeoutDuration: discoveryTimeoutMs,
    cooldownDuration: keysCooldownMs,
    cacheMaxAge: keysMaxAgeMs,
    [jwksCache]: published,
  });
}

function asRefusal(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (error instanceof errors.JWTExpired) return new Unauthorized('The token has expired.', 'invalid_token');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new Unauthorized(`The claim ${error.claim} is not acceptable.`, 'invalid_token');
  // jose tells an answer of the issuer that is no key set by these two.
  const noKeys =
    error instanceof errors.JWKSInvalid || (error as { code?: unknown }).code === 'ERR_JOSE_GENERIC';
  const unreachable = noKeys || error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError);
  return unreachable
    ? new DomainError('unavailable', 'The token issuer can’t be reached to verify the token.')
    : new Unauthorized('The token is not valid.', 'invalid_token');
}
