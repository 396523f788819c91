import { Agent, request, type RequestOptions } from 'node:http';

/** What came back over HTTP; `body` is the parsed JSON, typed by whoever asserts on it. */
export interface Reply<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A small HTTP client that never throws on a status: tests look at it. */
export class Client {
  constructor(
    readonly url: string,
    readonly token: string | undefined,
  ) {}

  get<Body = Record<string, unknown>>(
    path: string,
    headers: Record<string, string> = {},
  ): Promise<Reply<Body>> {
    return this.send<Body>('GET', path, undefined, headers);
  }

  post<Body = Record<string, unknown>>(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<Body>> {
    return this.send<Body>('POST', path, body, headers);
  }

  /** A change that starts from a version. */
  change<Body = Record<string, unknown>>(
    method: 'PATCH' | 'PUT',
    path: string,
    version: number,
    body: unknown,
  ): Promise<Reply<Body>> {
    return this.send<Body>(method, path, body, { 'if-match': `"${version}"` });
  }

  /** Text and bytes are sent as they are, anything else as JSON. */
  async send<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<Body>> {
    const isRaw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const given = isRaw ? body : JSON.stringify(body);
    const {
      status,
      headers: answered,
      text,
    } = await exchange(new URL(`${this.url}${path}`), given, {
      method,
      headers: {
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(given !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(given),
        }),
        ...headers,
      },
    });
    const isJson = answered.get('content-type')?.includes('json') ?? false;
    return { status, headers: answered, body: (isJson && text ? JSON.parse(text) : text) as Body };
  }
}

/** Connections are kept for the next request; idle ones don't keep the process. */
const agent = new Agent({ keepAlive: true });

/** One exchange over Node's own client, which costs the test's processor a fraction of what fetch() does. */
function exchange(
  url: URL,
  body: string | Buffer | undefined,
  options: RequestOptions,
): Promise<{ status: number; headers: Headers; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const pairs = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        resolve({ status: response.statusCode ?? 0, headers: new Headers(pairs), text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
