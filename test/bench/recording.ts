import type { ServiceName } from '#catalogue';
import type { Client } from '../harness/client.ts';
import type { ProcessSystem } from '../harness/processes.ts';
import { serverLog, withSettings } from './server-log.ts';

/** A statement as PostgreSQL logged it. */
export interface Logged {
  /** Undefined for one that is sent as text. */
  name?: string | undefined;
  text: string;
  /** As SQL literals. */
  parameters: string[];
}

/**
 * The statements of the transaction in which a service, in a process of its own, carries out what it is asked for.
 * @param name of one of its statements that no other transaction runs
 */
export async function recordedTransaction(
  system: ProcessSystem,
  service: ServiceName,
  name: string,
  ask: (direct: Client) => Promise<void>,
): Promise<Logged[]> {
  const settings = {
    log_min_duration_statement: '0',
    log_parameter_max_length: '-1',
    log_error_verbosity: 'default',
  };
  const log = await withSettings(system.database.superuserUrl, service, settings, async () => {
    const { process, direct } = await system.another(service);
    const before = serverLog().length;
    await ask(direct);
    await process.stop();
    return serverLog().slice(before);
  });
  return transactionAround(log, name);
}

/** Out of a log of every statement with its parameters, those from `begin` to `commit`. */
function transactionAround(log: string, name: string): Logged[] {
  const entries = log.split(/^(?=\d{4}-\d\d-\d\d )/m);
  const session = entries
    .map((entry) => new RegExp(`\\[(\\d+)\\] .*execute ${name}:`).exec(entry)?.[1])
    .find(Boolean);
  const own = entries.filter((entry) => entry.includes(`[${session ?? ''}]`));
  const statements: Logged[] = [];
  for (const [index, entry] of own.entries()) {
    const [, kind = '', text = ''] = /LOG: .*?(statement|execute \S+): (.*)/s.exec(entry) ?? [];
    if (text === '') continue;
    const detail = /DETAIL: +[Pp]arameters: (.*)/s.exec(own[index + 1] ?? '')?.[1] ?? '';
    const parameters = Array.from(
      detail.matchAll(/\$\d+ = (NULL|'(?:[^']|'')*')/g),
      ([, value = '']) => value,
    );
    const named = kind === 'statement' ? {} : { name: kind.slice('execute '.length) };
    statements.push({ ...named, text: text.trim(), parameters });
  }
  const [at, isBegin, isCommit] = [
    statements.findIndex((statement) => statement.name === name),
    ({ text }: Logged) => text === 'begin',
    ({ text }: Logged) => text === 'commit',
  ];
  return statements.slice(
    statements.slice(0, at).findLastIndex(isBegin),
    at + statements.slice(at).findIndex(isCommit) + 1,
  );
}
