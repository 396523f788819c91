import { createHash, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { isId, type AccessAction, type PurposeOfUse } from '#contracts';
import type { AccessRule } from '../access/access.decorator.ts';
import { Answer } from '../command/answer.ts';
import { canonicalJson } from '../command/canonical-json.ts';
import { etagOf, isKnown } from '../http/conditional.ts';
import { routePattern } from '../http/routes.ts';
import { personsAtTop, personsIn } from './persons.ts';

/** What the access log says of one access. */
export interface AccessEntry {
  requestId: string;
  /** The token's subject. */
  caller: string;
  /** Set when it was this patient's own token. */
  patientToken?: string | undefined;
  purpose?: PurposeOfUse | undefined;
  action: AccessAction;
  /** Method and pattern, never the URL. */
  route: string;
  /** What the path names, or what was created. */
  recordId?: string | undefined;
  /** Whom it was about, once each; none when nobody was found. */
  patientIds: readonly string[];
  asked?: string | undefined;
  status: number;
}

/** Writes accesses down before anybody is answered. */
export interface AccessKeeper {
  /**
   * Logs what was read, and waits until it is kept.
   * @throws DomainError unavailable when it can't be written down
   */
  logRead(access: PatientAccess, result: unknown): Promise<void>;
  /**
   * Logs why somebody is not answered, where that tells of what they may not or of what there is, and waits until it is
   * kept.
   * @returns what they are told: this, or that it can't be written down
   */
  logFailure(access: PatientAccess, error: unknown): Promise<unknown>;
}

const byMethod: Readonly<Record<string, AccessAction>> = {
  GET: 'read',
  HEAD: 'read',
  PUT: 'update',
  PATCH: 'update',
  DELETE: 'delete',
};

/** A request on a route that is about patients, from when its caller is known until it stands in the access log. */
export class PatientAccess {
  /** Whether the log has it, or will have it by the change's own commit. */
  isLogged = false;
  readonly #concerned = new Set<string>();

  constructor(
    readonly rule: AccessRule,
    private readonly request: Request,
    private readonly caller: { readonly subject: string; readonly patientId?: string },
    private readonly purpose: PurposeOfUse | undefined,
    readonly log: AccessKeeper,
  ) {}

  /** The id in the path, if it has the form of one. */
  get recordId(): string | undefined {
    const { id } = this.request.params;
    return isId(id) ? id.toLowerCase() : undefined;
  }

  /** The status that a result is answered with. */
  statusOf(result: unknown): number {
    const etag = etagOf(result);
    if (etag !== undefined && isKnown(this.request, etag)) return 304;
    return result instanceof Answer ? result.status : (this.request.res?.statusCode ?? 200);
  }

  /** Says of patients that it is about them, where neither request nor answer names them. */
  concerns(patientIds: Iterable<string>): void {
    for (const id of patientIds) this.#concerned.add(id);
  }

  /** Of a transaction that is run again, what was said of patients the time before no longer holds. */
  startAgain(): void {
    this.#concerned.clear();
  }

  /** The patients whom it was about: those the request names, and those its answer tells of. */
  patientIds(answer: unknown): string[] {
    const persons = personsIn(answer, new Set([...this.#concerned, ...personsAtTop(this.request.body)]));
    const named = this.#named();
    if (isId(named)) persons.add(named.toLowerCase());
    return [...persons];
  }

  /** Of free times nobody is told anything, unless it is asked whether they suit a patient. */
  get isAboutNobody(): boolean {
    const { patient } = this.rule;
    return patient.kind === 'same' && patient.optional && this.#named() === undefined;
  }

  entry(status: number, patientIds: readonly string[], answer?: unknown, action = this.#action): AccessEntry {
    const { id, method } = this.request;
    const { subject, patientId } = this.caller;
    const created = (answer as { id?: unknown } | null | undefined)?.id;
    return {
      requestId: id,
      caller: subject,
      patientToken: patientId,
      purpose: this.purpose,
      action,
      route: `${method} ${routePattern(this.request) ?? ''}`,
      recordId: this.recordId ?? (isId(created) ? created : undefined),
      patientIds,
      asked: action === 'search' && status < 400 ? digestOf(this.request.body) : undefined,
      status,
    };
  }

  get #action(): AccessAction {
    const { method, params } = this.request;
    return this.rule.action ?? byMethod[method] ?? (params.id === undefined ? 'create' : 'update');
  }

  #named(): unknown {
    const { patient } = this.rule;
    if (patient.kind === 'nobody' && patient.about === 'patient') return this.request.params.id;
    if (patient.kind !== 'same') return undefined;
    return (this.request[patient.of] as Record<string, unknown> | null | undefined)?.[patient.name];
  }
}

/**
 * What was asked for can be compared with a guess but not read: a salt and the SHA-256 of it with the JSON, both in
 * base64url.
 */
function digestOf(asked: unknown): string {
  const salt = randomBytes(12);
  const hash = createHash('sha256').update(salt).update(canonicalJson(asked));
  return `${salt.toString('base64url')}.${hash.digest('base64url')}`;
}
