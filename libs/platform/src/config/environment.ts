import { fieldsOf } from '#contracts';
import { ValidationFailed } from '../problem/domain-error.ts';
import { parseText } from '../validation/parse.ts';
import { ConfigError } from './config.error.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The keys that a class declares; an empty one counts as none, and any other is passed over.
 * @throws ConfigError
 */
export function readKeys<T extends object>(keys: new () => T, env: Env): T {
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
