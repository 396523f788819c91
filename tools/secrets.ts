import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { services } from '#catalogue';
import { newSigningKey, type SigningKey } from './issuer.ts';
import { randomPassword } from './postgres.ts';

/** What a checkout's stack makes up once and keeps in a file that only its owner reads. */
export interface Secrets {
  readonly superuser: string;
  readonly owner: string;
  /** The password of each service's login role. */
  readonly roles: Readonly<Record<string, string>>;
  /** Kept, so that tokens outlive a restart. */
  readonly signingKey: SigningKey;
}

export function readSecrets(file: string): Partial<Secrets> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
}

/** Makes up those that are missing. */
export function keepSecrets(file: string): Secrets {
  const known = readSecrets(file);
  const secrets = {
    superuser: known.superuser ?? randomPassword(),
    owner: known.owner ?? randomPassword(),
    roles: Object.fromEntries(services.map(({ name }) => [name, known.roles?.[name] ?? randomPassword()])),
    signingKey: known.signingKey ?? newSigningKey(),
  };
  writeFileSync(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}
