import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { newSigningKey, scopes, startIssuer, type Issuer } from './issuer.ts';

let issuer: Issuer;
const signingKey = newSigningKey();
beforeAll(async () => {
  issuer = await startIssuer({ signingKey });
});
afterAll(() => issuer.stop());

/** As a service does: keys by discovery, signature, issuer, audience. */
async function verified(token: unknown): Promise<JWTPayload> {
  const discovery = await fetch(`${issuer.url}/.well-known/openid-configuration`);
  const { jwks_uri: keys } = (await discovery.json()) as { jwks_uri: string };
  const checks = { issuer: issuer.url, audience: 'clinic', algorithms: ['RS256'] };
  return (await jwtVerify(String(token), createRemoteJWKSet(new URL(keys)), checks)).payload;
}

describe('the local issuer', () => {
  it('signs tokens that a service accepts', async () => {
    const payload = await verified(await issuer.token());
    expect(payload.sub).toBe('local-user');
    expect(payload.scope).toBe(scopes.map((scope) => `clinic/${scope}`).join(' '));
    expect(Number(payload.exp) - Number(payload.iat)).toBe(8 * 3600);
  });

  it('narrows scopes, named with or without the prefix', async () => {
    const payload = await verified(await issuer.token({ scopes: ['patients.read', 'clinic/audit.read'] }));
    expect(payload.scope).toBe('clinic/patients.read clinic/audit.read');
  });

  it("makes a patient's own token", async () => {
    expect(await verified(await issuer.token({ patientId: '42' }))).toMatchObject({
      sub: 'patient:42',
      patient_id: '42',
      scope: 'clinic/patients.read clinic/schedules.read clinic/appointments.read clinic/appointments.write',
    });
  });

  it('makes expired tokens when asked to', async () => {
    await expect(verified(await issuer.token({ expiresInSeconds: -10 }))).rejects.toThrow('"exp" claim');
  });

  it('keeps its key over a restart', async () => {
    const token = await issuer.token();
    const port = Number(new URL(issuer.url).port);
    await issuer.stop();
    issuer = await startIssuer({ port, signingKey });
    // Time to notice that the connections kept alive are closed.
    await sleep(100);
    expect((await verified(token)).sub).toBe('local-user');
  });

  describe('in a browser', () => {
    const verifier = 'v'.repeat(64);

    async function signIn(
      scope: string,
      redirect = 'http://localhost:8080/patients/docs/oauth2-redirect.html',
    ) {
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      const query = new URLSearchParams({
        ...{ response_type: 'code', client_id: 'clinic-docs', redirect_uri: redirect, state: 's', scope },
        ...{ code_challenge: challenge, code_challenge_method: 'S256' },
      });
      return fetch(`${issuer.url}/authorize?${query.toString()}`, { redirect: 'manual' });
    }

    async function redeem(answer: Response, codeVerifier = verifier): Promise<Response> {
      const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
      return fetch(`${issuer.url}/token`, {
        method: 'POST',
        headers: { origin: 'http://localhost:8080' },
        body: new URLSearchParams({ grant_type: 'authorization_code', code, code_verifier: codeVerifier }),
      });
    }

    it('signs in with a code and PKCE, with the scopes asked for', async () => {
      const answer = await redeem(await signIn('clinic/patients.read clinic/patients.write'));
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      const body = (await answer.json()) as Record<string, unknown>;
      expect(body).toMatchObject({
        token_type: 'Bearer',
        scope: 'clinic/patients.read clinic/patients.write',
      });
      expect(await verified(body.access_token)).toMatchObject({
        sub: 'local-user',
        client_id: 'clinic-docs',
        scope: 'clinic/patients.read clinic/patients.write',
      });
    });

    it('gives every scope when none was asked for', async () => {
      const body = (await (await redeem(await signIn(''))).json()) as Record<string, unknown>;
      expect(String((await verified(body.access_token)).scope).split(' ')).toHaveLength(scopes.length);
    });

    it('refuses a wrong verifier, and to send a code to another machine', async () => {
      expect((await redeem(await signIn(''), 'w'.repeat(64))).status).toBe(400);
      expect((await signIn('', 'https://example.org/')).status).toBe(400);
    });
  });

  it('gives client credentials what they ask for, but no patient of their choice', async () => {
    const answer = await fetch(`${issuer.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'clinic/audit.read',
        patient_id: '42',
      }),
    });
    const payload = await verified(((await answer.json()) as Record<string, unknown>).access_token);
    expect(payload).toMatchObject({ scope: 'clinic/audit.read', sub: 'local-user' });
    expect(payload).not.toHaveProperty('patient_id');
  });
});
