import { purposesOfUse, type PurposeOfUse } from './purpose-of-use.ts';
import { Flag, Id, InstantText, OneOf, Text, Whole } from './value-fields.ts';

/** What was done, or would have been: a refusal is told by its status. A kept answer given again counts as read. */
export const accessActions = ['read', 'search', 'create', 'update', 'delete', 'merge', 'unmerge'] as const;
export type AccessAction = (typeof accessActions)[number];

/** Who it was that a patient is not told. */
export const anotherPatient = 'another patient';

/** Somebody saw or changed a patient's record, or tried to. */
export class AccessLogEntryDto {
  @InstantText() at!: string;
  @Text({ description: `The subject of the token; to a patient, of another one: ${anotherPatient}.` })
  by!: string;

  @Flag({ optional: true, description: 'True when it was the patient’s own token; else absent.' })
  byPatient?: boolean;

  @Id({ optional: true, description: 'The record it was about, where that is merged into this one.' })
  record?: string;

  @OneOf(accessActions, { description: 'What was done, or would have been: the status tells a refusal.' })
  action!: AccessAction;

  @Text({ description: 'Method and route, without what the URL said.', example: 'GET /patients/:id' })
  route!: string;

  @Whole({ min: 100, max: 599, description: 'The status of the answer.' }) status!: number;
  @OneOf(purposesOfUse, { optional: true, description: 'What X-Purpose-Of-Use said.' })
  purpose?: PurposeOfUse;
  @Text({ description: 'The X-Request-Id of the request.' }) requestId!: string;
}
