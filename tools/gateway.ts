import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createProxyServer } from 'http-proxy-3';
import { routeOf, type Service } from '#catalogue';

export interface Upstream {
  readonly service: Service;
  /** Where it listens on the loopback address; default its row's port. */
  readonly port?: number | undefined;
}

export interface GatewayOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly upstreams: readonly Upstream[];
  /** Default 60 s, an Application Load Balancer's idle timeout. */
  readonly idleTimeoutMs?: number | undefined;
}

export interface Gateway {
  readonly url: string;
  stop(): Promise<void>;
}

/** What is in flight when the gateway stops gets this long. */
const drainMs = 3_000;

const answers = {
  404: ['Not Found', 'No service answers under this path.', 'not_found'],
  502: ['Bad Gateway', 'The service is not reachable.', 'bad_gateway'],
  504: ['Gateway Timeout', 'The service did not answer in time.', 'gateway_timeout'],
} as const;

/** Stands in for the load balancer: same routes, same headers, same answers of its own. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const rows = options.upstreams.map(({ service, port = service.port }) => ({ ...service, port }));
  const agent = new Agent({ keepAlive: true });
  const forward = forwarder(agent, options.idleTimeoutMs ?? 60_000);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const row = routeOf(rows, request.url ?? '');
    if (row) forward(request, response, row.port);
    else answer(response, 404);
  };
  const servers = [await listen(createServer(handle), options.port, '127.0.0.1')];
  const address = servers[0]?.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  // `localhost` is ::1 first on many systems, which not every machine has.
  try {
    servers.push(await listen(createServer(handle), port, '::1'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      await close(servers, agent);
      throw error;
    }
  }
  return { url: `http://localhost:${port}`, stop: () => close(servers, agent) };
}

function forwarder(agent: Agent, idleTimeoutMs: number) {
  // `toProxy` keeps the library from parsing the URL; the path itself is put in place of its normalised one below.
  const proxy = createProxyServer({ agent, toProxy: true });
  const answered = new WeakSet<ServerResponse>();
  proxy.on('proxyReq', (upstream, request) => {
    upstream.path = request.url ?? '';
    upstream.setHeader('connection', 'keep-alive');
    upstream.setTimeout(idleTimeoutMs, () => upstream.destroy(new UpstreamTimeout()));
  });
  proxy.on('proxyRes', (upstream, _request, response) => {
    delete upstream.headers.connection;
    delete upstream.headers['keep-alive'];
    // An answer that is cut upstream is cut here too, so that nobody waits for its end.
    upstream.once('close', () => {
      if (!upstream.complete) response.destroy();
    });
    answered.add(response);
  });
  return (request: IncomingMessage, response: ServerResponse, port: number): void => {
    const { headers, socket } = request;
    const client = socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
    headers['x-forwarded-for'] = [headers['x-forwarded-for'], client].filter(Boolean).join(', ');
    headers['x-forwarded-proto'] = 'http';
    headers['x-forwarded-port'] = String(socket.localPort);
    // Node has answered `100 Continue` itself by now.
    delete headers.expect;
    proxy.web(request, response, { target: { host: '127.0.0.1', port } }, (error) => {
      // The rest of a body that the service has refused, or will never see.
      request.unpipe().resume();
      if (!answered.has(response)) answer(response, error instanceof UpstreamTimeout ? 504 : 502);
    });
  };
}

class UpstreamTimeout extends Error {}

/** A problem body (RFC 9457), typed `application/json` because a load balancer's fixed response can't be more. */
function answer(response: ServerResponse, status: keyof typeof answers): void {
  const [title, detail, code] = answers[status];
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, code });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function listen(server: Server, port: number, host: string): Promise<Server> {
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve(server);
    });
  });
}

async function close(servers: readonly Server[], agent: Agent): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  const insist = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, drainMs);
  await Promise.all(closed);
  clearTimeout(insist);
  agent.destroy();
}
