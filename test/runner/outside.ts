import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { services } from '#catalogue';

/** What the gate meets outside of AWS. */
export interface Outside {
  /** The load balancer, with the services of the catalogue behind it. */
  readonly url: string;
  /** Gives one token, to one client. */
  readonly issuer: string;
  close(): Promise<void>;
}

export async function openOutside(client: { id: string; secret: string }, token: string): Promise<Outside> {
  let url = '';
  const credentials = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
  const answers: Readonly<Record<string, (headers: IncomingMessage['headers']) => object>> = {
    '/issuer/.well-known/openid-configuration': () => ({ token_endpoint: `${url}/issuer/token` }),
    '/issuer/token': ({ authorization }) =>
      authorization === `Basic ${credentials}` ? { access_token: token } : { error: 'invalid_client' },
  };
  const server = createServer(({ url: target = '', headers }, response) => {
    const path = target.split('?', 1)[0] ?? '';
    const answer = answers[path];
    response.statusCode = answer ? 200 : statusOf(path, headers.authorization === `Bearer ${token}`);
    response.end(JSON.stringify(answer?.(headers) ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    issuer: `${url}/issuer`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function statusOf(path: string, mayRead: boolean): number {
  const service = services.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
  if (!service) return 404;
  return path !== service.prefix || mayRead ? 200 : 401;
}
