import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { serviceNamed } from '#catalogue';
import { AccessLogRepository, Database, readConfig } from '#platform';
import type { AccessEntry } from '../../libs/platform/src/audit/patient-access.ts';
import { SealRepository } from '../../libs/platform/src/audit/seal.repository.ts';
import { Sealer } from '../../libs/platform/src/audit/sealer.ts';
import { verificationOptions, verifyAccessLog } from '../../libs/platform/src/audit/verification.ts';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';
import { until } from '../harness/until.ts';

const service = serviceNamed('patient');
const log = new AccessLogRepository(service);
const seals = new SealRepository(service);

let database: TestDatabase;
let connections: Database;
let sealer: Sealer;
const told: unknown[] = [];

beforeAll(async () => {
  Logger.overrideLogger({
    log: (...line: unknown[]) => told.push(line),
    warn: (...line: unknown[]) => told.push(line),
  } as never);
  database = await createMigratedDatabase();
  const pool = new pg.Pool({ connectionString: database.urlOf('patient') });
  pool.on('error', () => undefined);
  connections = new Database(pool);
});
beforeEach(async () => {
  await asSuperuser('truncate patient.access_log, patient.access_log_seal');
  told.length = 0;
  sealer = newSealer();
});
afterAll(async () => {
  Logger.overrideLogger(false);
  await connections.onApplicationShutdown();
  await database.drop();
});

const config = () =>
  readConfig(service, {
    DATABASE_URL: database.urlOf('patient'),
    OIDC_ISSUER: 'http://127.0.0.1',
    OIDC_AUDIENCE: 'clinic',
  });
const newSealer = () => new Sealer(config(), connections, seals);
const asSuperuser = (statement: string, values?: unknown[]) =>
  query(database.superuserUrl, statement, values);

function entry(more: Partial<AccessEntry> = {}): AccessEntry {
  return {
    ...{ requestId: 'request', caller: 'somebody', action: 'read', route: 'GET /patients/:id', status: 200 },
    patientIds: [randomUUIDv7()],
    ...more,
  };
}
/** So many rows, each of one access. */
async function append(count: number): Promise<void> {
  for (let row = 0; row < count; row += 1) await log.insert(connections.reader, [entry()]);
}

/** Goes round until all is sealed that is there: what other suites do in the same cluster may have to end first. */
async function seal(): Promise<void> {
  const isSealed = async (): Promise<boolean> => {
    await sealer.go();
    const newest = await seals.newest(connections.reader);
    return (await seals.last(connections.reader)).seq === newest;
  };
  await until('the log is sealed', isSealed, 50_000);
}

async function verify(...args: string[]): Promise<{ isWhole: boolean; lines: string[] }> {
  const lines: string[] = [];
  const isWhole = await verifyAccessLog(service, config().database, verificationOptions(args), (line) =>
    lines.push(line),
  );
  return { isWhole, lines };
}

async function head(): Promise<string> {
  const { position, hash } = await seals.last(connections.reader);
  return `${position}:${hash}`;
}

/** The number of the row at a position. */
async function rowAt(position: number): Promise<string> {
  const [row] = await asSuperuser('select seq from patient.access_log_seal where position = $1', [position]);
  return String(row?.seq);
}

/** The statement that adds a row under a number of one's own choice. */
const forged = (seq: string) =>
  `insert into patient.access_log (seq, id, request_id, caller, action, route, status)
     overriding system value values (${seq}, gen_random_uuid(), 'r', 'c', 'read', 'GET /', 200)`;

