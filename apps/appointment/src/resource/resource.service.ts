import { randomUUIDv7 } from 'node:crypto';
import { applyMergePatch, isId, type MergePatch, type Page, type PageQuery } from '#contracts';
import {
  decodeCursor,
  defaultLimit,
  NotFound,
  toPage,
  type Connection,
  type Database,
  type Precondition,
} from '#platform';
import type { ResourceRepository, ResourceRow } from './resource.repository.ts';

/** What makes one kind of plain resource: its noun and how a client's input becomes a row. */
export interface ResourceKind<Input, Row extends ResourceRow> {
  noun: string;
  /** Fills in defaults. */
  complete(input: Input): Omit<Row, 'id' | 'version'>;
}

/** Reading and changing of plain resources; a noun's own service adds what is its own. */
export abstract class ResourceService<Input extends object, Row extends ResourceRow> {
  protected constructor(
    private readonly kind: ResourceKind<Input, Row>,
    private readonly rows: ResourceRepository<Row>,
    private readonly database: Database,
  ) {}

  async create(tx: Connection, input: Input): Promise<Row> {
    const row = { id: randomUUIDv7(), ...this.kind.complete(input), version: 1 } as Row;
    await this.rows.insert(tx, row);
    return row;
  }

  async find(id: string): Promise<Row> {
    const row = await this.rows.find(this.database.reader, id);
    if (!row) throw new NotFound(this.kind.noun);
    return row;
  }

  async list({ limit = defaultLimit, cursor }: PageQuery): Promise<Page<Row>> {
    const [after] = decodeCursor(cursor, [isId]) ?? [];
    const rows = await this.rows.list(this.database.reader, limit + 1, after);
    return toPage(rows, limit, keyOf, itself);
  }

  /** The row as a merge patch leaves it; stored, one version on. */
  async change(
    tx: Connection,
    id: string,
    precondition: Precondition,
    patch: MergePatch<Input>,
  ): Promise<Row> {
    const current = await this.rows.findForChange(tx, id);
    if (!current) throw new NotFound(this.kind.noun);
    precondition.check(current.version);
    const patched = applyMergePatch(current as unknown as Input, patch);
    const row = { id, ...this.kind.complete(patched), version: current.version + 1 } as Row;
    await this.rows.update(tx, row);
    await this.changed?.(tx, current, row);
    return row;
  }

  /** What follows from a change; nothing, for most. */
  protected changed?(tx: Connection, before: Row, after: Row): Promise<void>;
}

const keyOf = ({ id }: ResourceRow): readonly string[] => [id];

function itself<Row>(row: Row): Row {
  return row;
}
