import { boolean, date, integer, jsonb, pgSchema, text, uuid } from 'drizzle-orm/pg-core';
import type { AddressDto, ContactPointDto, HumanNameDto, IdentifierDto, PatientDto } from '#contracts';
import { instant } from '#platform';

export const patientTable = pgSchema('patient').table('patient', {
  id: uuid().primaryKey(),
  mrn: text().notNull(),
  active: boolean().notNull(),
  name: jsonb().$type<HumanNameDto[]>().notNull(),
  birthDate: date('birth_date').notNull(),
  gender: text().$type<NonNullable<PatientDto['gender']>>().notNull(),
  telecom: jsonb().$type<ContactPointDto[]>().notNull(),
  address: jsonb().$type<AddressDto[]>().notNull(),
  identifier: jsonb().$type<IdentifierDto[]>().notNull(),
  communication: jsonb().$type<string[]>().notNull(),
  deceased: boolean(),
  replacedBy: uuid('replaced_by'),
  version: integer().notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export type PatientRow = typeof patientTable.$inferSelect;
