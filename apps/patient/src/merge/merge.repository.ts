import { Injectable } from '@nestjs/common';
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Connection, Owned } from '#platform';
import { mergeTable, type MergeRow } from './merge.table.ts';

@Injectable()
export class MergeRepository implements Owned {
  /** Both whose records were merged. */
  async ownersOf(connection: Connection, id: string): Promise<string[]> {
    const merge = await this.find(connection, id);
    return merge ? [merge.survivorId, merge.duplicateId] : [];
  }

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

  /** The records that were merged into one, or into one of those, by merges that stand. */
  async mergedInto(connection: Connection, survivorId: string): Promise<string[]> {
    const { rows } = await connection.execute<{ id: string }>(sql`
      with recursive merged (id) as (
        select duplicate_id from patient.merge where survivor_id = ${survivorId} and undone_at is null
        union
        select merge.duplicate_id from merged
        join patient.merge on merge.survivor_id = merged.id and merge.undone_at is null)
      select id from merged`);
    return rows.map(({ id }) => id);
  }

  /** How many merges, one upon the other, lead to a record by the longest way; no more than `most` are counted. */
  async mergesLeadingTo(tx: Connection, survivorId: string, most: number): Promise<number> {
    const { rows } = await tx.execute<{ merges: number }>(sql`
      with recursive way (id, merges) as (
        select ${survivorId}::uuid, 0
        union all
        select merge.duplicate_id, merges + 1 from way
        join patient.merge on merge.survivor_id = way.id and merge.undone_at is null
        where merges < ${most}::integer)
      select max(merges) as merges from way`);
    return rows[0]?.merges ?? 0;
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
