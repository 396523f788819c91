import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../harness/client.ts';
import { TestIssuer, unsigned } from '../harness/issuer.ts';
import { expectProblem } from '../harness/problem.ts';
import { startSystem, type System } from '../harness/system.ts';

const path = '/appointments/rooms';
const claims = { scope: 'clinic/schedules.read' };

let issuer: TestIssuer;
let stranger: TestIssuer;
let system: System;

beforeAll(async () => {
  [issuer, stranger] = await Promise.all([TestIssuer.start(), TestIssuer.start()]);
  system = await startSystem({ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'clinic' });
});
afterAll(async () => {
  await system.stop();
  await Promise.all([issuer.stop(), stranger.stop()]);
});

const replyTo = (token: string) => new Client(system.url, token).get(path);

async function expectRefusal(token: string): Promise<void> {
  const reply = await replyTo(token);
  expectProblem(reply, 401, 'unauthorized', path);
  expect(reply.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
}

const now = (): number => Math.floor(Date.now() / 1000);

describe('a token is refused', () => {
  it('without a signature', async () => {
    await expectRefusal(unsigned({ iss: issuer.url, aud: 'clinic', sub: 'tester', ...claims }));
    const [header = '', payload = ''] = (await issuer.token(claims)).split('.');
    await expectRefusal(`${header}.${payload}.`);
  });

  it('signed with the public key for a secret', async () => {
    await expectRefusal(await issuer.symmetric(claims));
  });

  it('whose claims were changed after it was signed', async () => {
    const [header = '', payload = '', signature = ''] = (await issuer.token(claims)).split('.');
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const wider = Buffer.from(JSON.stringify({ ...said, sub: 'other' })).toString('base64url');
    await expectRefusal(`${header}.${wider}.${signature}`);
  });

  it('of a key that another issuer publishes, whatever it says of itself', async () => {
    await expectRefusal(await stranger.token(claims));
    await expectRefusal(await stranger.token({ ...claims, iss: issuer.url }));
    await expectRefusal(
      await stranger.tokenWithHeader({ kid: issuer.current.id }, { ...claims, iss: issuer.url }),
    );
  });

  it.each(['logout+jwt', 'application/secevent+jwt', 'dpop+jwt', 'JWS', '', 'at+jwt; x', 1, null])(
    'of another type: %j',
    async (typ) => {
      await expectRefusal(await issuer.tokenWithHeader({ typ }, claims));
    },
  );

  it('with a critical extension that nobody here knows', async () => {
    await expectRefusal(await issuer.tokenWithHeader({ crit: ['made_up'], made_up: true }, claims));
  });

  it.each([
    '../../etc/passwd',
    "' or 1=1 --",
    '__proto__',
    'constructor',
    'http://127.0.0.1/key',
    ['key-1'],
    1,
    '',
  ])('that names its key as %j', async (kid) => {
    await expectRefusal(await issuer.tokenWithHeader({ kid }, claims));
  });

  it('that brings its own key, or says where to fetch it; nobody goes there', async () => {
    let visits = 0;
    const trap = createServer((_request, response) => {
      visits += 1;
      response.end();
    });
    trap.listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/jwks`;
    const jwk = { kty: 'oct', k: 'AAAA' };
    for (const header of [{ jwk }, { jku: url }, { x5u: url }, { jku: url, kid: 'theirs' }])
      await expectRefusal(await stranger.tokenWithHeader(header, { ...claims, iss: issuer.url }));
    expect(visits).toBe(0);
    trap.close();
  });

  it('that is an ID token', async () => {
    await expectRefusal(await issuer.token({ ...claims, token_use: 'id' }));
    await expectRefusal(await issuer.token({ ...claims, token_use: ['access'] }));
  });

  it('longer than any that an issuer makes', async () => {
    await expectRefusal(await issuer.token({ ...claims, padding: 'a'.repeat(8_192) }));
  });

  it.each([
    ['exp', () => -6],
    ['nbf', () => 60],
    ['iat', () => 60],
  ])('by its time: %s', async (claim, seconds) => {
    await expectRefusal(await issuer.token({ ...claims, [claim]: now() + seconds() }));
  });

  it.each(['exp', 'nbf', 'iat'])('whose time is no number: %s', async (claim) => {
    await expectRefusal(await issuer.token({ ...claims, [claim]: 'tomorrow' }));
  });

  it.each(['exp', 'sub', 'iss', 'aud'])('that lacks a claim: %s', async (claim) => {
    await expectRefusal(await issuer.token({ ...claims, [claim]: undefined }));
  });
});

describe('a token is accepted', () => {
  it.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt', undefined])('of the type %j', async (typ) => {
    expect((await replyTo(await issuer.tokenWithHeader({ typ }, claims))).status).toBe(200);
  });

  it.each([
    ['exp', -2],
    ['nbf', 3],
    ['iat', 3],
  ])('although the issuer’s clock goes a little wrong: %s', async (claim, seconds) => {
    expect((await replyTo(await issuer.token({ ...claims, [claim]: now() + seconds }))).status).toBe(200);
  });

  it('until it expires and no longer, however often it came', async () => {
    const token = await issuer.token({ ...claims, exp: now() - 3 });
    expect((await replyTo(token)).status).toBe(200);
    await new Promise((over) => setTimeout(over, 2_500));
    await expectRefusal(token);
  });
});
