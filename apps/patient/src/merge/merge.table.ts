import { integer, jsonb, pgSchema, text, uuid } from 'drizzle-orm/pg-core';
import type { KeptDto } from '#contracts';
import { instant } from '#platform';
import type { United } from './union.ts';

export const mergeTable = pgSchema('patient').table('merge', {
  id: uuid().primaryKey(),
  survivorId: uuid('survivor_id').notNull(),
  duplicateId: uuid('duplicate_id').notNull(),
  reason: text().notNull(),
  by: text().notNull(),
  united: jsonb().$type<United>().notNull(),
  kept: jsonb().$type<KeptDto>().notNull(),
  undoneBy: text('undone_by'),
  undoneAt: instant('undone_at'),
  undoneReason: text('undone_reason'),
  version: integer().notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export type MergeRow = typeof mergeTable.$inferSelect;
