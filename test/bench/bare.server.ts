import { randomUUIDv7 } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import pg from 'pg';

// node bare.server.ts: what the services answer to two reads, written by hand on node:http or, with FRAMEWORK=express, on
// Express: the same statements, JSON, token check and access log, and nothing else: no validation, no problems, no
// tracing, no log lines. Tells its parent when it listens.

const { FRAMEWORK = 'node:http', PORT = '0', ISSUER = '', PATIENT_URL, APPOINTMENT_URL } = process.env;

type Json = Record<string, unknown>;

/** Callers who ask while a statement is under way share the next one. */
class Shared<Asked, Answer> {
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

function storeOf(schema: string, connectionString: string | undefined) {
  const pool = new pg.Pool({ connectionString, max: 10, options: '-c timezone=UTC' });
  const rows = async (name: string, text: string, values: unknown[]): Promise<Json[]> =>
    (await pool.query<Json>({ name, text, values })).rows;
  const log = new Shared<Json[], undefined>(async (accesses) => {
    await rows('log', insertOf(schema), [JSON.stringify(accesses.flat())]);
    return accesses.map(() => undefined);
  });
  return { rows, log };
}

const insertOf = (schema: string): string => `
  with own as materialized (select pg_current_xact_id() as id)
  insert into "${schema}".access_log (id, request_id, caller, action, route, record_id, patient_id, status)
  select entry.* from own cross join json_to_recordset($1) as entry (id uuid, request_id text, caller text,
    action text, route text, record_id uuid, patient_id uuid, status smallint)
  where own.id is not null`;

const patient = storeOf('patient', PATIENT_URL);
const appointment = storeOf('appointment', APPOINTMENT_URL);
const discovery = await fetch(`${ISSUER}/.well-known/openid-configuration`);
const keys = createRemoteJWKSet(new URL(((await discovery.json()) as { jwks_uri: string }).jwks_uri));
const known = new Map<string, { subject: string; expires: number }>();

async function callerOf(authorization = ''): Promise<string> {
  const seen = known.get(authorization);
  if (seen && Date.now() / 1000 < seen.expires) return seen.subject;
  const { payload } = await jwtVerify(authorization.slice('Bearer '.length), keys, {
    issuer: ISSUER,
    audience: 'clinic',
  });
  if (!String(payload.scope).includes('clinic/')) throw new Error('the token has no scope of ours');
  const caller = { subject: payload.sub ?? '', expires: payload.exp ?? 0 };
  known.set(authorization, caller);
  return caller.subject;
}

/** Without what is null, and instants as RFC 3339 has them. */
function tidy(row: Json): Json {
  const told = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(
    told.map(([key, value]) => [key, value instanceof Date ? utcText(value) : value]),
  );
}

function utcText(date: Date): string {
  return date.toISOString().replace(/\.?0+Z$/, 'Z');
}

const access = (caller: string, requestId: string, action: string, route: string, about: Json): Json => ({
  ...{ id: randomUUIDv7(), request_id: requestId, caller, action, route, status: 200, ...about },
});

const found = new Shared<string, Json | undefined>(async (ids) => {
  const rows = await patient.rows(
    'find',
    `select id, mrn, active, name, birth_date::text as "birthDate", gender, telecom, address, identifier, communication,
       deceased, replaced_by as "replacedBy", version, created_at as "createdAt", updated_at as "updatedAt"
     from patient.patient where id = any ($1)`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
});

async function readPatient(caller: string, requestId: string, id: string): Promise<Json> {
  const row = await found.ask(id);
  if (!row) throw new Error('no such patient');
  const about = { record_id: id, patient_id: id };
  await patient.log.ask([access(caller, requestId, 'read', 'GET /patients/:id', about)]);
  return tidy(row);
}

async function listDay(caller: string, requestId: string, query: URLSearchParams): Promise<Json> {
  const limit = Number(query.get('limit'));
  const rows = await appointment.rows(
    'list',
    `select id, status, type_id as "typeId", patient_id as "patientId", start_at as start,
       practitioner_id as "practitionerId", room_id as "roomId", end_at as "end", minutes, reason,
       cancel_reason as "cancelReason", series_id as "seriesId", nullif(patient_conflict, false) as "patientConflict", version,
       created_at as "createdAt", updated_at as "updatedAt"
     from appointment.appointment where practitioner_id = $1 and start_at >= $2 and start_at < $3
     order by start_at, id limit $4`,
    [query.get('practitionerId'), query.get('from'), query.get('to'), limit + 1],
  );
  if (rows.length > limit) throw new Error('the day has more than a page');
  const seen = [...new Set(rows.map(({ patientId }) => patientId))];
  await appointment.log.ask(
    seen.map((id) => access(caller, requestId, 'read', 'GET /appointments', { patient_id: id })),
  );
  return { items: rows.map(tidy), nextCursor: null };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/patients/health/live') {
    response.writeHead(200, { 'content-length': 0 }).end();
    return;
  }
  const requestId = randomUUIDv7();
  const caller = await callerOf(request.headers.authorization);
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://service');
  const body =
    pathname === '/appointments'
      ? await listDay(caller, requestId, searchParams)
      : await readPatient(caller, requestId, pathname.slice('/patients/'.length));
  const text = JSON.stringify(body);
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...(body.version !== undefined && { etag: `"${body.version as number}"` }),
  });
  response.end(text);
}

function expressApp(): express.Express {
  const app = express();
  app.use(express.json());
  app.get(['/patients/health/live', '/patients/:id', '/appointments'], answer);
  return app;
}

function fail(response: ServerResponse, error: unknown): void {
  console.error(error);
  response.writeHead(500).end();
}

const server =
  FRAMEWORK === 'express'
    ? createServer(expressApp())
    : createServer((request, response) => {
        answer(request, response).catch((error: unknown) => {
          fail(response, error);
        });
      });
server.listen(Number(PORT), '127.0.0.1', () => process.send?.('listening'));
