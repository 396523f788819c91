import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { count } from '../faults/database.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Asker } from './asker.ts';
import { freeBooking } from './booking.transaction.ts';
import type { Change } from './change.ts';
import { callerCounts, compare, tell } from './comparison.ts';
import { Findings } from './findings.ts';
import { transactionsPerSecond } from './pgbench.ts';
import { registration } from './registration.transaction.ts';

const rounds = 5;
/** Long beside what pgbench's clients need to prepare their statements. */
const seconds = 4;
/** More than a client of pgbench gets to in a second. */
const mostPerSecond = 5_000;

const findings = new Findings(
  'transactions',
  'Changes, beside the database by itself',
  `\`POST /appointments\` for times that are free and \`POST /patients\` of people who are new, locks against duplicates included,
beside pgbench running the same statements, as PostgreSQL logged them, with as many clients: what the database can do when nobody
validates, decides, compares candidates, checks tokens or speaks HTTP. No server written by hand would be a baseline of these:
to do less than the service it would have to leave out what keeps the data right. pgbench sends the statements one by one,
prepared, and looks up whom to register by one more; the service sends several in one packet where they don't depend on each
other.`,
);
let system: ProcessSystem;
let asker: Asker;

beforeAll(async () => {
  system = await startProcesses();
  asker = new Asker();
});
afterAll(async () => {
  asker.stop();
  await findings.save();
  await system.stop();
});

describe.each([
  ['books', freeBooking],
  ['registers', registration],
])('%s', (_, prepare) => {
  let change: Change;
  /** The number of pgbench's next transaction, beyond what the service books. */
  let next = 400;

  beforeAll(async () => {
    change = await prepare(system);
    await carriedOut(8);
    await transactions(8);
  });

  async function carriedOut(callers: number): Promise<number> {
    const { goodPerSecond, statuses } = await asker.ask({ target: change.target, callers, seconds });
    expect(Object.keys(statuses)).toEqual(['201']);
    return goodPerSecond;
  }

  async function transactions(clients: number): Promise<number> {
    const { url, script, table } = change;
    const before = await count(system.database, table);
    const tps = await transactionsPerSecond(url, script, { clients, seconds, from: next });
    expect(await count(system.database, table)).toBeGreaterThan(before + (tps * seconds) / 2);
    next += mostPerSecond * seconds;
    return tps;
  }

  it.each(callerCounts)('for %d callers', async (callers) => {
    const found = await compare(
      rounds,
      () => carriedOut(callers),
      () => transactions(callers),
    );
    findings.add(`${change.what}, ${callers} callers, beside pgbench`, tell(found), change.wanted);
  });
});
