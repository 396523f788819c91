import { expect } from '@jest/globals';
import type { Reply } from './client.ts';

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: { path: string; message: string }[];
}

/** That a reply is a problem document (RFC 9457) with this status and code, in full. */
export function expectProblem(reply: Reply<unknown>, status: number, code: string, path: string): Problem {
  expect([reply.status, (reply.body as Problem).code]).toEqual([status, code]);
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  expect(reply.headers.get('x-request-id')).toBeTruthy();
  expect(reply.body).toMatchObject({
    type: expect.stringMatching(/^\w+:/),
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    instance: path,
  });
  return reply.body as Problem;
}
