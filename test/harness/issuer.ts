import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';

/** What a token says; undefined leaves a claim out. */
type Claims = Readonly<Record<string, unknown>>;

interface KeyPair {
  id: string;
  publicKey: CryptoKey;
  privateKey: CryptoKey;
}

const algorithm = 'RS256';

/** An OpenID issuer whose keys and tokens a test has in its hands, the wrong ones too. */
export class TestIssuer {
  /** How often its keys were asked for. */
  asked = 0;
  #keys = new Map<string, KeyPair>();
  #port = 0;
  #server: Server | undefined;

  private constructor(public current: KeyPair) {
    this.#keys.set(current.id, current);
  }

  static async start(): Promise<TestIssuer> {
    const issuer = new TestIssuer(await newKey());
    await issuer.#listen();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Publishes a new key in place of all earlier ones. */
  async rotate(): Promise<void> {
    this.current = await newKey();
    this.#keys = new Map([[this.current.id, this.current]]);
  }

  /** A token that is in order but for what is asked for; a claim given as undefined is left out. */
  token(claims: Claims, by: KeyPair = this.current, header: Claims = {}): Promise<string> {
    const inAnHour = Math.floor(Date.now() / 1000) + 3600;
    return new SignJWT({
      iss: this.url,
      aud: 'clinic',
      sub: 'tester',
      exp: inAnHour,
      ...claims,
    })
      .setProtectedHeader({ alg: algorithm, kid: by.id, ...header })
      .sign(by.privateKey, { crit: { made_up: true } });
  }

  /** The same with what is added to its header, or replaced there. */
  tokenWithHeader(header: Claims, claims: Claims = {}): Promise<string> {
    return this.token(claims, this.current, header);
  }

  /** A token of the same claims by a key that was never published, under the name of the one that is. */
  async forged(claims: Claims): Promise<string> {
    return this.token(claims, { ...(await newKey()), id: this.current.id });
  }

  /** A token whose secret is our public key: what takes the algorithm from the token would fall for it. */
  async symmetric(claims: Claims): Promise<string> {
    const secret = new TextEncoder().encode(await exportSPKI(this.current.publicKey));
    return new SignJWT({ iss: this.url, aud: 'clinic', sub: 'tester', ...claims })
      .setProtectedHeader({ alg: 'HS256', kid: this.current.id })
      .setExpirationTime('1h')
      .sign(secret);
  }

  /** Answers again, where it did before it was stopped. */
  restart(): Promise<void> {
    return this.#listen();
  }

  stop(): Promise<void> {
    return new Promise((stopped) => {
      this.#server?.close(() => {
        stopped();
      });
      this.#server?.closeAllConnections();
    });
  }

  async #listen(): Promise<void> {
    const server = createServer((request, response) => {
      void this.#documentAt(request.url ?? '').then((document) => {
        response
          .writeHead(document ? 200 : 404, { 'content-type': 'application/json' })
          .end(JSON.stringify(document));
      });
    });
    this.#server = server;
    await new Promise<void>((listening) => server.listen(this.#port, '127.0.0.1', listening));
    this.#port = (server.address() as AddressInfo).port;
  }

  async #documentAt(path: string): Promise<object | undefined> {
    if (path === '/.well-known/openid-configuration')
      return { issuer: this.url, jwks_uri: `${this.url}/jwks` };
    if (path !== '/jwks') return undefined;
    this.asked += 1;
    const keys = [...this.#keys.values()].map(async ({ id, publicKey }) => ({
      ...(await exportJWK(publicKey)),
      kid: id,
      alg: algorithm,
      use: 'sig',
    }));
    return { keys: await Promise.all(keys) };
  }
}

let count = 0;
async function newKey(): Promise<KeyPair> {
  count += 1;
  return { id: `key-${count}`, ...(await generateKeyPair(algorithm, { extractable: true })) };
}

/** A token that nobody signed. */
export function unsigned(claims: Claims): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return `${part({ alg: 'none', typ: 'JWT' })}.${part({ exp, ...claims })}.`;
}
