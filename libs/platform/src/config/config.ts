import { fieldsOf, Flag, OneOf, Text, Texts, Whole } from '#contracts';
import { isLoopback, isPageOrigin, type Service } from '#catalogue';
import { parseText } from '../validation/parse.ts';
import { ValidationFailed } from '../problem/domain-error.ts';
import { ConfigError } from './config.error.ts';
import { telemetryConfig, TelemetryEnvironment, type TelemetryConfig } from './telemetry.config.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const databaseAuths = ['password', 'iam'] as const;

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

/** The further keys of `migrate`, which alone acts as the owner of the database. */
class OwnerEnvironment {
  @Text() DATABASE_OWNER_USER!: string;
  @Text({ max: 500 }) DATABASE_OWNER_PASSWORD!: string;
}

export interface DatabaseConfig {
  host: string;
  port: number;
  database: string;
  user: string;
  /** Absent with `iam`, where each connection gets a token. */
  password: string | undefined;
  auth: (typeof databaseAuths)[number];
  /** `aws`: verified against the CAs of Amazon RDS; `verify`: against those that Node trusts. */
  tls: 'none' | 'verify' | 'aws';
  region: string | undefined;
  poolSize: number;
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

type Env = Readonly<Record<string, string | undefined>>;

/**
 * @param settings the keys that are the service's own
 * @throws ConfigError
 */
export function readConfig(service: Service, env: Env, settings?: new () => object): Config {
  const environment = read(Environment, env);
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
    settings: settings ? Object.freeze(read(settings, env)) : {},
  });
}

class DatabaseEnvironment {
  @Text({ max: 2000 }) DATABASE_URL!: string;
  @OneOf(databaseAuths, { optional: true }) DATABASE_AUTH?: (typeof databaseAuths)[number];
  @Text({ optional: true }) AWS_REGION?: string;
}

/**
 * The keys of a program that reads the database and does nothing else.
 * @throws ConfigError
 */
export function readDatabaseConfig(env: Env): DatabaseConfig {
  return databaseConfig(read(DatabaseEnvironment, env));
}

class MigrationEnvironment extends OwnerEnvironment {
  @Text({ max: 2000 }) DATABASE_URL!: string;
  @OneOf(databaseAuths, { optional: true }) DATABASE_AUTH?: (typeof databaseAuths)[number];
}

/** @throws ConfigError */
export function readMigrationConfig(env: Env): { role: DatabaseConfig; owner: DatabaseConfig } {
  const environment = read(MigrationEnvironment, env);
  const role = databaseConfig(environment);
  const owner = {
    ...role,
    user: environment.DATABASE_OWNER_USER,
    password: environment.DATABASE_OWNER_PASSWORD,
  };
  return { role, owner };
}

function read<T extends object>(keys: new () => T, env: Env): T {
  const known = Object.keys(env).filter((key) => env[key] !== undefined && env[key] !== '');
  const declared = new Set(fieldsOf(keys).map((field) => field.name));
  try {
    return parseText(
      keys,
      Object.fromEntries(known.filter((key) => declared.has(key)).map((key) => [key, env[key]])),
    );
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    const errors = error.members.errors as { path: string; message: string }[];
    throw new ConfigError(
      errors.map(({ path, message }) => `${path}: ${message.replace(path, '').trim()}`).join('; '),
    );
  }
}

function databaseConfig(environment: {
  DATABASE_URL: string;
  DATABASE_AUTH?: DatabaseConfig['auth'];
  DATABASE_POOL_SIZE?: number;
  AWS_REGION?: string;
}): DatabaseConfig {
  const url = databaseUrl(environment.DATABASE_URL);
  const auth = environment.DATABASE_AUTH ?? 'password';
  if (auth === 'password' && !url.password)
    throw new ConfigError('DATABASE_URL: needs a password with DATABASE_AUTH=password');
  return {
    host: url.host,
    port: url.port,
    database: url.database,
    user: url.user,
    password: auth === 'iam' ? undefined : url.password,
    auth,
    tls: auth === 'iam' ? 'aws' : url.tls,
    region: environment.AWS_REGION,
    poolSize: environment.DATABASE_POOL_SIZE ?? 10,
  };
}

function databaseUrl(
  text: string,
): Pick<DatabaseConfig, 'host' | 'port' | 'database' | 'user' | 'tls'> & { password: string } {
  const url = URL.parse(text);
  try {
    const [user, password, database] = [url?.username, url?.password, url?.pathname.slice(1)].map((part) =>
      decodeURIComponent(part ?? ''),
    );
    if (url && /^postgres(ql)?:$/.test(url.protocol) && user && database)
      return {
        // A socket takes an IPv6 address without its brackets.
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port || 5432),
        database,
        user,
        password: password ?? '',
        tls: tlsOf(url.searchParams),
      };
  } catch (error) {
    // What is not percent-encoded rightly is refused as below.
    if (error instanceof ConfigError) throw error;
  }
  throw new ConfigError('DATABASE_URL: must be postgres://role[:password]@host[:port]/database');
}

/** Nothing a URL asks for is dropped silently, least of all encryption. */
function tlsOf(parameters: URLSearchParams): 'none' | 'verify' {
  for (const [name, value] of parameters) {
    if (name !== 'sslmode' || !['disable', 'verify-full'].includes(value))
      throw new ConfigError('DATABASE_URL: takes no parameter but sslmode=disable or sslmode=verify-full');
  }
  return parameters.get('sslmode') === 'verify-full' ? 'verify' : 'none';
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
