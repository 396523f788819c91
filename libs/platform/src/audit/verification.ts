import { parseArgs } from 'node:util';
import type { Service } from '#catalogue';
import { ConfigError } from '../config/config.error.ts';
import type { DatabaseConfig } from '../config/database.config.ts';
import { createPool } from '../database/connect.ts';
import { Database, type Connection } from '../database/database.ts';
import { ForgedNumberError } from './chain.errors.ts';
import { faultsIn, origin, type Fault, type Followed, type Head, type Seal } from './chain.ts';
import { SealRepository, type After } from './seal.repository.ts';
import { sealedWithinMs } from './sealer.ts';

const atOnce = 2_000;
/** A log that has only begun is sealed within some seconds. */
const firstSealedWithinMs = 60_000;

export interface VerificationOptions {
  /** Heads that were kept elsewhere. */
  readonly heads: readonly Head[];
  /** A head that is trusted: only what comes after it is looked at. */
  readonly from?: Head | undefined;
}

/**
 * `--head POSITION:HASH`, any number of times, and `--from POSITION:HASH`.
 * @throws ConfigError
 */
export function verificationOptions(args: readonly string[]): VerificationOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { head: { type: 'string', multiple: true }, from: { type: 'string' } },
  });
  const heads = (values.head ?? []).map((text) => headOf('--head', text));
  const from = values.from === undefined ? undefined : headOf('--from', values.from);
  if (from && heads.some(({ position }) => position < from.position))
    throw new ConfigError('--head: must not be before --from');
  return { heads, from };
}

function headOf(option: string, text: string): Head {
  const [, position, hash] = /^(\d{1,15}):([\da-f]{64})$/i.exec(text) ?? [];
  if (position === undefined || hash === undefined)
    throw new ConfigError(`${option}: must be POSITION:HASH as the line "access log sealed" tells them`);
  return { position: Number(position), hash: hash.toLowerCase() };
}

/**
 * Follows the chain of a service's access log and tells what is wrong with it, a line each, and at the end how far it
 * reaches. It looks at what is there when it begins, some rows at a time and no lock held in between: nothing of that
 * changes, unless somebody tampers with it.
 * @returns whether nothing is wrong
 */
export async function verifyAccessLog(
  service: Service,
  database: DatabaseConfig,
  options: VerificationOptions,
  tell: (line: string) => void,
): Promise<boolean> {
  const pool = createPool({ ...database, poolSize: 1 }, `${service.name}-verify`);
  const connections = new Database(pool);
  const tellOf = (line: string) => {
    tell(`${service.name}: ${line}`);
  };
  try {
    return await follow(new SealRepository(service), connections.reader, options, tellOf);
  } catch (error) {
    if (!(error instanceof ForgedNumberError)) throw error;
    tellOf(`${error.message}; what comes after was not looked at`);
    return false;
  } finally {
    await connections.onApplicationShutdown();
  }
}

async function follow(
  chain: SealRepository,
  connection: Connection,
  { heads, from }: VerificationOptions,
  tell: (line: string) => void,
): Promise<boolean> {
  const start = from ? await sealAt(chain, connection, from) : origin;
  if (!start) {
    tell(`position ${from?.position ?? 0}: the seal that --from names is not there, or has another hash`);
    return false;
  }
  const began = performance.now();
  // In this order: what is sealed up to that position is among the rows up to that number.
  const end = (await chain.last(connection)).position;
  const newest = await chain.newest(connection);
  const rows = pages((last: After | undefined = from && start) =>
    chain.rows(connection, last, newest, atOnce),
  );
  const seals = pages((last: Seal = start) => chain.seals(connection, last.position, end, atOnce));
  const following = faultsIn(rows, seals, start, heads);
  let isWhole = true;
  for (let step = await following.next(); ; step = await following.next()) {
    if (step.done === true) {
      const overdue = await overdueIn(chain, connection, step.value, began);
      if (overdue !== undefined) tell(overdue);
      else if (isWhole) tell(describeEnd(step.value, start));
      return isWhole && overdue === undefined;
    }
    isWhole = false;
    tell(describe(step.value));
  }
}

/** What is to be said of rows that should have been sealed by now: nothing would tell of a change of them. */
async function overdueIn(
  chain: SealRepository,
  connection: Connection,
  { head, waiting, next }: Followed,
  began: number,
): Promise<string | undefined> {
  if (next === undefined) return undefined;
  const isAnySealed = head.position > 0;
  // When the following began: what was sealed since is not among what was followed.
  const waitedMs = (await chain.waitedMs(connection, next)) - (performance.now() - began);
  if (waitedMs <= (isAnySealed ? sealedWithinMs : firstSealedWithinMs)) return undefined;
  const waited = `${waiting} rows, from row ${next} on, have waited ${Math.floor(waitedMs / 60_000)} min to be sealed`;
  return isAnySealed
    ? `${waited}: the sealer does not run, a transaction stays open, or seals were removed`
    : `${waited}, and none is sealed: the sealer never ran, a transaction stays open, or the seals were removed`;
}

async function sealAt(chain: SealRepository, connection: Connection, head: Head): Promise<Seal | undefined> {
  const [seal] = await chain.seals(connection, head.position - 1, head.position, 1);
  return seal?.position === head.position && seal.hash === head.hash ? seal : undefined;
}

/** All items of a list that is read page by page, each after the last item of the one before. */
async function* pages<T>(read: (last?: T) => Promise<T[]>): AsyncGenerator<T> {
  for (let page = await read(); page.length > 0; page = await read(page.at(-1))) yield* page;
}

function describe(fault: Fault): string {
  switch (fault.what) {
    case 'altered':
    case 'removed':
      return `position ${fault.position}: row ${fault.seq} was ${fault.what}`;
    case 'reordered':
      return `position ${fault.position}: row ${fault.seq} is out of order`;
    case 'slipped in':
      return `row ${fault.seq} was slipped in: it was never sealed`;
    case 'resealed':
      return `position ${fault.position}: the seal was altered, not the row`;
    case 'untold': {
      const { position, last } = fault;
      return position === last
        ? `position ${position}: the row or its seal was altered`
        : `positions ${position} to ${last}: rows or seals are not as they were; which can't be told`;
    }
    case 'unsealed':
      return `positions ${fault.position} to ${fault.last}: the seals were removed`;
    case 'rewritten':
      return `position ${fault.position}: not the hash that was kept: the log was rewritten before it`;
    case 'truncated':
      return `position ${fault.position}: the log was truncated: it ends before this head that was kept`;
  }
}

function describeEnd({ head, waiting }: Followed, start: Seal): string {
  const whole = `${head.position - start.position} sealed rows are as they were, ${waiting} wait to be sealed`;
  return `${whole}; head ${head.position}:${head.hash}`;
}
