import type pg from 'pg';

/** Something in a schema, in words, and the table it is about. */
interface Line {
  readonly kind: 'relied on' | 'demanded';
  readonly relation: string;
  /** The columns a demand is about; none: a whole row. */
  readonly columns: readonly string[];
  readonly text: string;
}

/** What a version of a service finds in its schema. */
export type Found = readonly Line[];

/**
 * `relied on`: what statements name or need: columns with their types and whether they may be empty as they are read,
 * routines, rights, and the unique indexes by which ON CONFLICT finds a row.
 * `demanded`: what rows must fulfil: columns that nobody fills for them, checks, references, uniqueness.
 */
const statement = `
  with relation as (
    select oid, relname, relkind from pg_class where relnamespace = $1::text::regnamespace and relkind in ('r', 'p', 'v', 'S') and not relispartition
  ), col as (
    select relname, attname, format_type(atttypid, atttypmod) as type, attnotnull,
      attnotnull and not atthasdef and attidentity = '' as must_be_given
    from relation join pg_attribute on attrelid = relation.oid
    where relkind <> 'S' and attnum > 0 and not attisdropped
  ), key as (
    select relname, pg_get_indexdef(indexrelid) as text, indisunique,
      array(select attname::text from pg_attribute where attrelid = indrelid and attnum = any (indkey)) as columns
    from relation join pg_index on indrelid = relation.oid where indisunique or indisexclusion
  )
  select 'relied on' as kind, relname as relation, '{}'::text[] as columns, 'the relation ' || relname as text from relation
  union all
  select 'relied on', relname, '{}'::text[], format('the column %s.%s as %s', relname, attname, type) from col
  union all
  select 'relied on', relname, '{}'::text[], format('a value in %s.%s', relname, attname) from col where attnotnull
  union all
  select 'relied on', relname, '{}'::text[], 'the key ' || regexp_replace(text, ' INDEX \\S+', '') from key where indisunique
  union all
  select 'relied on', relname, '{}'::text[], format('the right to %s %s.%s', lower(privilege_type), relname, column_name)
    from relation join information_schema.column_privileges on table_schema = $1::text and table_name = relname
    where grantee = $1::text
  union all
  select 'relied on', relname, '{}'::text[], format('the right to %s %s', lower(privilege_type), relname)
    from relation join information_schema.table_privileges on table_schema = $1::text and table_name = relname
    where grantee = $1::text
  union all
  select 'relied on', proname, '{}'::text[], format('the routine %s returning %s', oid::regprocedure, coalesce(pg_get_function_result(oid), 'nothing'))
    from pg_proc where pronamespace = $1::text::regnamespace
  union all
  select 'demanded', relname, '{}'::text[], format('a value for %s.%s', relname, attname) from col where must_be_given
  union all
  select 'demanded', relname, columns, regexp_replace(text, ' INDEX \\S+', '') from key
  union all
  select 'demanded', relname,
      array(select attname::text from pg_attribute where attrelid = conrelid and attnum = any (conkey)),
      format('of %s: %s', relname, pg_get_constraintdef(pg_constraint.oid))
    from relation join pg_constraint on conrelid = relation.oid where contype in ('c', 'f')`;

export async function foundIn(client: pg.ClientBase, schema: string): Promise<Found> {
  return (await client.query<Line>(statement, [schema])).rows;
}

/**
 * What a version that knows the schema as it was would miss in it as it is, or be refused by it, a line each. What a
 * trigger or a routine does can't be judged so.
 * @param givenUp tables and columns that no version which may still run relies on
 */
export function brokenBetween(before: Found, after: Found, givenUp: readonly string[] = []): string[] {
  const of = (found: Found, kind: Line['kind']) => found.filter((line) => line.kind === kind);
  const texts = (found: Found, kind: Line['kind']) => new Set(of(found, kind).map(({ text }) => text));
  const there = texts(after, 'relied on');
  const demanded = texts(before, 'demanded');
  const relations = new Set(before.map(({ relation }) => relation));
  const isColumn = (name: string) => before.some(({ text }) => text.startsWith(`the column ${name} as `));
  const meetsOldRows = ({ relation, columns }: Line) =>
    relations.has(relation) &&
    (columns.length === 0 || columns.some((column) => isColumn(`${relation}.${column}`)));
  // A table with all that is of it, or a column as `room.active`: not every line in which such a word occurs.
  const isGivenUp = ({ relation, text }: Line) =>
    givenUp.some((name) => name === relation || (name.includes('.') && text.split(' ').includes(name)));
  const missed = of(before, 'relied on').filter((line) => !there.has(line.text) && !isGivenUp(line));
  const asked = of(after, 'demanded').filter(
    (line) => !demanded.has(line.text) && meetsOldRows(line) && !isGivenUp(line),
  );
  return [
    ...new Set(missed.map(({ text }) => `misses ${text}`)),
    ...asked.map(({ text }) => `is asked for ${text}`),
  ];
}

/** What a migration says it gives up: `-- gives up room.active, waitlist_passed`. */
export function givenUpBy(sql: string): string[] {
  return [...sql.matchAll(/-- gives up (.+)$/gm)].flatMap(([, names = '']) => names.split(', '));
}
