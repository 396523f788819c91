import { Injectable, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ModuleRef, Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { isId } from '#contracts';
import { AccessLog } from '../audit/access-log.ts';
import { PatientAccess } from '../audit/patient-access.ts';
import { purposeOf, requireKnownPurpose } from '../audit/purpose-of-use.ts';
import { Database } from '../database/database.ts';
import { readBody } from '../http/body.ts';
import { RateLimiter } from '../http/rate-limiter.ts';
import { DomainError } from '../problem/domain-error.ts';
import { accessKey, isAboutPatients, type AccessRule, type PatientRule } from './access.decorator.ts';
import type { Caller, ClinicRequest } from './caller.ts';
import { Survivors } from './survivors.ts';
import { TokenVerifier } from './token-verifier.ts';

/** Lets a request in when its token has the route's scope and reaches no other patient's record. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenVerifier,
    private readonly rateLimiter: RateLimiter,
    private readonly modules: ModuleRef,
    private readonly database: Database,
    private readonly log: AccessLog,
    @Optional() private readonly survivors?: Survivors,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<AccessRule>(accessKey, context.getHandler());
    if (rule.scope === undefined) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<ClinicRequest>();
    const response = http.getResponse<Response>();
    // Answers tell of persons: no cache on the way keeps them.
    response.setHeader('Cache-Control', 'no-store');
    const caller = await this.#identify(request);
    if (isAboutPatients(rule.patient))
      request.access = new PatientAccess(rule, request, caller, purposeOf(request), this.log);
    if (!caller.scopes.has(rule.scope) && !isByRight(rule.patient, caller))
      throw new DomainError('insufficient_scope', `The route needs the scope clinic/${rule.scope}.`);
    await readBody(request, response);
    if (caller.patientId !== undefined && !(await this.#reaches(rule.patient, request, caller.patientId)))
      throw new DomainError('forbidden', 'A patient’s own token reaches that patient’s records alone.');
    // Whoever has no right is told that first.
    if (request.access) requireKnownPurpose(request);
    return true;
  }

  async #identify(request: ClinicRequest): Promise<Caller> {
    const { authorization } = request.headers;
    request.caller =
      this.tokens.recall(authorization) ??
      (await this.rateLimiter.identified(request.ip ?? '', () => this.tokens.verify(authorization)));
    this.rateLimiter.countCaller(request.caller.subject);
    return request.caller;
  }

  async #reaches(rule: PatientRule, request: ClinicRequest, patientId: string): Promise<boolean> {
    switch (rule.kind) {
      case 'nobody':
        return false;
      case 'anyone':
        return true;
      case 'same': {
        const named = (request[rule.of] as Record<string, unknown> | undefined)?.[rule.name];
        if (named === undefined) return rule.optional;
        return isId(named) && this.#isOnePatient(named.toLowerCase(), patientId);
      }
      case 'owner': {
        const id = request.params.id;
        if (!isId(id)) return false;
        const owned = this.modules.get(rule.repository, { strict: false });
        const [owner] = await owned.ownersOf(this.database.reader, id);
        return owner !== undefined && this.#isOnePatient(owner, patientId);
      }
    }
  }

  async #isOnePatient(a: string, b: string): Promise<boolean> {
    return a === b || ((await this.survivors?.areOne(a, b)) ?? false);
  }
}

/** A patient's own token needs no scope for what the patient may know by right. */
function isByRight(rule: PatientRule, { patientId }: Caller): boolean {
  return patientId !== undefined && rule.kind === 'same' && rule.byRight === true;
}
