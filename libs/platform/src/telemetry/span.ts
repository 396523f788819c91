import { SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import { DomainError } from '../problem/domain-error.ts';

/** Who measures, as a collector is told. */
export const scopeName = 'clinic';

const tracer = trace.getTracer(scopeName);

/**
 * Runs `work` as a part of the trace that is under way. Where none is, or it is not told to anybody, there is nothing to
 * be part of. An error is told by its code or class, never by a message that may quote values.
 */
export function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  if (!trace.getActiveSpan()?.isRecording()) return work();
  return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setAttribute('error.type', typeOf(error));
      // A refusal is an answer.
      if (!(error instanceof DomainError)) span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The ids of what is under way, for the lines of the log. */
export function traceIds(): { traceId?: string; spanId?: string } {
  const context = trace.getActiveSpan()?.spanContext();
  return context ? { traceId: context.traceId, spanId: context.spanId } : {};
}

function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : error.constructor.name;
}
