import { setTimeout as sleep } from 'node:timers/promises';
import { patientChangedQueue } from '#contracts';
import { readyPath, type ServiceName } from '#catalogue';
import type { Entry } from '../../tools/service.ts';
import { post } from '../faults/post.ts';
import { obstruct, waitingForLocks } from '../faults/database.ts';
import { ahead } from '../harness/clinic.ts';
import type { Reply } from '../harness/client.ts';
import { query } from '../harness/sql.ts';
import type { Story } from './story.ts';
import type { WatchedClinic } from './watched-clinic.ts';

const buriedWithinMs = 20_000;
const registration = { active: true, deceased: false, confirmedNotDuplicateOf: undefined };

function registers(story: Story): Promise<Reply<object>> {
  return story.tries('POST /patients', { fields: registration });
}

function books(story: Story): Promise<Reply<object>> {
  const fields = { ...story.visit, holdId: undefined, override: undefined, roomId: undefined };
  return story.tries('POST /appointments', { fields: { ...fields, start: ahead(50) } });
}

function expectStatus({ status }: Reply<object>, expected: number, what: string): void {
  if (status !== expected) throw new Error(`${what} is answered ${status}, not ${expected}`);
}

/** Runs what a superuser can do to a table, and takes it back. */
async function whileThereIs(
  { system }: WatchedClinic,
  [put, back]: readonly [string, string],
  work: () => Promise<void>,
): Promise<void> {
  const { superuserUrl } = system.database;
  await query(superuserUrl, put);
  try {
    await work();
  } finally {
    await query(superuserUrl, back);
  }
}

/** A trigger that does something with every row that comes to a table. */
function trigger(table: string, statement: string): [string, string] {
  const body = `begin ${statement}; return new; end`;
  return [
    `create function public.trouble() returns trigger language plpgsql security definer as $$ ${body} $$;
     create trigger trouble before insert on ${table} for each row execute function public.trouble()`,
    `drop trigger trouble on ${table}; drop function public.trouble()`,
  ];
}

/** A row is refused by the database itself, in words that quote it. */
export async function refusedRows(clinic: WatchedClinic, story: Story): Promise<void> {
  const check = 'alter table patient.patient add constraint trouble check (birth_date > now()) not valid';
  await whileThereIs(clinic, [check, 'alter table patient.patient drop constraint trouble'], async () => {
    expectStatus(await registers(story), 500, 'a row against a constraint');
  });
  for (const statement of [
    `raise exception 'no % here', new.name`,
    `raise unique_violation using message = 'no ' || new.name, detail = new.telecom::text, hint = new.address::text`,
    `perform (new.name ->> 'family')::integer + (new.name #>> '{0,family}')::integer`,
    `execute 'select ' || quote_ident(new.name #>> '{0,family}')`,
  ])
    await whileThereIs(clinic, trigger('patient.patient', statement), async () => {
      expectStatus(await registers(story), 500, statement);
    });
  await whileThereIs(
    clinic,
    trigger('appointment.appointment', `raise exception 'no % here', new.reason`),
    async () => {
      expectStatus(await books(story), 500, 'a booking against a trigger');
    },
  );
}

/** A statement takes too long, or its lock isn't had in time. */
export async function slowStatements(clinic: WatchedClinic, story: Story): Promise<void> {
  await whileThereIs(clinic, trigger('patient.patient', 'perform pg_sleep(30)'), async () => {
    expectStatus(await registers(story), 503, 'a statement that takes too long');
  });
  const obstacle = await obstruct(clinic.system.database, 'lock table patient.patient');
  expectStatus(await registers(story), 503, 'a lock that is not had');
  await obstacle.release();
}

/** Two records are locked crosswise. */
export async function deadlock({ system }: WatchedClinic, story: Story): Promise<void> {
  const survivorId = story.idOf('/patients');
  const { id: duplicateId } = await story.does('POST /patients', { fields: registration });
  story.ids.set('/patients', survivorId);
  const lock = 'select from patient.patient where id = $1 for update';
  const obstacle = await obstruct(system.database, lock, [duplicateId]);
  const merging = story.tries('POST /patients/merges', { fields: { survivorId, duplicateId } });
  await waitingForLocks(system.database, 'patient', 1);
  await obstacle.run(lock, [survivorId]);
  await obstacle.release();
  const merged = await merging;
  expectStatus(merged, 201, 'a merge after a deadlock');
  await story.does('POST /patients/merges/{id}/undo', { id: merged.body.id });
}

