import { expect } from '@jest/globals';
import { partsOf } from '../../apps/patient/src/match/birth-date.ts';
import { somebody, type NewPerson } from '../harness/people.ts';
import type { ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { targetOf } from './asker.ts';
import type { Change } from './change.ts';
import { scriptOf } from './pgbench.ts';
import { recordedTransaction } from './recording.ts';

/** The number of the first whom the service registers, of the first whom pgbench does, and of who is recorded. */
const [first, firstOfBaseline, recorded] = [100_000, 1_000_000, 2_000_000];
/** More than it gets to in all rounds: it would have to register 1,500 a second. */
const mostOfBaseline = 100_000;

/** The values of a person that statements have, as PostgreSQL writes them down. */
type Values = Readonly<Record<'name' | 'birth_date' | 'parts', string>>;

/** People are made in one way for both, so that both find as many who are alike. */
export async function registration(system: ProcessSystem): Promise<Change> {
  const person = somebody(recorded);
  let mrn = '';
  const statements = await recordedTransaction(system, 'patient', 'patient_lock_dates', async (direct) => {
    const { status, body } = await direct.post<{ mrn: string }>('/patients', person);
    expect(status).toBe(201);
    mrn = body.mrn;
  });
  const variables: Record<string, string> = { [mrn]: 'fresh' };
  for (const [variable, value] of Object.entries(valuesOf(person))) variables[value] = variable;
  await makeNewcomers(system.database.superuserUrl);
  return {
    what: 'POST /patients',
    target: targetOf(system.direct.patient, '/patients', { kind: 'people', first }),
    table: 'patient.patient',
    url: system.database.urlOf('patient'),
    script: scriptOf(statements, {
      variables,
      once: `prepare next_newcomer as select name, birth_date, parts
        from nextval('public.newcomer_turn') as turn join public.newcomer using (turn);`,
      each: 'execute next_newcomer \\gset',
    }),
  };
}

/** Those whom pgbench registers, one after the other. */
async function makeNewcomers(superuserUrl: string): Promise<void> {
  const people = Array.from({ length: mostOfBaseline }, (_, index) => ({
    turn: index + 1,
    ...valuesOf(somebody(firstOfBaseline + index)),
  }));
  await query(
    superuserUrl,
    'create table public.newcomer (turn bigint primary key, name text, birth_date text, parts text)',
  );
  await query(superuserUrl, 'create sequence public.newcomer_turn');
  await query(
    superuserUrl,
    'insert into public.newcomer select * from json_populate_recordset(null::public.newcomer, $1)',
    [JSON.stringify(people)],
  );
  await query(superuserUrl, 'grant select on public.newcomer to patient');
  await query(superuserUrl, 'grant usage on public.newcomer_turn to patient');
}

function valuesOf({ name: [name], birthDate }: NewPerson): Values {
  const { family = '', given = [] } = name ?? {};
  return {
    name: `[{"given": ${JSON.stringify(given)}, "family": "${family}", "prefix": []}]`,
    birth_date: birthDate,
    parts: `{${partsOf(birthDate).join()}}`,
  };
}
