import type { Smoke } from './observed.ts';
import type { StackOutputs } from './outputs.ts';

const answerWithinMs = 10_000;

/** A first session through the load balancer: health, documentation, and that nothing is open; with a token, a read. */
export async function smokeSession(
  { url, services }: Pick<StackOutputs, 'url' | 'services'>,
  token: string | undefined,
): Promise<Smoke[]> {
  const asked = services.flatMap(({ livePath, prefix }) => [
    { path: livePath, expected: 200 },
    { path: `${prefix}/health/ready`, expected: 200 },
    { path: `${prefix}/openapi.json`, expected: 200 },
    { path: `${prefix}/docs`, expected: 200 },
    { path: `${prefix}?limit=1`, expected: 401 },
  ]);
  const session = await Promise.all([
    ...asked.map(({ path, expected }) => ask(url, path, expected)),
    ask(url, '/', 404),
  ]);
  if (token === undefined) return session;
  const reads = services.map(({ prefix }) => ask(url, `${prefix}?limit=1`, 200, token));
  return [...session, ...(await Promise.all(reads))];
}

async function ask(url: string, path: string, expected: number, token?: string): Promise<Smoke> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(answerWithinMs);
  const got = await fetch(url + path, { headers, signal, redirect: 'manual' }).then(
    async (response) => {
      await response.body?.cancel();
      return response.status;
    },
    () => 0,
  );
  return { request: `GET ${path}${token === undefined ? '' : ' with a token'}`, expected, got };
}
