import { AssertionError } from 'node:assert';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { OAuth2Issuer, OAuth2Server } from 'oauth2-mock-server';
import { scopes as described } from '#catalogue';

export const audience = 'clinic';
/** The public client of the services' documentation pages. */
export const docsClient = 'clinic-docs';

export const scopes: readonly string[] = Object.keys(described);

/** What a patient's own token may do when nothing else is asked for. */
const patientScopes = ['patients.read', 'schedules.read', 'appointments.read', 'appointments.write'];

const lifetimeSeconds = 8 * 3600;

export interface TokenOptions {
  /** With or without `clinic/`; default: all, or a patient's. */
  readonly scopes?: readonly string[] | undefined;
  /** Makes it this patient's own token. */
  readonly patientId?: string | undefined;
  readonly subject?: string | undefined;
  /** Default 8 hours; negative for one that has expired. */
  readonly expiresInSeconds?: number | undefined;
}

/** A private RSA key as a JSON Web Key. */
export type SigningKey = Record<string, unknown>;

export interface Issuer {
  readonly url: string;
  token(options?: TokenOptions): Promise<string>;
  stop(): Promise<void>;
}

export interface IssuerOptions {
  /** Default: any that is free. */
  readonly port?: number;
  /** Address to listen on and to be known by; default 127.0.0.1. */
  readonly host?: string;
  /** Default: a new one, so that earlier tokens are void. */
  readonly signingKey?: SigningKey;
}

/** An OpenID provider without users: who asks gets a token. It stands in for Cognito, on this machine only. */
export async function startIssuer(options: IssuerOptions = {}): Promise<Issuer> {
  const { port = 0, host = '127.0.0.1', signingKey = newSigningKey() } = options;
  const server = new OAuth2Server();
  await server.issuer.keys.add(signingKey);
  server.service.on('beforeAuthorizeRedirect', keepAskedScopes);
  server.service.on('beforeTokenSigning', fillToken);
  server.service.on('beforeResponse', tellGranted);
  await server.start(port, host);
  const url = `http://${host}:${server.address().port}`;
  server.issuer.url = url;
  return { url, token: (token) => signToken(url, signingKey, token), stop: () => server.stop() };
}

export function newSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', kid: randomUUID() };
}

/** Signs without asking the server, so that no page in a browser can choose a token's subject or patient. */
export async function signToken(url: string, key: SigningKey, options: TokenOptions = {}): Promise<string> {
  const issuer = new OAuth2Issuer();
  issuer.url = url;
  await issuer.keys.add(key);
  const { patientId, subject = patientId === undefined ? 'local-user' : `patient:${patientId}` } = options;
  const granted = options.scopes ?? (patientId === undefined ? scopes : patientScopes);
  return issuer.buildToken({
    expiresIn: options.expiresInSeconds ?? lifetimeSeconds,
    scopesOrTransform: (_header, payload) => {
      Object.assign(payload, { sub: subject, aud: audience, scope: scopeClaim(granted) });
      if (patientId !== undefined) payload.patient_id = patientId;
    },
  });
}

function scopeClaim(granted: readonly string[]): string {
  return granted
    .map((scope) => (scope.startsWith(`${audience}/`) ? scope : `${audience}/${scope}`))
    .join(' ');
}

// A browser asks for scopes at /authorize and redeems the code at /token, so they are kept with the code meanwhile.
const askedWith = new Map<string, string>();

interface TokenRequest {
  readonly body: { readonly code?: string; readonly scope?: string };
  granted?: string;
}

function keepAskedScopes({ url }: { url: URL }, request: { query: { scope?: string } }): void {
  if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
    throw new AssertionError({ message: 'redirect_uri is not on this machine' });
  askedWith.set(url.searchParams.get('code') ?? '', request.query.scope ?? '');
}

/** Access tokens are for us and have the scopes that were asked for, or all when none of ours was. */
function fillToken({ payload }: { payload: Record<string, unknown> }, request: TokenRequest): void {
  Object.assign(payload, { sub: 'local-user', exp: Number(payload.iat) + lifetimeSeconds });
  const isAccessToken = 'scope' in payload;
  if (!isAccessToken) return;
  const { code = '', scope = askedWith.get(code) ?? '' } = request.body;
  askedWith.delete(code);
  const asked = scope.split(' ').filter((name) => name.startsWith(`${audience}/`));
  request.granted = scopeClaim(asked.length > 0 ? asked : scopes);
  Object.assign(payload, { aud: audience, client_id: docsClient, scope: request.granted });
}

function tellGranted({ body }: { body: object }, { granted }: TokenRequest): void {
  Object.assign(body, { scope: granted, expires_in: lifetimeSeconds });
}
