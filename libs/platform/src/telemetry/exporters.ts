import type { Logger } from '@nestjs/common';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

type Done = (result: ExportResult) => void;

/** Tells spans to a collector, without what the libraries that made them say of errors: a message may quote values. */
export class TraceExporter extends OTLPTraceExporter {
  readonly #outage: Outage;

  constructor(url: string, logger: Logger) {
    super({ url });
    this.#outage = new Outage('traces', logger);
  }

  override export(spans: ReadableSpan[], done: Done): void {
    super.export(spans.map(withoutMessage), this.#outage.watching(done));
  }
}

/** Tells metrics to a collector. */
export class MetricExporter extends OTLPMetricExporter {
  readonly #outage: Outage;

  constructor(url: string, logger: Logger) {
    super({ url });
    this.#outage = new Outage('metrics', logger);
  }

  override export(values: ResourceMetrics, done: Done): void {
    super.export(values, this.#outage.watching(done));
  }
}

/** A collector that can't be told anything is mentioned in the log when that begins, and when it is over. */
class Outage {
  #lasts = false;

  constructor(
    private readonly what: string,
    private readonly logger: Logger,
  ) {}

  watching(done: Done): Done {
    return (result) => {
      const failed = result.code !== ExportResultCode.SUCCESS;
      if (failed && !this.#lasts)
        this.logger.warn(
          { err: result.error },
          `${this.what} can’t be told to the collector and are dropped`,
        );
      if (!failed && this.#lasts) this.logger.log(`${this.what} are told to the collector again`);
      this.#lasts = failed;
      done(result);
    };
  }
}

/** A span hides what it is in accessors, so a copy by its fields would be empty. */
function withoutMessage(span: ReadableSpan): ReadableSpan {
  return span.status.message === undefined
    ? span
    : (Object.create(span, { status: { value: { code: span.status.code } } }) as ReadableSpan);
}
