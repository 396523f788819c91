import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const recorded = join(import.meta.dirname, 'recorded');

/** Answers the SDK's clients over HTTP as AWS would, from recorded/. */
export interface Account {
  readonly url: string;
  /** What brings a client of the SDK here. */
  readonly environment: Readonly<Record<string, string>>;
  /** The next case from now on; the last one stays. */
  nextCase(): void;
  close(): Promise<void>;
}

/** An account in which one case follows on another. */
export async function openAccount(...cases: readonly string[]): Promise<Account> {
  const left = [...cases];
  const server = createServer((request, response) => {
    void answerTo(request, left[0]).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'nobody',
      AWS_SECRET_ACCESS_KEY: 'nothing',
      AWS_MAX_ATTEMPTS: '1',
    },
    nextCase: () => {
      if (left.length > 1) left.shift();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function answerTo(request: IncomingMessage, name = 'success'): Promise<Answer> {
  const asked = await text(request);
  // JSON services have the operation in a header, query services in the body.
  const target = request.headers['x-amz-target'];
  const type = typeof target === 'string' ? (request.headers['content-type'] ?? '') : 'text/xml';
  const operation =
    typeof target === 'string' ? target.split('.').at(-1) : new URLSearchParams(asked).get('Action');
  const file = `${operation ?? ''}.${type === 'text/xml' ? 'xml' : 'json'}`;
  const found = [name, 'success'].map((folder) => join(recorded, folder, file)).find(existsSync);
  return found === undefined
    ? { status: 400, type, body: JSON.stringify({ __type: 'UnknownOperationException', message: file }) }
    : { status: 200, type, body: readFileSync(found, 'utf8') };
}
