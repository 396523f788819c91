import pg from 'pg';

export type Json = Record<string, unknown>;

/** Callers who ask while a statement is under way share the next one. */
export class Shared<Asked, Answer> {
  #waiting: { asked: Asked; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  #isBusy = false;
  readonly #run: (asked: Asked[]) => Promise<Answer[]>;

  constructor(run: (asked: Asked[]) => Promise<Answer[]>) {
    this.#run = run;
  }

  ask(asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ asked, resolve, reject });
      if (!this.#isBusy) void this.#goOn();
    });
  }

  async #goOn(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, 64);
      try {
        const answers = await this.#run(together.map(({ asked }) => asked));
        for (const [index, { resolve }] of together.entries()) resolve(answers[index] as Answer);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#isBusy = false;
  }
}

interface Store {
  /** Of a statement that PostgreSQL parses once a connection, by its name. */
  readonly rows: (name: string, text: string, values: unknown[]) => Promise<Json[]>;
  readonly log: Shared<Json[], undefined>;
}

/** Rows of a service's schema by named statements, and its access log, whose entries share inserts. */
export function storeOf(schema: string, connectionString: string | undefined): Store {
  const pool = new pg.Pool({
    connectionString,
    max: 10,
    options: '-c timezone=UTC -c plan_cache_mode=force_generic_plan',
  });
  const rows: Store['rows'] = async (name, text, values) =>
    (await pool.query<Json>({ name, text, values })).rows;
  const log = new Shared<Json[], undefined>(async (accesses) => {
    await rows('log', insertOf(schema), [JSON.stringify(accesses.flat())]);
    return accesses.map(() => undefined);
  });
  return { rows, log };
}

const insertOf = (schema: string): string => `
  with own as materialized (select pg_current_xact_id() as id)
  insert into "${schema}".access_log (id, request_id, caller, action, route, record_id, patient_id, asked, status)
  select entry.* from own cross join json_to_recordset($1) as entry (id uuid, request_id text, caller text,
    action text, route text, record_id uuid, patient_id uuid, asked text, status smallint)
  where own.id is not null`;
