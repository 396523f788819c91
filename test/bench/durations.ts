/** Runs work so many times, `callers` at a time, and keeps how long each took. */
export async function timed<T>(
  times: number,
  callers: number,
  work: (index: number) => Promise<T>,
): Promise<{ results: T[]; durations: number[] }> {
  const results: T[] = [];
  const durations: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < times; index = next++) {
      const since = performance.now();
      results[index] = await work(index);
      durations[index] = performance.now() - since;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { results, durations };
}

/** The least duration that so large a share of them does not exceed. */
export function quantile(durations: readonly number[], share: number): number {
  return durations.toSorted((a, b) => a - b)[Math.ceil(durations.length * share) - 1] ?? Number.NaN;
}

/** Milliseconds: `p50 12.3, p95 20.1, p99 33.0, longest 41.2`. */
export function spread(durations: readonly number[]): string {
  const at = (share: number) => quantile(durations, share).toFixed(1);
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)} ms`;
}

/** Of an even number the upper one of the two in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
