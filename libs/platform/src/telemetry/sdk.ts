import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { TelemetryConfig } from '../config/telemetry.config.ts';
import { MetricExporter, TraceExporter } from './exporters.ts';

/** Less than what stops a process leaves it (ECS: 60 s, of which answers in flight may take 45). */
const stopWithinMs = 3_000;

export interface Telemetry {
  /** Tells what is still untold, for a few seconds at most. */
  stop(): Promise<void>;
}

/**
 * Sets up OpenTelemetry's SDK for this process. Imported by telemetry.ts alone, and only when it is needed: it imports
 * nothing of Nest, which the bundler would else move to a file that both need, and load in another order.
 */
export function startSdk(service: string, config: TelemetryConfig, logger: Logger): Telemetry {
  const resource = resourceFromAttributes({ 'service.name': service, 'service.namespace': 'clinic' }).merge(
    detectResources({ detectors: [envDetector] }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const providers = [startTracing(resource, config, logger), startMetrics(resource, config, logger)].filter(
    (provider) => provider !== undefined,
  );
  return {
    async stop() {
      const told = Promise.allSettled(providers.map((provider) => provider.shutdown()));
      await Promise.race([told, delay(stopWithinMs)]);
    },
  };
}

function startTracing(
  resource: Resource,
  config: TelemetryConfig,
  logger: Logger,
): TracerProvider | undefined {
  if (config.tracesUrl === undefined) return undefined;
  const exporter = new TraceExporter(config.tracesUrl, logger);
  const provider = new TracerProvider({
    resource,
    sampler: samplerOf(config),
    // An exception is an event that quotes its message.
    spanLimits: { eventCountLimit: 0 },
    // It keeps 2048 spans at most and drops what comes on top: a collector that is away costs no more than that.
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: config.traceDelayMs })],
  });
  trace.setGlobalTracerProvider(provider);
  return provider;
}

function startMetrics(
  resource: Resource,
  config: TelemetryConfig,
  logger: Logger,
): MeterProvider | undefined {
  if (config.metricsUrl === undefined) return undefined;
  const exporter = new MetricExporter(config.metricsUrl, logger);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: config.metricIntervalMs,
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  return provider;
}

function samplerOf({ sampler, samplerRatio }: TelemetryConfig): Sampler {
  const name = sampler.replace('parentbased_', '');
  const root =
    name === 'traceidratio'
      ? new TraceIdRatioBasedSampler(samplerRatio)
      : name === 'always_on'
        ? new AlwaysOnSampler()
        : new AlwaysOffSampler();
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}
