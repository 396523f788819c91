import { once } from 'node:events';
import {
  Agent,
  createServer,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'http-proxy-3';
import { routeOf } from '#catalogue';
import { Targets, type Upstream } from './targets.ts';

export interface GatewayOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** What is behind it; a service that is named several times has as many processes, of which the healthy take turns. */
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

class UpstreamTimeout extends Error {}

/** What is told of bytes that are no request, by Node's code; of any other 400. */
const unreadable: Readonly<Record<string, readonly [status: number, title: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};

/** Stands in for the load balancer: the same routes on the raw path, the same headers, the same answers of its own. */
export async function startGateway({
  port,
  upstreams,
  idleTimeoutMs = 60_000,
}: GatewayOptions): Promise<Gateway> {
  const rows = rowsOf(upstreams);
  const agent = new Agent({ keepAlive: true });
  const forward = forwarder(agent, idleTimeoutMs);
  const options = {
    requestTimeout: 0,
    // Without a time for whole requests Node would give headers for ever.
    headersTimeout: idleTimeoutMs,
    connectionsCheckingInterval: idleTimeoutMs / 2,
    keepAliveTimeout: idleTimeoutMs,
    requireHostHeader: false,
  };
  const server = createServer(options, (request, response) => {
    const row = routeOf(rows, request.url ?? '');
    if (!hasOneHost(request)) answer(response, 400, 'Bad Request', 'Send the header Host exactly once.');
    else if (row) forward(request, response, row.targets.next());
    else answer(response, 404, 'Not Found', 'No service answers under this path.');
  });
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  answerWhatIsNoRequest(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async stop() {
      const insist = setTimeout(() => {
        server.closeAllConnections();
      }, drainMs);
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(insist);
      for (const { targets } of rows) targets.stop();
      agent.destroy();
    },
  };
}

function rowsOf(upstreams: readonly Upstream[]) {
  const services = new Map(upstreams.map(({ service }) => [service.name, service]));
  return [...services.values()].map((row) => ({
    ...row,
    targets: new Targets(
      row,
      upstreams.filter(({ service }) => service.name === row.name),
    ),
  }));
}

function forwarder(agent: Agent, idleTimeoutMs: number) {
  // With `toProxy` the library doesn't parse the URL; its normalised path is replaced by the one that came.
  const proxy = createProxyServer({ agent, toProxy: true });
  const answered = new WeakSet<ServerResponse>();
  proxy.on('proxyReq', (upstream, request, response) => {
    upstream.path = request.url ?? '';
    upstream.setHeader('connection', 'keep-alive');
    repeatWhatIsChanged(request, upstream);
    upstream.setTimeout(idleTimeoutMs, () => upstream.destroy(new UpstreamTimeout()));
    // Once the answer is out, nobody needs the rest of the body.
    response.once('close', () => {
      request.unpipe().resume();
      if (!upstream.writableEnded) upstream.destroy();
    });
  });
  proxy.on('proxyRes', (upstream, _request, response) => {
    delete upstream.headers.connection;
    delete upstream.headers['keep-alive'];
    answered.add(response);
    // An answer that is cut upstream is cut here too, so that nobody waits for its end.
    upstream.once('close', () => {
      if (!upstream.complete) response.destroy();
    });
  });
  return (request: IncomingMessage, response: ServerResponse, port: number): void => {
    const { headers, socket } = request;
    headers['x-forwarded-for'] = [headers['x-forwarded-for'], socket.remoteAddress]
      .filter(Boolean)
      .join(', ');
    headers['x-forwarded-proto'] = 'http';
    headers['x-forwarded-port'] = String(socket.localPort);
    // Node has answered `100 Continue` by now.
    delete headers.expect;
    proxy.web(request, response, { target: { host: '127.0.0.1', port } }, (error) => {
      request.unpipe().resume();
      if (answered.has(response)) return;
      if (error instanceof UpstreamTimeout)
        answer(response, 504, 'Gateway Timeout', 'The service took too long.');
      else answer(response, 502, 'Bad Gateway', 'The service is not reachable.');
    });
  };
}

/** Passes headers on that Node or the library would make others of. */
function repeatWhatIsChanged({ headersDistinct: sent }: IncomingMessage, upstream: ClientRequest): void {
  // What came twice goes on twice: Node keeps the first alone, and it is the service's to refuse.
  for (const name of ['authorization', 'content-type'])
    if ((sent[name]?.length ?? 0) > 1) upstream.setHeader(name, sent[name] ?? []);
  // The library calls the body of a DELETE or an OPTIONS without a length empty, and yet sends it: as the next request.
  const codings = sent['transfer-encoding'];
  if (!codings) return;
  upstream.removeHeader('content-length');
  upstream.setHeader('transfer-encoding', codings);
}

/** RFC 9112, 3.2; HTTP/1.0 knows no Host. */
function hasOneHost({ headersDistinct: { host = [] }, httpVersion }: IncomingMessage): boolean {
  return host.length === 1 || (host.length === 0 && httpVersion === '1.0');
}

/**
 * Bytes that are no HTTP get an answer and are gone, unless an exchange is under way that would take it for its own. The
 * services' listener does the same and shares nothing with this: the load balancer that stands here in the cloud doesn't
 * either, and `npm start` would load Nest for it.
 */
function answerWhatIsNoRequest(server: Server): void {
  const last = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  server.prependListener('request', (request, response) => last.set(request.socket, { request, response }));
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => {
    const { request, response } = last.get(socket) ?? {};
    const isTaken = request?.complete ? !response?.writableFinished : response?.headersSent;
    if (isTaken || !socket.writable || code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const [status, title] = unreadable[code ?? ''] ?? [400, 'Bad Request'];
    const body = problem(status, title, 'This is no HTTP request that can be passed on.');
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    (socket as Duplex & { destroySoon(): void }).destroySoon();
  });
}

function answer(response: ServerResponse, status: number, title: string, detail: string): void {
  const body = problem(status, title, detail);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

/** A problem body (RFC 9457), typed `application/json` because a load balancer's fixed response can't be more. */
function problem(status: number, title: string, detail: string): string {
  const code = title.toLowerCase().replaceAll(' ', '_');
  return JSON.stringify({ type: 'about:blank', title, status, detail, code });
}
