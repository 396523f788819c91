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

  async send<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<Body>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as Body,
    };
  }
}
