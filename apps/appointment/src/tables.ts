import { boolean, integer, jsonb, pgSchema, smallint, text, uuid } from 'drizzle-orm/pg-core';
import type {
  AppointmentStatus,
  AvailabilityExceptionDto,
  ConflictRule,
  RecurrenceDto,
  SkippedStartDto,
  WaitlistStatus,
  WaitlistWhatDto,
  WeeklyWindowDto,
  WhatDto,
} from '#contracts';
import { instant } from '#platform';

const schema = pgSchema('appointment');

export const patientTable = schema.table('patient', {
  id: uuid().primaryKey(),
  active: boolean().notNull(),
  replacedBy: uuid('replaced_by'),
  version: integer().notNull(),
});

export const typeTable = schema.table('appointment_type', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  minutes: integer().notNull(),
  bufferBefore: integer('buffer_before').notNull(),
  bufferAfter: integer('buffer_after').notNull(),
  needsRoom: boolean('needs_room').notNull(),
  slotStep: integer('slot_step').notNull(),
  minNoticeMinutes: integer('min_notice_minutes').notNull(),
  maxDaysAhead: integer('max_days_ahead').notNull(),
  active: boolean().notNull(),
  version: integer().notNull(),
});

export const practitionerTable = schema.table('practitioner', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  active: boolean().notNull(),
  typeIds: uuid('type_ids').array().notNull(),
  version: integer().notNull(),
});

export const availabilityTable = schema.table('availability', {
  practitionerId: uuid('practitioner_id').primaryKey(),
  timeZone: text('time_zone').notNull(),
  weekly: jsonb().$type<WeeklyWindowDto[]>().notNull(),
  exceptions: jsonb().$type<AvailabilityExceptionDto[]>().notNull(),
  version: integer().notNull(),
});

export const roomTable = schema.table('room', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  active: boolean().notNull(),
  version: integer().notNull(),
});

export const appointmentTable = schema.table('appointment', {
  id: uuid().primaryKey(),
  status: text().$type<AppointmentStatus>().notNull(),
  typeId: uuid('type_id').notNull(),
  patientId: uuid('patient_id').notNull(),
  practitionerId: uuid('practitioner_id').notNull(),
  roomId: uuid('room_id'),
  start: instant('start_at').notNull(),
  end: instant('end_at').notNull(),
  minutes: integer().notNull(),
  bufferBefore: integer('buffer_before').notNull(),
  bufferAfter: integer('buffer_after').notNull(),
  reason: text(),
  cancelReason: text('cancel_reason'),
  overrideReason: text('override_reason'),
  overrideBy: text('override_by'),
  seriesId: uuid('series_id'),
  homeId: uuid('home_id'),
  patientConflict: boolean('patient_conflict').notNull(),
  version: integer().notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const changeTable = schema.table('appointment_change', {
  appointmentId: uuid('appointment_id').notNull(),
  version: integer().notNull(),
  at: instant().notNull(),
  by: text().notNull(),
  what: jsonb().$type<WhatDto>().notNull(),
});

export const holdTable = schema.table('hold', {
  id: uuid().primaryKey(),
  typeId: uuid('type_id').notNull(),
  practitionerId: uuid('practitioner_id').notNull(),
  roomId: uuid('room_id'),
  patientId: uuid('patient_id'),
  start: instant('start_at').notNull(),
  end: instant('end_at').notNull(),
  minutes: integer().notNull(),
  bufferBefore: integer('buffer_before').notNull(),
  bufferAfter: integer('buffer_after').notNull(),
  expiresAt: instant('expires_at').notNull(),
  createdAt: instant('created_at').notNull(),
});

export const seriesTable = schema.table('series', {
  id: uuid().primaryKey(),
  typeId: uuid('type_id').notNull(),
  patientId: uuid('patient_id').notNull(),
  practitionerId: uuid('practitioner_id').notNull(),
  roomId: uuid('room_id'),
  start: instant('start_at').notNull(),
  reason: text(),
  recurrence: jsonb().$type<RecurrenceDto>().notNull(),
  onConflict: text('on_conflict').$type<ConflictRule>().notNull(),
  skipped: jsonb().$type<SkippedStartDto[]>().notNull(),
  homeId: uuid('home_id'),
  createdAt: instant('created_at').notNull(),
});

export const waitlistTable = schema.table('waitlist_entry', {
  id: uuid().primaryKey(),
  patientId: uuid('patient_id').notNull(),
  homeId: uuid('home_id'),
  typeId: uuid('type_id').notNull(),
  practitionerId: uuid('practitioner_id'),
  earliest: instant('earliest_at').notNull(),
  latest: instant('latest_at').notNull(),
  rank: smallint().notNull(),
  status: text().$type<WaitlistStatus>().notNull(),
  holdId: uuid('hold_id'),
  offerStart: instant('offer_start_at'),
  offerPractitionerId: uuid('offer_practitioner_id'),
  offerExpiresAt: instant('offer_expires_at'),
  appointmentId: uuid('appointment_id'),
  version: integer().notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

export const waitlistChangeTable = schema.table('waitlist_change', {
  entryId: uuid('entry_id').notNull(),
  version: integer().notNull(),
  at: instant().notNull(),
  by: text().notNull(),
  what: jsonb().$type<WaitlistWhatDto>().notNull(),
});

export const waitlistPassedTable = schema.table('waitlist_passed', {
  entryId: uuid('entry_id').notNull(),
  practitionerId: uuid('practitioner_id').notNull(),
  start: instant('start_at').notNull(),
  end: instant('end_at').notNull(),
});

export type PatientRow = typeof patientTable.$inferSelect;
export type TypeRow = typeof typeTable.$inferSelect;
export type PractitionerRow = typeof practitionerTable.$inferSelect;
export type AvailabilityRow = typeof availabilityTable.$inferSelect;
export type RoomRow = typeof roomTable.$inferSelect;
export type AppointmentRow = typeof appointmentTable.$inferSelect;
export type ChangeRow = typeof changeTable.$inferSelect;
export type HoldRow = typeof holdTable.$inferSelect;
export type SeriesRow = typeof seriesTable.$inferSelect;
export type WaitlistRow = typeof waitlistTable.$inferSelect;
export type WaitlistChangeRow = typeof waitlistChangeTable.$inferSelect;
