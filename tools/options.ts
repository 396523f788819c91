import { parseArgs } from 'node:util';
import { Fault } from './terminal.ts';

export interface Options {
  readonly port: number;
  readonly empty: boolean;
  readonly fresh: boolean;
  readonly watch: boolean;
  readonly help: boolean;
}

export const help = `Runs the whole system on this machine until Ctrl-C.

  npm start [-- options]      npm run dev: the same with --watch

  --port N    port of the gateway; default $PORT or 8080
  --empty     don't load the demonstration clinic
  --fresh     drop local data first; with DATABASE_URL, only the services' schemas
  --watch     build and reload when a source changes
  --help      this text

  DATABASE_URL    an existing PostgreSQL database, as the role that owns it, instead of the one under .data

All data is in .data; logs are in .data/logs, one file per service and one of PostgreSQL, and those of the run before
in .data/logs.before. Warnings and errors of the services are shown here as well. Settings of the services (LOG_LEVEL,
DATABASE_POOL_SIZE ...) are handed on to them.`;

/** @throws Fault that names what is wrong */
export function parseOptions(args: readonly string[], defaultPort = '8080'): Options {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = { port: { type: 'string' }, empty: flag, fresh: flag, watch: flag, help: flag } as const;
    const { values } = parseArgs({ args: [...args], options });
    const port = values.port ?? defaultPort;
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535)
      throw new Fault(
        `${values.port === undefined ? 'PORT' : '--port'} takes a number from 1 to 65535, not '${port}'`,
      );
    return { ...values, port: Number(port) };
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(`${(error as Error).message.split('. ', 1)[0] ?? ''} (npm start -- --help)`);
  }
}
