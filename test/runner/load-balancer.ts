import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { services } from '#catalogue';

export interface LoadBalancer {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers as the services of the catalogue do behind their load balancer, to whoever has the token or none. */
export async function openLoadBalancer(token: string): Promise<LoadBalancer> {
  const server = createServer(({ url = '', headers }, response) => {
    const path = url.split('?', 1)[0] ?? '';
    const service = services.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
    const mayRead = headers.authorization === `Bearer ${token}`;
    response.statusCode = !service ? 404 : path !== service.prefix || mayRead ? 200 : 401;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
