import type { Request } from 'express';
import type { PatientAccess } from '../audit/patient-access.ts';

/** Whoever sends a request, as the access token says. */
export interface Caller {
  /** The token's `sub`: a person or a machine client; stands as `by` in histories. */
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
  /** Set on a patient's own token, which reaches this patient's records alone. */
  readonly patientId?: string;
}

/** An HTTP request once AccessGuard has let it in; open routes have no caller. */
export interface ClinicRequest extends Request {
  caller?: Caller;
  /** On a route that is about patients: what the access log will say. */
  access?: PatientAccess;
}
