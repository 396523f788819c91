import { AssertionError } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { isIP } from 'node:net';
import { OAuth2Issuer, OAuth2Server } from 'oauth2-mock-server';

export const audience = 'clinic';
/** The public client of the services' documentation pages. */
export const docsClient = 'clinic-docs';

export const scopes = [
  'patients.read',
  'patients.write',
  'patients.merge',
  'audit.read',
  'schedules.read',
  'schedules.write',
  'appointments.read',
  'appointments.write',
  'appointments.override',
] as const;

/** What a patient's own token may do when nothing else is asked for. */
const patientScopes = ['patients.read', 'schedules.read', 'appointments.read', 'appointments.write'];

const defaultLifetimeSeconds = 8 * 3600;

export interface TokenOptions {
  /** With or without `clinic/`; default: all, or a patient's. */
  readonly scopes?: readonly string[] | undefined;
  /** Makes it this patient's own token. */
  readonly patientId?: string | undefined;
  readonly subject?: string | undefined;
  /** Negative for one that has expired. */
  readonly expiresInSeconds?: number | undefined;
}

export interface Issuer {
  readonly url: string;
  token(options?: TokenOptions): Promise<string>;
  stop(): Promise<void>;
}

export interface IssuerOptions {
  /** Default: any that is free. */
  readonly port?: number | undefined;
  /** Address to listen on and to be known by; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default: a new one, so that earlier tokens are void. */
  readonly signingKey?: SigningKey | undefined;
}

/** A private RSA key as a JSON Web Key. */
export type SigningKey = Record<string, unknown>;

export function newSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', kid: `local-${Date.now().toString(36)}` };
}

/** An OpenID provider without users: who asks gets a token. It stands in for Cognito and is for this machine only. */
export async function startIssuer(options: IssuerOptions = {}): Promise<Issuer> {
  const { port = 0, host = '127.0.0.1', signingKey = newSigningKey() } = options;
  const server = new OAuth2Server();
  await server.issuer.keys.add(signingKey);
  grantScopes(server);
  await server.start(port, host);
  const url = `http://${isIP(host) === 6 ? `[${host}]` : host}:${server.address().port}`;
  server.issuer.url = url;
  return {
    url,
    token: (options) => signToken({ url, signingKey }, options),
    stop: () => server.stop(),
  };
}

/** Signs without asking the server, which so needs no way for others to choose a token's subject or patient. */
export async function signToken(
  by: { readonly url: string; readonly signingKey: SigningKey },
  options: TokenOptions = {},
): Promise<string> {
  const issuer = new OAuth2Issuer();
  issuer.url = by.url;
  await issuer.keys.add(by.signingKey);
  const { patientId } = options;
  const granted = options.scopes ?? (patientId === undefined ? scopes : patientScopes);
  return issuer.buildToken({
    expiresIn: options.expiresInSeconds ?? defaultLifetimeSeconds,
    scopesOrTransform: (_header, payload) => {
      payload.sub = options.subject ?? (patientId === undefined ? 'local-user' : `patient:${patientId}`);
      payload.aud = audience;
      payload.scope = scopeClaim(granted);
      if (patientId !== undefined) payload.patient_id = patientId;
    },
  });
}

function scopeClaim(granted: readonly string[]): string {
  return granted
    .map((scope) => (scope.startsWith(`${audience}/`) ? scope : `${audience}/${scope}`))
    .join(' ');
}

/**
 * Gives access tokens our audience and the scopes that were asked for; all when none of ours was. In the browser's
 * sign-in they are asked for at /authorize, so they are kept with the code until it is redeemed.
 */
function grantScopes({ service }: OAuth2Server): void {
  const askedWith = new Map<string, string>();

  service.on('beforeAuthorizeRedirect', ({ url }: { url: URL }, request: { query: { scope?: string } }) => {
    // Codes go to pages of this machine alone.
    if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname))
      throw new AssertionError({ message: 'redirect_uri is not on this machine' });
    askedWith.set(url.searchParams.get('code') ?? '', request.query.scope ?? '');
  });

  interface TokenRequest {
    body: { code?: string; scope?: string };
    granted?: string;
  }
  service.on(
    'beforeTokenSigning',
    ({ payload }: { payload: Record<string, unknown> }, request: TokenRequest) => {
      payload.sub = 'local-user';
      payload.exp = Number(payload.iat) + defaultLifetimeSeconds;
      const isAccessToken = 'scope' in payload;
      if (!isAccessToken) return;
      const { code = '', scope = askedWith.get(code) ?? '' } = request.body;
      askedWith.delete(code);
      const asked = scope.split(' ').filter((name) => name.startsWith(`${audience}/`));
      request.granted = scopeClaim(asked.length > 0 ? asked : scopes);
      Object.assign(payload, { aud: audience, client_id: docsClient, scope: request.granted });
    },
  );

  service.on('beforeResponse', ({ body }: { body: Record<string, unknown> }, request: TokenRequest) => {
    body.scope = request.granted;
    body.expires_in = defaultLifetimeSeconds;
  });
}
