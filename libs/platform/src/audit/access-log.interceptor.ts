import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { catchError, mergeMap, type Observable } from 'rxjs';
import { problems } from '#contracts';
import type { ClinicRequest } from '../access/caller.ts';
import { DomainError, MalformedId } from '../problem/domain-error.ts';
import { AccessLog } from './access-log.ts';
import type { PatientAccess } from './patient-access.ts';

/** Refusals of a request as such, which tell nothing: it is not valid, or lacks If-Match. */
const untold = new Set([400, 428]);

/** Holds an answer about patients back until the access log has it. */
@Injectable()
export class AccessLogInterceptor implements NestInterceptor {
  constructor(private readonly log: AccessLog) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { access } = context.switchToHttp().getRequest<ClinicRequest>();
    if (!access) return next.handle();
    return next.handle().pipe(
      catchError(async (error: unknown): Promise<never> => {
        await this.#logRefusal(access, error);
        throw error;
      }),
      mergeMap(async (result: unknown) => {
        if (!access.isLogged) await this.log.logRead(access, result);
        return result;
      }),
    );
  }

  async #logRefusal(access: PatientAccess, error: unknown): Promise<void> {
    // A path without an id names nobody, whoever may be found under it.
    if (!(error instanceof DomainError) || error instanceof MalformedId) return;
    const { status } = problems[error.code];
    if (status >= 500 || untold.has(status)) return;
    await this.log.logRefusal(access, error);
  }
}
