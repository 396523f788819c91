import { applyDecorators, SetMetadata, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import type { Scope } from '#catalogue';

/** Finds out whose a record is; implemented by the repository of the record. */
export interface Owned {
  /** The patient a record belongs to; undefined when there is no such record. */
  ownerOf(id: string): Promise<string | undefined>;
}

/** What a patient's own token may do on a route, over and above its scope. */
export type PatientRule =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'anyone' }
  | {
      readonly kind: 'same';
      readonly of: 'params' | 'query' | 'body';
      readonly name: string;
      readonly optional: boolean;
    }
  | { readonly kind: 'owner'; readonly repository: Type<Owned> };

export const patients = {
  /** The route is for staff alone. */
  nobody: { kind: 'nobody' },
  /** The route answers nothing about persons. */
  anyone: { kind: 'anyone' },
  /** The path's id is the patient's own. */
  ownId: { kind: 'same', of: 'params', name: 'id', optional: false },
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
}

export const accessKey = Symbol('access');

/** Who may call a route: the scope its token must carry, and what a patient's own token reaches there. */
export function Access(scope: Scope, patient: PatientRule): MethodDecorator {
  return applyDecorators(
    SetMetadata(accessKey, { scope, patient } satisfies AccessRule),
    ApiBearerAuth('bearer'),
    ApiSecurity('oidc', [`clinic/${scope}`]),
  );
}

/** A route that asks for no token. */
export function Open(): MethodDecorator {
  return SetMetadata(accessKey, { scope: undefined, patient: patients.anyone } satisfies AccessRule);
}
