import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseConfig } from '../config/database.config.ts';

/** How PostgreSQL tells that two sessions change one role: duplicate_object, unique_violation, internal_error. */
const roleContention = new Set(['42710', '23505', 'XX000']);
const roleAttempts = 10;

/** Roles are the whole cluster's, beyond our lock: a migrate of another database may be at the same one. */
export async function ensureRole(client: pg.Client, role: DatabaseConfig): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await makeRole(client, role);
      return;
    } catch (error) {
      const contended = error instanceof pg.DatabaseError && roleContention.has(error.code ?? '');
      if (!contended || attempt === roleAttempts) throw error;
      await delay(Math.random() * 50 * attempt);
    }
  }
}

/** A login role that owns nothing; under IAM it has no password at all. */
async function makeRole(client: pg.Client, { user, password, auth }: DatabaseConfig): Promise<void> {
  const role = client.escapeIdentifier(user);
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [user]);
  if (rowCount === 0) await client.query(`create role ${role} login`);
  if (auth === 'iam') await client.query(`grant rds_iam to ${role}`);
  else
    await client.query(
      `alter role ${role} login password ${client.escapeLiteral(scramVerifier(password ?? ''))}`,
    );
}

const scramIterations = 4096;

/** What PostgreSQL keeps of a password (RFC 5803), made here so that no statement or server log holds the password. */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, scramIterations, 32, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${scramIterations}:${salt.toString('base64')}$${storedKey}:${keyed('Server Key').toString('base64')}`;
}
