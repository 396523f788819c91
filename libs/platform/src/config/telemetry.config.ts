import { Flag, OneOf, Text, Whole } from '#contracts';
import { ConfigError } from './config.error.ts';

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const dayMs = 86_400_000;

/**
 * The keys of OpenTelemetry that decide what is told to whom; what an exporter alone needs (headers, time-out,
 * compression, certificates) it reads itself. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export class TelemetryEnvironment {
  @Flag({ optional: true }) OTEL_SDK_DISABLED?: boolean;
  @Text({ optional: true, max: 500 }) OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  @Text({ optional: true, max: 500 }) OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;
  @Text({ optional: true, max: 500 }) OTEL_EXPORTER_OTLP_METRICS_ENDPOINT?: string;
  @OneOf(['otlp', 'none'], { optional: true }) OTEL_TRACES_EXPORTER?: 'otlp' | 'none';
  @OneOf(['otlp', 'none'], { optional: true }) OTEL_METRICS_EXPORTER?: 'otlp' | 'none';
  @OneOf(['http/json'], { optional: true }) OTEL_EXPORTER_OTLP_PROTOCOL?: 'http/json';
  @OneOf(['http/json'], { optional: true }) OTEL_EXPORTER_OTLP_TRACES_PROTOCOL?: 'http/json';
  @OneOf(['http/json'], { optional: true }) OTEL_EXPORTER_OTLP_METRICS_PROTOCOL?: 'http/json';
  @OneOf(samplers, { optional: true }) OTEL_TRACES_SAMPLER?: (typeof samplers)[number];
  @Text({ optional: true, pattern: /^(0(\.\d+)?|1(\.0+)?)$/, message: 'must be from 0 to 1' })
  OTEL_TRACES_SAMPLER_ARG?: string;
  @Whole({ optional: true, min: 1, max: dayMs }) OTEL_BSP_SCHEDULE_DELAY?: number;
  @Whole({ optional: true, min: 1, max: dayMs }) OTEL_METRIC_EXPORT_INTERVAL?: number;
}

export interface TelemetryConfig {
  /** Undefined: traces are not told. */
  readonly tracesUrl: string | undefined;
  /** Undefined: metrics are not told. */
  readonly metricsUrl: string | undefined;
  readonly sampler: (typeof samplers)[number];
  /** Of the traces begun here, the share that is told, with a sampler by ratio. */
  readonly samplerRatio: number;
  readonly traceDelayMs: number;
  readonly metricIntervalMs: number;
}

/**
 * Undefined unless a collector is named.
 * @throws ConfigError
 */
export function telemetryConfig(environment: TelemetryEnvironment): TelemetryConfig | undefined {
  const tracesUrl = urlOf(environment, 'TRACES');
  const metricsUrl = urlOf(environment, 'METRICS');
  if (environment.OTEL_SDK_DISABLED || (tracesUrl ?? metricsUrl) === undefined) return undefined;
  return {
    tracesUrl,
    metricsUrl,
    sampler: environment.OTEL_TRACES_SAMPLER ?? 'parentbased_always_on',
    samplerRatio: Number(environment.OTEL_TRACES_SAMPLER_ARG ?? 1),
    traceDelayMs: environment.OTEL_BSP_SCHEDULE_DELAY ?? 5_000,
    metricIntervalMs: environment.OTEL_METRIC_EXPORT_INTERVAL ?? 60_000,
  };
}

/** A signal's own endpoint as it is, or its path below that of all: https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
function urlOf(environment: TelemetryEnvironment, signal: 'TRACES' | 'METRICS'): string | undefined {
  const own = httpUrl(environment, `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`);
  const base = httpUrl(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (environment[`OTEL_${signal}_EXPORTER`] === 'none') return undefined;
  return own ?? (base && `${base.replace(/\/$/, '')}/v1/${signal.toLowerCase()}`);
}

function httpUrl(
  environment: TelemetryEnvironment,
  key: Extract<keyof TelemetryEnvironment, `${string}_ENDPOINT`>,
): string | undefined {
  const text = environment[key];
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw new ConfigError(`${key}: must be an http or https URL without user, query and fragment`);
  return text;
}
