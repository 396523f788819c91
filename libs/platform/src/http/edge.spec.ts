import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { serviceNamed } from '#catalogue';
import { readConfig } from '../config/config.ts';
import { Admission } from './admission.ts';
import { EdgeAdapter } from './edge.ts';
import { edgeLimits } from './limits.ts';

const config = readConfig(serviceNamed('patient'), {
  DATABASE_URL: 'postgres://patient:secret@127.0.0.1:1/clinic',
  OIDC_ISSUER: 'http://127.0.0.1:1',
  OIDC_AUDIENCE: 'clinic',
});
let app: Express;
let adapter: EdgeAdapter;
/** Of a route. */
let runs: number;

beforeEach(() => {
  app = express();
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  adapter = new EdgeAdapter(app, edgeLimits, new Admission(config), 'always: here\r\n');
  adapter.initHttpServer();
});
afterEach(async () => {
  await adapter.close();
});

/** What Nest has at the end: it answers why. */
const answerFault: ErrorRequestHandler = (error: Error, request, response, next) => {
  if (response.headersSent) next(error);
  else response.status(500).json({ message: error.message, original: request.originalUrl });
};

/** What a request that goes the whole way comes to. */
function spyOnExpress(): jest.SpiedFunction<RequestHandler> {
  return jest.spyOn(app.router as unknown as { handle: RequestHandler }, 'handle');
}

async function port(): Promise<number> {
  const server = adapter.getHttpServer();
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function get(path: string): Promise<{ status: number; headers: Headers; body: unknown }> {
  const reply = await fetch(`http://127.0.0.1:${await port()}${path}`);
  return { status: reply.status, headers: reply.headers, body: await reply.json() };
}

it('has every request take the steps in their order, then its route', async () => {
  const whole = spyOnExpress();
  const taken: string[] = [];
  for (const name of ['first', 'second'])
    adapter.inFront((request, _response, next) => {
      taken.push(`${name} ${request.path}`);
      next();
    });
  app.get('/people/:id', ({ params, query, route }, response) => {
    response.json({ params, query, route: (route as { path: string }).path });
  });
  const { status, headers, body } = await get('/people/7?x=1');
  expect([status, headers.get('always')]).toEqual([200, 'here']);
  expect(body).toEqual({ params: { id: '7' }, query: { x: '1' }, route: '/people/:id' });
  expect(taken).toEqual(['first /people/7', 'second /people/7']);
  expect(whole).not.toHaveBeenCalled();
});

it.each<[string, () => void]>([
  [
    'a step tells',
    () => {
      adapter.inFront((_request, _response, next) => {
        next(new Error('why'));
      });
      app.get('/people', (_request, response) => response.json({}));
    },
  ],
  [
    'a step throws',
    () => {
      adapter.inFront(() => {
        throw new Error('why');
      });
      app.get('/people', (_request, response) => response.json({}));
    },
  ],
  [
    'a route throws',
    () => {
      app.get('/people', () => {
        runs += 1;
        throw new Error('why');
      });
    },
  ],
  [
    'a route rejects',
    () => {
      app.get('/people', () => {
        runs += 1;
        return Promise.reject(new Error('why'));
      });
    },
  ],
])('takes to Express’ own what %s', async (_what, prepare) => {
  runs = 0;
  prepare();
  app.use(answerFault);
  expect(await get('/people?x=1')).toMatchObject({
    status: 500,
    body: { message: 'why', original: '/people?x=1' },
  });
  expect(runs).toBeLessThanOrEqual(1);
});

it('has nobody answer twice what a route passes on', async () => {
  app.get('/people', (_request, _response, next) => {
    runs += 1;
    next();
  });
  app.use(answerFault);
  runs = 0;
  expect(await get('/people')).toMatchObject({ status: 500, body: { original: '/people' } });
  expect(runs).toBe(1);
});

it('goes the whole way where the path isn’t plain', async () => {
  const whole = spyOnExpress();
  app.get('/people/:id', ({ params }, response) => response.json(params));
  expect(await get('/people/a%20b')).toMatchObject({ status: 200, body: { id: 'a b' } });
  expect(whole).toHaveBeenCalledTimes(1);
});

describe('a connection', () => {
  const collectGarbage = garbageCollector();

  it.each([
    ['that is answered', ['GET /people HTTP/1.1\r\nhost: x\r\n\r\n']],
    [
      'that was answered before its body came',
      ['POST /people HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n', '{}'],
    ],
  ])('keeps nothing of a request %s', async (_what, [head = '', body = '']) => {
    let asked: WeakRef<object> | undefined;
    app.all('/people', (request, response) => {
      asked = new WeakRef(request);
      response.json({});
    });
    const socket = await connection();
    socket.write(head);
    await once(socket, 'data');
    socket.write(body);
    for (let turns = 0; asked?.deref() && turns < 100; turns += 1) {
      await nextTurn();
      collectGarbage();
    }
    expect(asked).toBeDefined();
    expect(asked?.deref()).toBeUndefined();
    expect(socket.readyState).toBe('open');
    socket.destroy();
  });

  it('is closed where what is no HTTP comes before an answer to what came earlier', async () => {
    const { promise: isGivenUp, resolve } = Promise.withResolvers<unknown>();
    app.get('/slow', () => undefined);
    app.get('/given-up', (_request, response) => {
      response.once('close', resolve).destroy();
    });
    const socket = await connection();
    const read = text(socket);
    socket.write(['/slow', '/given-up'].map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join(''));
    await isGivenUp;
    socket.write('what is no HTTP\r\n\r\n');
    expect(await read).toBe('');
  });
});

async function connection(): Promise<Socket> {
  const socket = connect(await port(), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
