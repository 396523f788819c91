import { OneOf, Text } from '#contracts';
import { ConfigError } from './config.error.ts';
import { readKeys, type Env } from './environment.ts';

export const databaseAuths = ['password', 'iam'] as const;

/** Where a program's database is, and as whom it goes there. */
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

/** The further keys of `migrate`, which alone acts as the owner of the database. */
class OwnerEnvironment {
  @Text() DATABASE_OWNER_USER!: string;
  @Text({ max: 500 }) DATABASE_OWNER_PASSWORD!: string;
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
  return databaseConfig(readKeys(DatabaseEnvironment, env));
}

class MigrationEnvironment extends OwnerEnvironment {
  @Text({ max: 2000 }) DATABASE_URL!: string;
  @OneOf(databaseAuths, { optional: true }) DATABASE_AUTH?: (typeof databaseAuths)[number];
}

/** @throws ConfigError */
export function readMigrationConfig(env: Env): { role: DatabaseConfig; owner: DatabaseConfig } {
  const environment = readKeys(MigrationEnvironment, env);
  const role = databaseConfig(environment);
  const owner = {
    ...role,
    user: environment.DATABASE_OWNER_USER,
    password: environment.DATABASE_OWNER_PASSWORD,
  };
  return { role, owner };
}

/** @throws ConfigError */
export function databaseConfig(environment: {
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
