import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Fault, readable } from '../terminal.ts';
import type { Smoke } from './observed.ts';
import type { StackOutputs } from './outputs.ts';

const answerWithinMs = 20_000;

/** A client of an outside issuer that may have a token by client credentials. */
interface Client {
  readonly id: string;
  readonly secret: string;
  /** What the issuer wants to know besides, as a form: `audience=...&scope=...`. */
  readonly fields: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A token for the smoke session; `refused` says why there is none, if there should be one. */
export interface SmokeToken {
  readonly token?: string;
  readonly refused: readonly Smoke[];
}

/**
 * Asks for a token and keeps the first: by the stack's own command, or of an outside issuer by the client that the
 * environment names. No secret of either is on a command line or in what is said.
 * @param had is told the token once, before it is used
 */
export function smokeTokens(
  stack: Pick<StackOutputs, 'issuer' | 'tokenCommand'>,
  environment: Environment,
  had: (token: string) => void,
): () => Promise<SmokeToken> {
  const client = clientOf(environment);
  let kept: SmokeToken | undefined;
  return async () => {
    if (kept) return kept;
    try {
      const token = await tokenOf(stack, client);
      if (token !== undefined) had(token);
      kept = { refused: [], ...(token !== undefined && { token }) };
      return kept;
    } catch (error) {
      const why = readable(error);
      return { refused: [{ request: 'the issuer, asked for a token,', expected: 200, got: 0, why }] };
    }
  };
}

function clientOf({
  SMOKE_CLIENT_ID,
  SMOKE_CLIENT_SECRET,
  SMOKE_TOKEN_FIELDS,
}: Environment): Client | undefined {
  // A variable or secret that is not set is an empty text in a workflow.
  return SMOKE_CLIENT_ID && SMOKE_CLIENT_SECRET
    ? { id: SMOKE_CLIENT_ID, secret: SMOKE_CLIENT_SECRET, fields: SMOKE_TOKEN_FIELDS ?? '' }
    : undefined;
}

async function tokenOf(
  { issuer, tokenCommand }: Pick<StackOutputs, 'issuer' | 'tokenCommand'>,
  client: Client | undefined,
): Promise<string | undefined> {
  if (tokenCommand !== undefined) return tokenIn(await printedBy(tokenCommand));
  if (client === undefined || issuer === undefined) return undefined;
  return tokenIn(await answeredBy(await tokenEndpointOf(issuer), client));
}

async function printedBy(command: string): Promise<unknown> {
  const run = promisify(execFile);
  const shell = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', command];
  const { stdout } = await run('bash', shell, { timeout: answerWithinMs }).catch((error: unknown) => {
    const said = Error.isError(error) && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Fault(`the stack's tokenCommand failed: ${said.split('\n').at(-1) ?? ''}`);
  });
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Fault("the stack's tokenCommand printed no JSON");
  }
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
async function tokenEndpointOf(issuer: string): Promise<string> {
  const document = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const endpoint = fieldOf(await askedFor(document), 'token_endpoint');
  if (endpoint === undefined) throw new Fault(`${document} names no token_endpoint`);
  return endpoint;
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
async function answeredBy(endpoint: string, { id, secret, fields }: Client): Promise<unknown> {
  const credentials = [id, secret]
    .map((text) => new URLSearchParams({ '': text }).toString().slice(1))
    .join(':');
  const body = new URLSearchParams(fields);
  body.set('grant_type', 'client_credentials');
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return askedFor(endpoint, { method: 'POST', body, headers: { authorization } });
}

async function askedFor(url: string, request: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(answerWithinMs) });
  return response.json();
}

function tokenIn(answer: unknown): string {
  const token = fieldOf(answer, 'access_token');
  if (token === undefined) throw new Fault(`it gave none: ${fieldOf(answer, 'error') ?? 'no access_token'}`);
  return token;
}

function fieldOf(answer: unknown, field: string): string | undefined {
  const value: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, field) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
