import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ahead, Clinic } from '../harness/clinic.ts';
import { disagreements, merge, queuesAreEmpty, undo } from '../harness/merges.ts';
import { lose, tryAgain } from '../harness/passing.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { contradictionsIn, count, obstruct, waitingForLocks } from './database.ts';
import { book, repeat, tally } from './outcome.ts';
import { backUp, post } from './post.ts';

const dead = "jobs.job where name = 'patient-changed-dead'";
/** What a process had in its hands when it was killed is taken up by others, and can have to wait a minute to be tried again. */
const lostWithinMs = 120_000;
/** `CRASH_CHANGES=10000` for more. */
const changes = Number(process.env.CRASH_CHANGES ?? 1_200);
const changesPerCrash = 300;
const crashes = Math.ceil(changes / changesPerCrash);

let system: ProcessSystem;
let clinic: Clinic;
let wanted: { typeId: string; practitionerId: string };

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
  const type = await clinic.type();
  wanted = { typeId: type.id, practitionerId: (await clinic.practitioner([type.id])).id };
});
afterAll(() => system.stop());

async function expectAgreement(withinMs?: number): Promise<void> {
  await queuesAreEmpty(system.database, withinMs);
  expect(await disagreements(system.database)).toEqual([]);
  expect(await contradictionsIn(system.database)).toEqual([]);
}

it('buries what is no event, says so by its id alone, and goes on with those beside it', async () => {
  const poison = [
    { id: 'Ada Lovelace', active: true, replacedBy: null, version: 1 },
    { id: randomUUIDv7(), active: 'yes', replacedBy: null, version: 1 },
    { id: randomUUIDv7(), active: true, replacedBy: null, version: 0 },
    {},
  ];
  await post(system.database, poison);
  await repeat(20, 4, () => clinic.patient());
  await expectAgreement();
  expect(await count(system.database, dead)).toBe(poison.length);
  const told = system.services.appointment.output.filter((line) => line.includes('went to the dead letters'));
  expect(told).toHaveLength(poison.length);
  const jobs = await query<{ id: string }>(
    system.database.superuserUrl,
    `select source_id as id from ${dead} order by 1`,
  );
  expect(told.map((line) => (JSON.parse(line) as { job: string }).job).sort()).toEqual(
    jobs.map(({ id }) => id),
  );
  expect(told.join()).not.toContain('Lovelace');
});

it('hears a newer version of the register, which tells more than is known here', async () => {
  const id = randomUUIDv7();
  const state = { id, active: true, replacedBy: null, version: 3 };
  await post(system.database, [{ ...state, change: 'split', since: { version: 2 } }]);
  await queuesAreEmpty(system.database);
  expect(await count(system.database, 'appointment.patient where id = $1 and version = 3', [id])).toBe(1);
  await query(system.database.superuserUrl, 'delete from appointment.patient where id = $1', [id]);
});

it('buries what fails again and again, and goes on with those beside it', async () => {
  const { superuserUrl } = system.database;
  const id = randomUUIDv7();
  await query(
    superuserUrl,
    `create function public.refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$`,
  );
  await query(
    superuserUrl,
    `create trigger refuse before insert on appointment.patient for each row when (new.id = '${id}')
     execute function public.refuse()`,
  );
  const before = await count(system.database, dead);
  await post(system.database, [{ id, active: true, replacedBy: null, version: 1 }]);
  await repeat(20, 4, () => clinic.patient());
  while ((await count(system.database, dead)) === before) {
    await tryAgain(system.database);
    await sleep(100);
  }
  await expectAgreement();
  expect(await count(system.database, dead)).toBe(before + 1);
  await query(superuserUrl, 'drop trigger refuse on appointment.patient');
});

