import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { isId } from '#contracts';
import { Config } from '../config/config.ts';
import { DomainError } from '../problem/domain-error.ts';
import type { Caller } from './caller.ts';
import { IssuerKeys, type VerifyKey } from './issuer-keys.ts';

const algorithms = ['RS256', 'ES256'];
const clockToleranceSeconds = 5;
/** Whatever an issuer puts into an access token, it is far shorter; what is known of callers stays bounded. */
const maxTokenLength = 8_192;
/** An access token says one of these, or nothing as Cognito's do; what else an issuer signs says so (RFC 8725, 3.11). */
const types = /^(application\/)?(at\+)?jwt$/i;

/** Callers of tokens that were verified, to be known again until the token expires; the oldest make way. */
const maxKnownTokens = 10_000;

interface KnownToken {
  caller: Caller;
  /** Epoch seconds, as in the claim `exp`. */
  expires: number;
  /** What it was verified by. */
  key: VerifyKey;
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

/** Verifies OIDC access tokens against the issuer's published keys. */
@Injectable()
export class TokenVerifier {
  readonly #keys: IssuerKeys;
  /** By the header as most send it, so that nothing is picked apart; sent in another way, a token is verified anew. */
  readonly #known = new Map<string, KnownToken>();

  constructor(private readonly config: Config) {
    this.#keys = new IssuerKeys(config.oidc.issuer);
  }

  /** The caller of a token that was verified before, by what the issuer publishes now, as far as we know. */
  recall(authorization: string | undefined): Caller | undefined {
    const known = this.#known.get(authorization ?? '');
    if (!known || !this.#keys.holds(known.key)) return undefined;
    return Date.now() / 1000 < known.expires ? known.caller : undefined;
  }

  /** @throws Unauthorized; DomainError unavailable when the issuer's keys can't be had */
  async verify(authorization: string | undefined): Promise<Caller> {
    if (authorization === undefined)
      throw new Unauthorized('Send an access token: Authorization: Bearer <JWT>.', 'missing');
    const token = tokenIn(authorization);
    if (token === undefined)
      throw new Unauthorized('The Authorization header holds no JWT.', 'invalid_token');
    try {
      const { payload, protectedHeader, key } = await jwtVerify(token, this.#keys.keyOf, {
        issuer: this.config.oidc.issuer,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
      });
      requireAccessToken(protectedHeader, payload);
      const caller = this.#callerOf(payload);
      this.#remember(`Bearer ${token}`, { caller, expires: payload.exp ?? 0, key });
      return caller;
    } catch (error) {
      throw asRefusal(error);
    }
  }

  #remember(authorization: string, known: KnownToken): void {
    this.#known.delete(authorization);
    const [oldest] = this.#known.keys();
    if (oldest !== undefined && this.#known.size >= maxKnownTokens) this.#known.delete(oldest);
    this.#known.set(authorization, known);
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
}

function tokenIn(authorization: string | undefined): string | undefined {
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization ?? '')?.[1];
  return token !== undefined && token.length <= maxTokenLength ? token : undefined;
}

/** A signature of the issuer's is not enough: it also signs ID tokens and logout tokens, for others to read. */
function requireAccessToken(header: JWTHeaderParameters, { iat, token_use: use }: JWTPayload): void {
  const type: unknown = header.typ;
  if (type !== undefined && !(typeof type === 'string' && types.test(type)))
    throw new Unauthorized('The token is of another type than JWT or at+jwt.', 'invalid_token');
  // Cognito tells its two kinds apart by this claim.
  if (use !== undefined && use !== 'access')
    throw new Unauthorized('The token is no access token.', 'invalid_token');
  // jose compares it only where a greatest age is asked for.
  if (iat !== undefined && iat > Date.now() / 1000 + clockToleranceSeconds)
    throw new Unauthorized('The claim iat is not acceptable.', 'invalid_token');
}

function asRefusal(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (error instanceof errors.JWTExpired) return new Unauthorized('The token has expired.', 'invalid_token');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new Unauthorized(`The claim ${error.claim} is not acceptable.`, 'invalid_token');
  if (error instanceof errors.JOSEError) return new Unauthorized('The token is not valid.', 'invalid_token');
  // Such as a published key that is none.
  return new DomainError('unavailable', 'The token issuer publishes keys that can’t be used.');
}
