import type { Client } from '../harness/client.ts';
import { Asker, targetOf } from './asker.ts';
import { compare, type Comparison } from './comparison.ts';

const callers = 16;
const warmUps = 3;

/**
 * Answers a second to GET of a path: two processes beside one of them. As many ask either way, from two processes of their
 * own, of whom each has one or both have the same.
 */
export async function twoBesideOne(
  [one, other]: readonly [Client, Client],
  path: string,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Comparison> {
  const askers = [new Asker(), new Asker()] as const;
  const ask = async (asker: Asker, client: Client): Promise<number> =>
    (await asker.ask({ target: targetOf(client, path), callers, seconds })).goodPerSecond;
  const asked = async (first: Client, second: Client): Promise<number> => {
    const [left, right] = await Promise.all([ask(askers[0], first), ask(askers[1], second)]);
    return left + right;
  };
  try {
    for (let time = 0; time < warmUps; time += 1) await asked(one, other);
    return await compare(
      rounds,
      () => asked(one, other),
      () => asked(one, one),
    );
  } finally {
    for (const asker of askers) asker.stop();
  }
}
