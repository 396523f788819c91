import { Flag, OneOf, Text, Texts, Whole } from '#contracts';
import { isLoopback, isPageOrigin, type Service } from '#catalogue';
import { ConfigError } from './config.error.ts';
import { databaseAuths, databaseConfig, type DatabaseConfig } from './database.config.ts';
import { readKeys, type Env } from './environment.ts';
import { telemetryConfig, TelemetryEnvironment, type TelemetryConfig } from './telemetry.config.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** The environment keys of a serving process. */
class Environment extends TelemetryEnvironment {
  @OneOf(['production', 'development', 'test'], { optional: true }) NODE_ENV?: string;
  @Text({ optional: true }) HOST?: string;
  @Whole({ optional: true, min: 0, max: 65535 }) PORT?: number;
  @Text({ max: 2000 }) DATABASE_URL!: string;
  @OneOf(databaseAuths, { optional: true }) DATABASE_AUTH?: (typeof databaseAuths)[number];
  @Whole({ optional: true, min: 2, max: 200 }) DATABASE_POOL_SIZE?: number;
  @Text({ optional: true }) AWS_REGION?: string;
  @Text({ max: 500 }) OIDC_ISSUER!: string;
  @Text({ optional: true }) OIDC_AUDIENCE?: string;
  @Texts({ optional: true, min: 1, max: 20 }) OIDC_CLIENT_IDS?: string[];
  @Text({ optional: true }) OIDC_DOCS_CLIENT_ID?: string;
  @Flag({ optional: true }) OIDC_ALLOW_LOOPBACK?: boolean;
  @Texts({ optional: true, min: 1, max: 50 }) CORS_ORIGINS?: string[];
  @Whole({ optional: true, min: 1, max: 1_000_000_000 }) RATE_LIMIT_PER_MINUTE?: number;
  @Whole({ optional: true, min: 0, max: 60 }) DRAIN_SECONDS?: number;
  @OneOf(logLevels, { optional: true }) LOG_LEVEL?: (typeof logLevels)[number];
}

export interface OidcConfig {
  issuer: string;
  audience: string | undefined;
  clientIds: readonly string[];
  docsClientId: string | undefined;
}

/** All that a serving process takes from its environment, parsed once. */
export abstract class Config {
  abstract readonly service: Service;
  abstract readonly host: string;
  abstract readonly port: number;
  abstract readonly database: DatabaseConfig;
  abstract readonly oidc: OidcConfig;
  /** Origins whose pages may call from a browser; empty: none, and no CORS header is sent. */
  abstract readonly corsOrigins: readonly string[];
  abstract readonly rateLimitPerMinute: number;
  abstract readonly drainSeconds: number;
  abstract readonly logLevel: string;
  /** Undefined where nothing is told to a collector: then nothing is measured either. */
  abstract readonly telemetry: TelemetryConfig | undefined;
  /** What the service alone asks of its environment, as its definition says. */
  abstract readonly settings: object;
}

/**
 * @param settings the keys that are the service's own
 * @throws ConfigError
 */
export function readConfig(service: Service, env: Env, settings?: new () => object): Config {
  const environment = readKeys(Environment, env);
  if (environment.DATABASE_AUTH === 'iam' && !environment.AWS_REGION)
    throw new ConfigError('AWS_REGION: is needed with DATABASE_AUTH=iam');
  return Object.freeze({
    service,
    host: environment.HOST ?? '0.0.0.0',
    port: environment.PORT ?? service.port,
    database: databaseConfig(environment),
    oidc: oidcConfig(environment),
    corsOrigins: corsOrigins(environment),
    rateLimitPerMinute: environment.RATE_LIMIT_PER_MINUTE ?? 1_000_000,
    drainSeconds: environment.DRAIN_SECONDS ?? 0,
    logLevel: environment.LOG_LEVEL ?? 'info',
    telemetry: telemetryConfig(environment),
    settings: settings ? Object.freeze(readKeys(settings, env)) : {},
  });
}

function oidcConfig(environment: Environment): OidcConfig {
  const issuer = URL.parse(environment.OIDC_ISSUER);
  if (!issuer || !['http:', 'https:'].includes(issuer.protocol))
    throw new ConfigError('OIDC_ISSUER: must be a URL');
  const loopback = isLoopback(issuer);
  if (environment.NODE_ENV === 'production') {
    if (loopback && !environment.OIDC_ALLOW_LOOPBACK)
      throw new ConfigError('OIDC_ISSUER: a loopback issuer needs OIDC_ALLOW_LOOPBACK=true in production');
    if (!loopback && issuer.protocol !== 'https:')
      throw new ConfigError('OIDC_ISSUER: must be https in production');
  }
  if (!environment.OIDC_AUDIENCE && !environment.OIDC_CLIENT_IDS)
    throw new ConfigError('OIDC_AUDIENCE or OIDC_CLIENT_IDS: at least one of them is needed');
  return {
    issuer: environment.OIDC_ISSUER,
    audience: environment.OIDC_AUDIENCE,
    clientIds: environment.OIDC_CLIENT_IDS ?? [],
    docsClientId: environment.OIDC_DOCS_CLIENT_ID,
  };
}

function corsOrigins({ CORS_ORIGINS = [] }: Environment): readonly string[] {
  if (!CORS_ORIGINS.every(isPageOrigin))
    throw new ConfigError(
      'CORS_ORIGINS: must list exact origins such as https://app.example, without a path or *; http only for localhost',
    );
  return Object.freeze([...CORS_ORIGINS]);
}