describe('sealing', () => {
  it('takes rows once nothing before them is under way, in their order, and goes on where it was', async () => {
    await append(3);
    await sealer.go();
    expect(await head()).toMatch(/^0:/);
    await seal();
    expect(await head()).toMatch(/^3:/);
    await append(2);
    await seal();
    expect((await verify()).lines).toEqual([
      `patient: 5 sealed rows are as they were, 0 wait to be sealed; head ${await head()}`,
    ]);
  });

  it('waits for a transaction that has a number and has not ended, whatever was written after it', async () => {
    const slow = new pg.Client(database.urlOf('patient'));
    await slow.connect();
    try {
      await slow.query('begin');
      await log.insert({ $client: slow } as never, [entry({ requestId: 'slow' })]);
      await append(2);
      for (let round = 0; round < 4; round += 1) await sealer.go();
      expect(await head()).toMatch(/^0:/);
      await slow.query('commit');
      await seal();
    } finally {
      await slow.end();
    }
    expect(await head()).toMatch(/^3:/);
    const [first] = await asSuperuser('select request_id from patient.access_log_entry where seq = $1', [
      await rowAt(1),
    ]);
    expect(first).toEqual({ request_id: 'slow' });
    expect((await verify()).isWhole).toBe(true);
  });

  it('waits no longer than some minutes for a transaction that stays open, and says that it doesn’t', async () => {
    const open = new pg.Client(database.superuserUrl);
    await open.connect();
    const clock = jest.spyOn(performance, 'now');
    try {
      await open.query('begin; select pg_current_xact_id()');
      await append(1);
      for (let round = 0; round < 3; round += 1) await sealer.go();
      expect([await head(), told]).toEqual([expect.stringMatching(/^0:/), []]);
      clock.mockReturnValue(performance.now() + 241_000);
      await sealer.go();
      expect(await head()).toMatch(/^1:/);
      expect(told[0]).toEqual([
        { waitedMs: expect.any(Number) },
        'the access log is sealed without waiting any longer for a transaction',
        'AccessLog',
      ]);
    } finally {
      clock.mockRestore();
      await open.end();
    }
  });

  it('by several processes at once, while rows are written and rolled back, makes one chain without a fault', async () => {
    const sealers = [sealer, newSealer(), newSealer()];
    const writing = Array.from({ length: 4 }, async () => {
      for (let time = 0; time < 40; time += 1)
        await connections
          .transaction(async (tx) => {
            await log.insert(tx, [entry({ patientIds: [randomUUIDv7(), randomUUIDv7()] })]);
            if (time % 5 === 0) throw new Error('rolled back');
          })
          .catch(() => undefined);
    });
    let isWritten = false;
    const sealing = sealers.map(async (each) => {
      while (!isWritten) await each.go();
    });
    await Promise.all(writing);
    isWritten = true;
    await Promise.all(sealing);
    await seal();
    const { isWhole, lines } = await verify();
    expect([isWhole, lines[0]]).toEqual([
      true,
      expect.stringContaining('128 sealed rows are as they were, 0 wait'),
    ]);
    expect(told.filter((line) => JSON.stringify(line).includes('could not'))).toEqual([]);
  });

  it('tells its head when the service ends, for whoever keeps the log', async () => {
    await append(1);
    await seal();
    sealer.onApplicationShutdown();
    const [position = '', hash = ''] = (await head()).split(':');
    expect(told).toEqual([[{ position: Number(position), hash }, 'access log sealed', 'AccessLog']]);
  });
});

