/** What the engineer in front of it sees: one line per step and per event, no stack traces. */
export interface Terminal {
  readonly line: (text: string) => void;
  /** What a part of the whole speaks with. */
  readonly voice: (part: string) => (text: string) => void;
  /** Runs a step and says how long it took, and its result if that is a text or has a URL. */
  readonly step: <T>(part: string, work: () => Promise<T>) => Promise<T>;
}

export function openTerminal(out: NodeJS.WritableStream): Terminal {
  // A reader that has gone, as in `npm start | head`, is no reason to stop.
  out.on('error', () => undefined);
  const line = (text: string): void => void out.write(`${text}\n`);
  const voice = (part: string) => (text: string) => {
    line(`  ${part.padEnd(13)}${text}`);
  };
  return {
    line,
    voice,
    async step(part, work) {
      const since = performance.now();
      const result = await work();
      const told = typeof result === 'string' ? result : (result as { url?: string } | undefined)?.url;
      voice(part)(`${seconds(since).padStart(6)}  ${told ?? ''}`.trimEnd());
      return result;
    },
  };
}

/** The time since then, as read from the performance clock. */
export function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Says in one line what went wrong; the tools print its message and nothing else. */
export class Fault extends Error {}

/** Runs a tool by the words it was called with: prints what it answers, or in one line why it can't. */
export async function answer(
  tool: string,
  run: (args: readonly string[]) => string | Promise<string>,
): Promise<void> {
  try {
    console.log(await run(process.argv.slice(2)));
  } catch (error) {
    console.error(`${tool}: ${readable(error)}`);
    process.exitCode = 1;
  }
}

/** An error in one line. */
export function readable(error: unknown): string {
  if (!Error.isError(error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return `no space is left on the disk${path === undefined ? '' : ` of ${path}`}`;
  // A connection that was refused at each address of a name has its message inside.
  if (error instanceof AggregateError && error.message === '') return readable(error.errors[0]);
  return error.message.split('\n', 1)[0] ?? error.name;
}
