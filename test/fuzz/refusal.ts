import type { Problem } from '../harness/problem.ts';
import type { Reply } from '../harness/client.ts';
import type { BadRequest } from './bad-request.ts';
import { unspeakable } from './bad-values.ts';

/** What an answer to a bad request has that it should not, or lacks: empty when it is as documented. */
export function faultsOf(request: BadRequest, reply: Reply<unknown>, path: string): string[] {
  const { status, headers } = reply;
  const problem = reply.body as Partial<Problem> | null;
  const code = request.refusals[status];
  if (code === undefined || typeof problem !== 'object' || problem === null) return [`is answered ${status}`];
  const { instance, ...rest } = problem;
  const told = JSON.stringify(rest);
  const { isBeside = false } = request;
  const isDocumented = request.operation.answers[status]?.includes('application/problem+json') ?? false;
  const faults: [boolean, string][] = [
    [status !== 405 && !isBeside && !isDocumented, `is answered ${status}, which is not documented`],
    [!/^application\/problem\+json\b/.test(headers.get('content-type') ?? ''), 'is no problem document'],
    [problem.code !== code, `has the code ${problem.code ?? ''}`],
    [problem.status !== status || problem.type !== `urn:clinic:problem:${code}`, 'contradicts itself'],
    [![problem.title, problem.detail].every((text) => /\S/.test(text ?? '')), 'says nothing'],
    [instance !== path, 'names another instance'],
    [!headers.get('x-request-id'), 'has no request id'],
    [told.includes(unspeakable) && !namesUnknownField(problem), 'quotes what was sent'],
    [
      /\b(select|insert|delete)\b.*\b(from|into)\b|\bat \S+:\d+|node_modules|postgres/i.test(told),
      'tells of our inside',
    ],
    [status === 405 && !headers.get('allow'), 'does not say what is allowed'],
    [status === 401 && !headers.get('www-authenticate'), 'does not say how to authenticate'],
    [
      request.part !== undefined && code === 'validation_failed' && !names(problem, request.part),
      'names another part',
    ],
  ];
  return faults.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

function names({ errors = [] }: Partial<Problem>, part: string): boolean {
  return errors.some(
    ({ path }) =>
      path === '' ||
      path === part ||
      path.startsWith(`${part}.`) ||
      part.startsWith(`${path}.`) ||
      part === '',
  );
}

/** The name of a field that is unknown is told; nothing of values is. */
function namesUnknownField({ detail = '', title = '', errors = [] }: Partial<Problem>): boolean {
  const messages = errors.map(({ message }) => message);
  return ![detail, title, ...messages].some((text) => text.includes(unspeakable));
}
