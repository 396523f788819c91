import { setTimeout as sleep } from 'node:timers/promises';

const pauseMs = 25;

/**
 * Looks again and again until there is something to see. A test may set the clock: the deadline doesn't go by it.
 * @throws Error when it does not come in time
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 20_000,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (performance.now() > deadline) throw new Error(`it does not come to this: ${what}`);
    await sleep(pauseMs);
  }
}
