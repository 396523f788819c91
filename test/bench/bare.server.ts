import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Shared, storeOf, type Access, type Json } from './bare.store.ts';

// node bare.server.ts: what the services answer to three reads, written by hand on node:http or, with FRAMEWORK=express, on
// Express: the same statements, JSON, token check and access log, and nothing else: no validation, no problems, no
// tracing, no log lines. Tells its parent when it listens.

const { FRAMEWORK = 'node:http', PORT = '0', ISSUER = '', PATIENT_URL, APPOINTMENT_URL } = process.env;

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

const access = (
  [caller, requestId]: readonly [string, string],
  action: string,
  route: string,
  patientIds: readonly string[],
): Access => ({ request_id: requestId, caller, action, route, status: 200, patientIds });

const patientColumns = `id, mrn, active, name, birth_date::text as "birthDate", gender, telecom, address, identifier, communication,
  deceased, replaced_by as "replacedBy", version, created_at as "createdAt", updated_at as "updatedAt"`;

const found = new Shared<string, Json | undefined>(async (ids) => {
  const rows = await patient.rows(
    'find',
    `select ${patientColumns} from patient.patient where id = any ($1)`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
});

async function readPatient(caller: string, requestId: string, id: string): Promise<Json> {
  const row = await found.ask(id);
  if (!row) throw new Error('no such patient');
  const told = access([caller, requestId], 'read', 'GET /patients/:id', [id]);
  await patient.log.ask({ ...told, record_id: id });
  return tidy(row);
}

/** By a whole number: whoever only shares its last seven digits is left out. */
async function searchPhone(caller: string, requestId: string, asked: { phone: string }): Promise<Json> {
  const { phone } = asked;
  const rows = await patient.rows(
    'search',
    `select ${patientColumns} from patient.patient
     where id in (select patient_id from patient.patient_key where key = patient.number_key($1)) limit $2`,
    [phone, 100],
  );
  const fitting = rows.filter(({ telecom }) =>
    (telecom as { value: string }[]).some(({ value }) => value === phone),
  );
  if (fitting.length === 0) throw new Error('nobody has the number');
  const ids = fitting.map(({ id }) => String(id));
  const told = access([caller, requestId], 'search', 'POST /patients/search', ids);
  await patient.log.ask({ ...told, asked: digestOf(asked) });
  return { items: fitting.map((row) => ({ patient: tidy(row), score: 1 })) };
}

function digestOf(asked: Json): string {
  const salt = randomBytes(12);
  const hash = createHash('sha256').update(salt).update(JSON.stringify(asked));
  return `${salt.toString('base64url')}.${hash.digest('base64url')}`;
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
  const seen = [...new Set(rows.map(({ patientId }) => String(patientId)))];
  await appointment.log.ask(access([caller, requestId], 'read', 'GET /appointments', seen));
  return { items: rows.map(tidy), nextCursor: null };
}

async function answer(
  request: IncomingMessage & { body?: unknown },
  response: ServerResponse,
): Promise<void> {
  if (request.url?.endsWith('/health/live')) {
    response.writeHead(200, { 'content-length': 0 }).end();
    return;
  }
  const requestId = randomUUIDv7();
  const caller = await callerOf(request.headers.authorization);
  const told = await answerOf(request, caller, requestId);
  const json = JSON.stringify(told);
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(json),
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...(told.version !== undefined && { etag: `"${told.version as number}"` }),
  });
  response.end(json);
}

async function answerOf(
  request: IncomingMessage & { body?: unknown },
  caller: string,
  requestId: string,
): Promise<Json> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://service');
  if (pathname === '/appointments') return listDay(caller, requestId, searchParams);
  if (pathname !== '/patients/search')
    return readPatient(caller, requestId, pathname.slice('/patients/'.length));
  // Express has read it.
  const asked: unknown = request.body ?? JSON.parse(await text(request));
  return searchPhone(caller, requestId, asked as { phone: string });
}

function expressApp(): express.Express {
  const app = express();
  app.use(express.json());
  app.get(['/:service/health/live', '/patients/:id', '/appointments'], answer);
  app.post('/patients/search', answer);
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