describe('verification finds', () => {
  // Whoever tampers with the log as its owner can drop what is checked.
  beforeAll(() => asSuperuser('alter table patient.access_log drop constraint access_log_form'));
  beforeEach(async () => {
    await append(6);
    await seal();
  });

  it.each([
    `at = at + interval '1 ms'`,
    `patient_ids = array[gen_random_uuid()]`,
    'patient_ids = null',
    `accesses = replace(accesses::text, '200', '403')::json`,
    `accesses = (accesses::text || ' ')::json`,
    'accesses = null',
    'accesses = null, patient_ids = null',
    `caller = 'somebody else'`,
  ])('a row that was altered: %s', async (change) => {
    await asSuperuser(`update patient.access_log set ${change} where seq = $1`, [await rowAt(3)]);
    expect(await verify()).toEqual({
      isWhole: false,
      lines: [`patient: position 3: row ${await rowAt(3)} was altered`],
    });
  });

  it('a row that was removed', async () => {
    await asSuperuser('delete from patient.access_log where seq = $1', [await rowAt(4)]);
    expect((await verify()).lines).toEqual([`patient: position 4: row ${await rowAt(4)} was removed`]);
  });

  it('rows whose places were exchanged', async () => {
    const [second, fifth] = [await rowAt(2), await rowAt(5)];
    // By everything else that they say: a number that is given out always can't be changed.
    const columns = 'at, patient_ids, accesses';
    await asSuperuser(
      `update patient.access_log as row set (${columns}) =
         (select ${columns} from patient.access_log as other where other.seq = ${second} + ${fifth} - row.seq)
       where seq in (${second}, ${fifth})`,
    );
    expect((await verify()).lines).toEqual([
      `patient: position 2: row ${second} was altered`,
      `patient: position 5: row ${fifth} was altered`,
    ]);
  });

  it('a row that was slipped in between others', async () => {
    const gap = Number(await rowAt(6));
    await asSuperuser('delete from patient.access_log where seq = $1', [gap]);
    await asSuperuser('delete from patient.access_log_seal where position = 6');
    await append(1);
    await seal();
    await asSuperuser(forged(String(gap)));
    expect((await verify()).lines).toEqual([`patient: row ${gap} was slipped in: it was never sealed`]);
  });

  it('a row that was slipped in under a number that is taken, also where a page of rows ends', async () => {
    await append(2_000 - 6);
    await seal();
    const end = await rowAt(2_000);
    await asSuperuser(`insert into patient.access_log (seq, id, at, request_id, caller, action, route, status)
      overriding system value select seq, 'ffffffff-ffff-ffff-ffff-ffffffffffff', at + interval '1 s', 'r', 'c', 'read', 'GET /', 200
      from patient.access_log where seq = ${end}`);
    expect((await verify()).lines).toEqual([`patient: row ${end} was slipped in: it was never sealed`]);
  });

  it.each(['-5', '0'])('a row that was slipped in before all others: %s', async (seq) => {
    await asSuperuser(forged(seq));
    expect((await verify()).lines).toEqual([`patient: row ${seq} was slipped in: it was never sealed`]);
  });

  it.each([`9${'0'.repeat(15)}`, '9007199254740993', '9223372036854775807'])(
    'a number that was never given out, and seals nothing beyond it: %s',
    async (seq) => {
      await asSuperuser(forged(seq));
      const before = await head();
      await sealer.go();
      await sealer.go();
      expect([await head(), JSON.stringify(told)]).toEqual([
        before,
        expect.stringContaining('could not be sealed'),
      ]);
      expect(await verify()).toEqual({
        isWhole: false,
        lines: [expect.stringContaining(`access_log.seq ${seq} was never given out`)],
      });
    },
  );

  it.each(['position', 'seq'])('a seal of which the %s was never given out', async (column) => {
    await query(
      database.urlOf('patient'),
      `insert into patient.access_log_seal (position, seq, hash, form)
       select position + 1, seq + 1, hash, form from patient.access_log_seal order by position desc limit 1`.replace(
        `${column} + 1`,
        '9223372036854775806',
      ),
    );
    expect(await verify()).toEqual({
      isWhole: false,
      lines: [expect.stringContaining(`access_log_seal.${column} 9223372036854775806 was never given out`)],
    });
  });

  it('nothing wrong in what is written and sealed while it looks, and keeps nobody from the tables', async () => {
    await append(6_000);
    await seal();
    let locks: unknown[] = [];
    const verifying = verify();
    const meanwhile = (async () => {
      await append(10);
      await seal();
      locks = await asSuperuser(
        `select 1 from pg_stat_activity where application_name = 'patient-verify' and state = 'idle in transaction'`,
      );
    })();
    const [{ isWhole }] = await Promise.all([verifying, meanwhile]);
    expect([isWhole, locks]).toEqual([true, []]);
  });

  it('a log that was cut off, or written anew, by a head that was kept, and only by one', async () => {
    const kept = await head();
    await asSuperuser('delete from patient.access_log where seq >= $1', [await rowAt(5)]);
    await asSuperuser('delete from patient.access_log_seal where position >= 5');
    expect((await verify('--head', kept)).lines).toEqual([
      'patient: position 6: the log was truncated: it ends before this head that was kept',
    ]);
    await append(2);
    await seal();
    expect((await verify('--head', kept)).lines).toEqual([
      'patient: position 6: not the hash that was kept: the log was rewritten before it',
    ]);
    expect((await verify()).isWhole).toBe(true);
  });

  it('nothing before a head that is trusted, so that years can be let go', async () => {
    const [kept, last] = [await head(), await rowAt(6)];
    await append(2);
    await seal();
    await asSuperuser('delete from patient.access_log where seq <= $1', [last]);
    expect((await verify('--from', kept)).lines).toEqual([
      `patient: 2 sealed rows are as they were, 0 wait to be sealed; head ${await head()}`,
    ]);
    expect((await verify()).lines).toHaveLength(6);
    const wrong = await verify(
      '--from',
      kept.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
    );
    expect(wrong.isWhole).toBe(false);
  });

  it('rows that are not sealed in time, though all that are sealed are as they were', async () => {
    await append(2);
    const first = Number(await rowAt(6)) + 1;
    expect((await verify()).lines[0]).toContain('6 sealed rows are as they were, 2 wait');
    await asSuperuser(
      `update patient.access_log set at = at - interval '9 minutes 30 seconds' where seq >= $1`,
      [first],
    );
    expect((await verify()).isWhole).toBe(true);
    await asSuperuser(`update patient.access_log set at = at - interval '1 minute' where seq >= $1`, [first]);
    expect(await verify()).toEqual({
      isWhole: false,
      lines: [
        `patient: 2 rows, from row ${first} on, have waited 10 min to be sealed: the sealer does not run, a transaction stays open, or seals were removed`,
      ],
    });
  });

  it('that all seals were removed, though not within the first minute of a log', async () => {
    const first = await rowAt(1);
    await asSuperuser('truncate patient.access_log_seal');
    expect((await verify()).lines[0]).toContain('0 sealed rows are as they were, 6 wait');
    await asSuperuser(`update patient.access_log set at = at - interval '1 minute'`);
    expect(await verify()).toEqual({
      isWhole: false,
      lines: [
        `patient: 6 rows, from row ${first} on, have waited 1 min to be sealed, and none is sealed: the sealer never ran, a transaction stays open, or the seals were removed`,
      ],
    });
  });

  it('no head in what is none, and says so', () => {
    expect(() => verificationOptions(['--head', '5'])).toThrow('--head: must be POSITION:HASH');
  });
});
