import { Injectable } from '@nestjs/common';
import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Connection } from '#platform';
import { mergeTable, type MergeRow } from './merge.table.ts';

@Injectable()
export class MergeRepository {
  async insert(tx: Connection, merge: MergeRow): Promise<void> {
    await tx.insert(mergeTable).values(merge);
  }

  async find(connection: Connection, id: string): Promise<MergeRow | undefined> {
    const [row] = await connection.select().from(mergeTable).where(eq(mergeTable.id, id));
    return row;
  }

  async update(tx: Connection, { id, ...merge }: MergeRow): Promise<void> {
    await tx.update(mergeTable).set(merge).where(eq(mergeTable.id, id));
  }

  /** The merges into a record that stand, in the order they were made. */
  async standingInto(tx: Connection, survivorId: string): Promise<MergeRow[]> {
    return tx
      .select()
      .from(mergeTable)
      .where(and(eq(mergeTable.survivorId, survivorId), isNull(mergeTable.undoneAt)))
      .orderBy(asc(mergeTable.id));
  }

  /** The merge by which a record is merged away. */
  async standingOf(tx: Connection, duplicateId: string): Promise<MergeRow | undefined> {
    const [row] = await tx
      .select()
      .from(mergeTable)
      .where(and(eq(mergeTable.duplicateId, duplicateId), isNull(mergeTable.undoneAt)));
    return row;
  }
}
