import { applyDecorators, SetMetadata, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import type { Scope } from '#catalogue';
import type { AccessAction } from '#contracts';
import { PurposeOfUseHeader } from '../audit/purpose-of-use.ts';
import type { Connection } from '../database/database.ts';

/** Finds out whose a record is; implemented by the repository of the record. */
export interface Owned {
  /** The patients a record belongs to; none when there is no such record, or when it is nobody's. */
  ownersOf(connection: Connection, id: string): Promise<string[]>;
}

/** What a patient's own token may do on a route, over and above its scope, and so whom the route is about. */
export type PatientRule =
  | { readonly kind: 'nobody'; readonly about: 'patients' | 'patient' | 'no patient' }
  | { readonly kind: 'nobody'; readonly about: 'owners'; readonly repository: Type<Owned> }
  | { readonly kind: 'anyone' }
  | {
      readonly kind: 'same';
      readonly of: 'params' | 'query' | 'body';
      readonly name: string;
      readonly optional: boolean;
      /** Whether the patient's own token needs no scope for it. */
      readonly byRight?: boolean;
    }
  | { readonly kind: 'owner'; readonly repository: Type<Owned> };

export const patients = {
  /** The route is for staff alone; its body or its answer says which patients it is about. */
  nobody: { kind: 'nobody', about: 'patients' },
  /** The route is for staff alone; the path's id is the patient's. */
  nobodyById: { kind: 'nobody', about: 'patient' },
  /** The route is for staff alone; whose the record with the path's id is, the repository knows. */
  nobodyByRecord: (repository: Type<Owned>): PatientRule => ({ kind: 'nobody', about: 'owners', repository }),
  /** The route is for staff alone and answers nothing about patients. */
  unconcerned: { kind: 'nobody', about: 'no patient' },
  /** The route answers nothing about persons. */
  anyone: { kind: 'anyone' },
  /** The path's id is the patient's own. */
  ownId: { kind: 'same', of: 'params', name: 'id', optional: false },
  /** The path's id is the patient's own, whose token needs no scope for it: the patient may know by right. */
  ownIdByRight: { kind: 'same', of: 'params', name: 'id', optional: false, byRight: true },
  /** The query names the patient. */
  ownQuery: { kind: 'same', of: 'query', name: 'patientId', optional: false },
  /** The query names the patient or nobody. */
  ownQueryOrNone: { kind: 'same', of: 'query', name: 'patientId', optional: true },
  /** The body names the patient. */
  ownBody: { kind: 'same', of: 'body', name: 'patientId', optional: false },
  /** The record with the path's id is the patient's. */
  ownRecord: (repository: Type<Owned>): PatientRule => ({ kind: 'owner', repository }),
} as const satisfies Record<string, PatientRule | ((repository: Type<Owned>) => PatientRule)>;

export interface AccessRule {
  /** Undefined: open, no token is asked for. */
  readonly scope: Scope | undefined;
  readonly patient: PatientRule;
  /** What the access log calls it where method and path don't tell. */
  readonly action?: AccessAction | undefined;
}

export const accessKey = Symbol('access');

/**
 * Who may call a route: the scope its token must carry, and what a patient's own token reaches there. Whatever is about
 * patients stands in the access log.
 * @param action what the log calls it; by default as the method says
 */
export function Access(scope: Scope, patient: PatientRule, action?: AccessAction): MethodDecorator {
  return applyDecorators(
    SetMetadata(accessKey, { scope, patient, action } satisfies AccessRule),
    ApiBearerAuth('bearer'),
    ApiSecurity('oidc', [`clinic/${scope}`]),
    ...(isAboutPatients(patient) ? [PurposeOfUseHeader()] : []),
  );
}

/** A route that asks for no token. */
export function Open(): MethodDecorator {
  return SetMetadata(accessKey, { scope: undefined, patient: patients.anyone } satisfies AccessRule);
}

/** Who knows whose the record is that the path names; undefined when it names none that is somebody's. */
export function ownersIn(rule: PatientRule): Type<Owned> | undefined {
  return 'repository' in rule ? rule.repository : undefined;
}

/** Whether what a route answers tells of patients, or of one. */
export function isAboutPatients(rule: PatientRule): boolean {
  return rule.kind === 'nobody' ? rule.about !== 'no patient' : rule.kind !== 'anyone';
}
