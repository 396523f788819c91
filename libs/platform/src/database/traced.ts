import type pg from 'pg';
import { inSpan } from '../telemetry/span.ts';

type Query = string | { readonly name?: string; readonly text: string };

/**
 * A client, or a pool, of which only what is needed to send statements is left, each a span: told by the statement's name
 * or by what it does to which table, never by its values. https://opentelemetry.io/docs/specs/semconv/db/postgresql/
 */
export function traced<Client extends pg.Pool | pg.PoolClient>(client: Client): Client {
  const send = client.query.bind(client) as (query: Query, ...rest: unknown[]) => Promise<unknown>;
  const query = (statement: Query, ...rest: unknown[]): Promise<unknown> => {
    const summary = summaryOf(statement);
    const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': summary };
    return inSpan(summary, attributes, () => send(statement, ...rest));
  };
  return { query, ...('connection' in client && { connection: client.connection }) } as unknown as Client;
}

/** Identifiers alone: of a text that has no name, its first word and its first table. */
function summaryOf(statement: Query): string {
  const { name, text } = typeof statement === 'string' ? { name: undefined, text: statement } : statement;
  if (name !== undefined) return name;
  const [operation = 'statement'] = /^\s*[a-z]+/i.exec(text) ?? [];
  const table = /\b(?:from|into|update) ("?\w+"?\."?\w+"?)/i.exec(text)?.[1];
  return [operation.trim().toLowerCase(), table?.replaceAll('"', '')].filter(Boolean).join(' ');
}