/** A request is under way when something dies: its connection, its process, or the whole database. */
export async function deaths(clinic: WatchedClinic, story: Story): Promise<void> {
  const { system } = clinic;
  const inMidRequest = async (name: ServiceName, table: string, die: () => Promise<unknown>) => {
    const obstacle = await obstruct(system.database, `lock table ${table}`);
    const request = name === 'patient' ? registers(story) : books(story);
    await waitingForLocks(system.database, name, 1);
    await die();
    await obstacle.release().catch(() => undefined);
    return (await request).status;
  };
  const disconnect = `select pg_terminate_backend(pid) from pg_stat_activity
    where usename = 'patient' and wait_event_type = 'Lock'`;
  const { superuserUrl } = system.database;
  const statuses = [await inMidRequest('patient', 'patient.patient', () => query(superuserUrl, disconnect))];
  for (const [name, table] of [
    ['patient', 'patient.patient'],
    ['appointment', 'appointment.appointment'],
  ] as const) {
    statuses.push(await inMidRequest(name, table, () => system.services[name].kill()));
    await system.services[name].start();
  }
  statuses.push(await inMidRequest('patient', 'patient.patient', () => clinic.restartPostgres()));
  if (statuses.join() !== '503,502,502,503') throw new Error(`answered ${statuses.join()}`);
  for (const service of Object.values(system.services))
    await service.becomes(readyPath(service.service), 200);
}

/** Jobs come that nobody can carry out; they are in words that no job of ours has. */
export async function deadLetters({ system, canaries }: WatchedClinic): Promise<void> {
  const { superuserUrl } = system.database;
  const payload = { id: canaries.text('a job'), family: canaries.text('a job'), active: 'yes' };
  await post(system.database, [payload]);
  const dead = `delete from jobs.job where name = '${patientChangedQueue}-dead' returning id`;
  const deadline = Date.now() + buriedWithinMs;
  while ((await query(superuserUrl, dead)).length === 0) {
    if (Date.now() > deadline) throw new Error('the job is not among the dead letters');
    await sleep(100);
  }
  // It was ours, in its own queue too.
  await query(superuserUrl, `delete from jobs.job where data ? 'family'`);
}

/** Programs that can't start, or can't do what they are for. */
export async function failingPrograms(clinic: WatchedClinic): Promise<void> {
  const { canaries, system } = clinic;
  const { patient } = system.services;
  const { ownerEnvironment } = system.database;
  const secret = canaries.text('a password');
  const fails = async (program: Entry, environment: NodeJS.ProcessEnv) => {
    const how = await patient.run(program, environment);
    if (how !== 'exit code 1') throw new Error(`${program} ended with ${how}`);
  };
  await fails('migrate', { ...ownerEnvironment, DATABASE_OWNER_PASSWORD: secret });
  await fails('migrate', { ...ownerEnvironment, DATABASE_URL: `postgres//patient:${secret}@localhost/x` });
  await fails('main', { DATABASE_URL: `mysql://patient:${secret}@localhost/x` });
  await fails('main', { DATABASE_URL: `postgres://patient:${secret}@localhost/x?sslmode=${secret}` });
  await fails('main', { OIDC_ISSUER: secret, RATE_LIMIT_PER_MINUTE: secret, LOG_LEVEL: secret });
  const again = `delete from patient.migration where name = '0008_make_pairs.call.sql'; delete from patient.patient_name_pair`;
  await query(system.database.superuserUrl, again);
  await whileThereIs(clinic, trigger('patient.patient_name_pair', `raise exception 'no %', new.words`), () =>
    fails('migrate', ownerEnvironment),
  );
  const how = await patient.run('migrate', ownerEnvironment);
  if (how !== 'exit code 0') throw new Error(`migrate ended with ${how}`);
}

/** Nobody can say who the caller is. */
export async function noIssuer({ system, issuer }: WatchedClinic, story: Story): Promise<void> {
  await issuer.stop();
  for (const service of Object.values(system.services)) {
    await service.kill();
    await service.start();
  }
  expectStatus(await registers(story), 503, 'a token that nobody can verify');
  expectStatus(await books(story), 503, 'a token that nobody can verify');
}
