import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { smokeTokens, type SmokeToken } from './token.ts';

const client = { SMOKE_CLIENT_ID: 'gate', SMOKE_CLIENT_SECRET: 'a secret: of its own' };
/** Each part is encoded as a form before they are joined: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
const credentials = `Basic ${Buffer.from('gate:a+secret%3A+of+its+own').toString('base64')}`;

let server: Server;
let issuer: string;
let asked: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`.trim());
      const right = request.headers.authorization === credentials;
      const answers: Record<string, object> = {
        '/.well-known/openid-configuration': { token_endpoint: `${issuer}/oauth2/token` },
        '/none/.well-known/openid-configuration': {},
        '/oauth2/token': right ? { access_token: 'the-token' } : { error: 'invalid_client' },
      };
      response.end(JSON.stringify(answers[request.url ?? ''] ?? {}));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function had(
  stack: { issuer?: string; tokenCommand?: string },
  environment: Record<string, string> = {},
): Promise<SmokeToken> {
  asked = [];
  const none = { issuer: undefined, tokenCommand: undefined };
  return smokeTokens({ ...none, ...stack }, environment, () => undefined)();
}

const whyNot = ({ token, refused: [first] }: SmokeToken): unknown[] => [token, first?.got, first?.why];

describe('a token for the smoke session', () => {
  it("is what the stack's own command prints", async () => {
    const tokenCommand = `printf '{"access_token":"%s"}' the-token`;
    expect(await had({ issuer, tokenCommand }, client)).toEqual({ token: 'the-token', refused: [] });
    expect(asked).toEqual([]);
  });

  it('is given by an outside issuer to a client that the environment names', async () => {
    const environment = { ...client, SMOKE_TOKEN_FIELDS: 'audience=clinic&scope=clinic/patients.read' };
    expect(await had({ issuer }, environment)).toEqual({ token: 'the-token', refused: [] });
    expect(asked).toEqual([
      'GET /.well-known/openid-configuration',
      'POST /oauth2/token audience=clinic&scope=clinic%2Fpatients.read&grant_type=client_credentials',
    ]);
  });

  it('is none where nobody is named to have it, as by a secret that is not set', async () => {
    expect(await had({ issuer })).toEqual({ refused: [] });
    expect(await had({ issuer }, { SMOKE_CLIENT_ID: '', SMOKE_CLIENT_SECRET: '' })).toEqual({ refused: [] });
  });

  it('is asked for once, told once, and asked for again as long as it is refused', async () => {
    asked = [];
    const told: string[] = [];
    const next = smokeTokens({ issuer, tokenCommand: undefined }, client, (token) => told.push(token));
    expect([await next(), await next()]).toEqual(Array(2).fill({ token: 'the-token', refused: [] }));
    expect([told, asked.length]).toEqual([['the-token'], 2]);
    const refused = smokeTokens(
      { issuer, tokenCommand: undefined },
      { ...client, SMOKE_CLIENT_ID: 'x' },
      () => undefined,
    );
    await refused();
    await refused();
    expect(asked).toHaveLength(6);
  });
});

describe('a token that is refused fails the session and says why', () => {
  it.each<[string, string, string]>([
    [
      'with the last line of what failed, in a pipe too',
      'printf "one\\nAccessDenied" >&2; false | cat',
      'failed: AccessDenied',
    ],
    ['when the command prints something else', 'echo hello', 'printed no JSON'],
    ["with the issuer's own code", `echo '{"error":"invalid_client"}'`, 'it gave none: invalid_client'],
  ])('%s', async (_, tokenCommand, why) => {
    expect(whyNot(await had({ tokenCommand }))).toEqual([undefined, 0, expect.stringContaining(why)]);
  });

  it('never with the secret', async () => {
    const wrong = await had({ issuer }, { ...client, SMOKE_CLIENT_SECRET: 'a wrong one' });
    expect(whyNot(wrong)).toEqual([undefined, 0, 'it gave none: invalid_client']);
    expect(JSON.stringify(wrong)).not.toContain('wrong one');
  });

  it('where an issuer names no endpoint, or does not answer', async () => {
    expect(whyNot(await had({ issuer: `${issuer}/none` }, client))[2]).toMatch(/names no token_endpoint/);
    expect(whyNot(await had({ issuer: 'http://127.0.0.1:1' }, client)).slice(0, 2)).toEqual([undefined, 0]);
  });
});
