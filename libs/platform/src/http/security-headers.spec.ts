import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import helmet from 'helmet';
import { serviceNamed } from '#catalogue';
import { readConfig } from '../config/config.ts';
import { answerAlways, helmetOptions, securityLines } from './security-headers.ts';

const config = readConfig(serviceNamed('patient'), {
  DATABASE_URL: 'postgres://patient:secret@127.0.0.1:1/clinic',
  OIDC_ISSUER: 'http://127.0.0.1:1',
  OIDC_AUDIENCE: 'clinic',
});

/** The headers that a server answers, by name, but for those of the date and the connection. */
async function headersBy(listener: RequestListener): Promise<[string, string][]> {
  const server = createServer({ keepAliveTimeout: 1 }, listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { headers } = await fetch(`http://127.0.0.1:${port}`);
  server.closeAllConnections();
  server.close();
  return [...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
}

it('answers every header that helmet would, beside its own', async () => {
  const whole = helmet(helmetOptions(config));
  const expected = await headersBy((request, response) => {
    whole(request, response, () => response.end());
  });
  expect(expected.length).toBeGreaterThan(10);
  const answered = await headersBy((_request, response) => {
    answerAlways(response, securityLines(config));
    response.end();
  });
  expect(answered).toEqual(expected);
});
