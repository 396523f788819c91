import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import express, { type Request, type Response } from 'express';
import { readBody } from './body.ts';

let server: Server;
let port: number;
let take: (request: Request, response: Response) => void;

beforeAll(async () => {
  const app = express().use((request, response) => {
    take(request, response);
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as { port: number });
});
afterAll(() => {
  server.close();
});

const head = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n';

it.each(['{}', '{'])(
  'is not taken for empty when its sender has gone before it is read: %s',
  async (sent) => {
    const outcome = new Promise((resolve) => {
      take = (request, response) => {
        request.socket.once('close', () => {
          readBody(request, response).then(resolve, resolve);
        });
        client.destroy();
      };
    });
    const client = connect(port, '127.0.0.1');
    client.write(head + sent);
    expect(await outcome).toMatchObject({ code: 'malformed_json' });
  },
);
