import { Injectable } from '@nestjs/common';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { isId } from '#contracts';
import { Config } from '../config/config.ts';
import { DomainError } from '../problem/domain-error.ts';
import type { Caller } from './caller.ts';

const algorithms = ['RS256', 'ES256'];
const clockToleranceSeconds = 5;
const discoveryTimeoutMs = 5_000;
/** At most this often an unknown key makes us ask the issuer again: it may be new, or made up. */
const keysCooldownMs = 1_000;

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

  constructor(private readonly config: Config) {}

  /** @throws Unauthorized; DomainError unavailable when the issuer's keys can't be had */
  async verify(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization ?? '')?.[1];
    if (authorization === undefined)
      throw new Unauthorized('Send an access token: Authorization: Bearer <JWT>.', 'missing');
    if (token === undefined)
      throw new Unauthorized('The Authorization header holds no JWT.', 'invalid_token');
    const { issuer } = this.config.oidc;
    try {
      const { payload } = await jwtVerify(token, await this.#keySet(), {
        issuer,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
      });
      return this.#callerOf(payload);
    } catch (error) {
      throw asRefusal(error);
    }
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
    this.#keys ??= discover(this.config.oidc.issuer).catch((error: unknown) => {
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html */
async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(discoveryTimeoutMs),
  });
  const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (!response.ok || document.issuer !== issuer || typeof document.jwks_uri !== 'string')
    throw new TypeError('the issuer publishes no matching openid-configuration');
  return createRemoteJWKSet(new URL(document.jwks_uri), {
    timeoutDuration: discoveryTimeoutMs,
    cooldownDuration: keysCooldownMs,
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
