import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { help, parseOptions, type Options } from './options.ts';
import { endAll } from './processes.ts';
import { bringUp } from './stack.ts';
import { claim } from './state.ts';
import { openTerminal, readable } from './terminal.ts';

/** npm hands Ctrl-C on to us, who have it from the terminal already. */
const sameInterruptMs = 500;

const root = join(import.meta.dirname, '..');
const terminal = openTerminal(process.stdout);

async function run(options: Options): Promise<void> {
  const stop = interrupted();
  const data = join(root, '.data');
  const stateFile = join(data, 'stack.json');
  mkdirSync(data, { recursive: true });
  const note = claim(stateFile);
  const up = new AsyncDisposableStack();
  up.defer(() => {
    rmSync(stateFile, { force: true });
  });
  try {
    const databaseUrl = process.env.DATABASE_URL;
    await Promise.race([bringUp({ ...options, databaseUrl, root, data, note, terminal, up }), stop]);
    await stop;
  } finally {
    await up.disposeAsync();
    // What was still on its way up.
    endAll();
  }
}

/** Resolves with the first signal to stop; a second one ends everything at once. */
function interrupted(): Promise<void> {
  let first: number | undefined;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (first === undefined) terminal.line('\nStopping ...');
        first ??= Date.now();
        resolve();
        if (Date.now() - first < sameInterruptMs) return;
        endAll();
        process.exit(130);
      });
  });
}

try {
  const options = parseOptions(process.argv.slice(2), process.env.PORT);
  if (options.help) terminal.line(help);
  else await run(options);
  process.exit(0);
} catch (error) {
  console.error(`start: ${readable(error)}`);
  process.exit(1);
}
