import pg from 'pg';

export type Json = Record<string, unknown>;
/** What is logged of a request, and of which patients. */
export type Access = Json & { readonly patientIds: readonly string[] };

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
  readonly log: Shared<Access, undefined>;
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
  const log = new Shared<Access, undefined>(async (accesses) => {
    const patientIds = accesses.flatMap((access) => access.patientIds);
    let last = 0;
    const each = accesses.map(({ patientIds, ...access }) => {
      const first = last + 1;
      last += patientIds.length;
      return { ...access, patients: [first, last] };
    });
    await rows('log', insertOf(schema), [patientIds, JSON.stringify(each)]);
    return accesses.map(() => undefined);
  });
  return { rows, log };
}

const insertOf = (schema: string): string => `
  insert into "${schema}".access_log_sheet (patient_ids, accesses) select $1, $2 where pg_current_xact_id() is not null`;