it('rebuilds the book’s copy from whatever it has become, while it serves', async () => {
  const patients = await repeat(40, 4, () => clinic.patient());
  await merge(system.staff, patients[0]?.id ?? '', patients[1]?.id ?? '');
  await queuesAreEmpty(system.database);
  const ids = patients.map(({ id }) => id);
  const { superuserUrl } = system.database;
  const part = (from: number) => [ids.slice(from, from + 10)];
  await query(
    superuserUrl,
    'update appointment.patient set version = version + 7 where id = any($1)',
    part(0),
  );
  await query(superuserUrl, 'update appointment.patient set active = false where id = any($1)', part(10));
  await query(superuserUrl, 'delete from appointment.patient where id = any($1)', part(20));
  expect(await disagreements(system.database)).not.toEqual([]);
  const rebuilding = system.services.appointment.run('rebuild');
  const replies = await repeat(10, 2, async (index) => {
    const { id: patientId } = await clinic.patient();
    return book(system.staff, { ...wanted, patientId, start: ahead(5 + index) });
  });
  expect(await rebuilding).toBe('exit code 0');
  expect(tally(replies)).toEqual({ '201': 10 });
  await expectAgreement();
});

it('waits for its turn with what follows, however long another takes, and puts nothing off', async () => {
  const other = await obstruct(system.database, 'select pg_advisory_xact_lock(7421002)');
  const { id } = await clinic.patient();
  await waitingForLocks(system.database, 'appointment', 1);
  // Longer than any other lock is waited for.
  await sleep(2_500);
  await other.release();
  await expectAgreement();
  const untroubled = "jobs.job where singleton_key = $1 and state = 'completed' and retry_count = 0";
  expect(await count(system.database, untroubled, [id])).toBe(1);
});

it('books who registers behind a backlog at once', async () => {
  const other = await obstruct(system.database, 'select pg_advisory_xact_lock(7421002)');
  await backUp(system.database, 2_000);
  const { id: patientId } = await clinic.patient();
  const reply = await book(system.staff, { ...wanted, patientId, start: ahead(30) });
  expect(tally([reply])).toEqual({ '201': 1 });
  const behind = "jobs.job where singleton_key = $1 and state = 'created'";
  expect(await count(system.database, behind, [patientId])).toBe(1);
  await other.release();
  await expectAgreement();
});

it(`agrees, record by record, after either was killed at random moments of ${changes} changes`, async () => {
  const patients = await repeat(60, 4, () => clinic.patient());
  const merges: string[] = [];
  const any = <T>(list: readonly T[]) => list[Math.floor(Math.random() * list.length)];
  const change = async (index: number): Promise<number> => {
    const [a, b] = [any(patients)?.id ?? '', any(patients)?.id ?? ''];
    if (index % 5 === 0) {
      const { status, body } = await merge(system.staff, a, b);
      if (status === 201) merges.push(body.id);
      return status;
    }
    const mergeId = any(merges);
    if (index % 5 === 1 && mergeId !== undefined) return (await undo(system.staff, mergeId)).status;
    if (index % 5 === 2)
      return (await book(system.staff, { ...wanted, patientId: a, start: ahead(40 + (index % 300)) })).status;
    const { body } = await system.staff.get<{ version: number }>(`/patients/${a}`);
    const patch = { active: index % 10 !== 3, deceased: false };
    return (await system.staff.change('PATCH', `/patients/${a}`, body.version, patch)).status;
  };
  const statuses = new Set<number>();
  for (let crash = 0; crash < crashes; crash += 1) {
    const victim = crash % 2 === 0 ? system.services.appointment : system.services.patient;
    const changing = repeat(changesPerCrash, 8, async (index) =>
      statuses.add(await change(index).catch(() => 0)),
    );
    await sleep(Math.random() * 1_000);
    await victim.kill();
    await victim.start();
    await changing;
  }
  expect([200, 201].every((status) => statuses.has(status))).toBe(true);
  await lose(system.database);
  await expectAgreement(lostWithinMs);
  const astray = `appointment.appointment join appointment.patient on patient.id = patient_id
    where patient.replaced_by is not null`;
  expect(await count(system.database, astray)).toBe(0);
}, 1_200_000);
