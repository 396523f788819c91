import { fieldsOf, type FieldError, type TextForm } from '#contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { ValidationFailed } from '../problem/domain-error.ts';
import { keepRules } from './rules.ts';

keepRules();

type Constructor<T = object> = new () => T;

const maxDepth = 16;
/** Of one object. class-transformer compares each name with every other. */
const maxMembers = 200;
/** In characters: a name is told in the path of whatever is wrong below it. */
const longestName = 200;
/** Of texts and names; of more, no more is told. */
const mostFaults = 100;
/**
 * What every object answers to: class-validator would take such a name for a declared one, and class-transformer what is
 * under `constructor` for the class of the object.
 */
const inertKeys = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/**
 * Reads a JSON document as a DTO.
 * @throws ValidationFailed naming every field that is wrong, unknown or missing
 */
export function parseJson<T extends object>(dto: Constructor<T>, document: unknown): T {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new ValidationFailed([{ path: '', message: 'the body must be a JSON object' }]);
  return validated(dto, document, document);
}

/**
 * Reads the payload of a job as a DTO. A sender of a newer version may say more than is known here: that is left out.
 * @throws ValidationFailed naming every field that is wrong or missing
 */
export function parsePayload<T extends object>(dto: Constructor<T>, document: unknown): T {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new ValidationFailed([{ path: '', message: 'a payload must be a JSON object' }]);
  return validated(dto, document, document, 'left out');
}

/**
 * Reads a query string or the environment, where every value comes as text, as a DTO.
 * @throws ValidationFailed as parseJson
 */
export function parseText<T extends object>(
  dto: Constructor<T>,
  values: Readonly<Record<string, unknown>>,
): T {
  const forms = textFormsOf(dto);
  const entries = Object.entries(values).map(
    ([name, value]) => [name, fromText(value, forms.get(name))] as const,
  );
  return validated(dto, Object.fromEntries(entries), values);
}

const textForms = new WeakMap<Constructor, ReadonlyMap<string, TextForm>>();

function textFormsOf(dto: Constructor): ReadonlyMap<string, TextForm> {
  const known = textForms.get(dto);
  if (known) return known;
  const forms = new Map(fieldsOf(dto).map((field) => [field.name, field.textForm]));
  textForms.set(dto, forms);
  return forms;
}

function fromText(value: unknown, form: TextForm | undefined): unknown {
  if (typeof value !== 'string') return value;
  switch (form) {
    case 'whole':
      return /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    case 'flag':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'list':
      return value.split(',').map((item) => item.trim());
    case 'text':
    case undefined:
      return value;
  }
}

function validated<T extends object>(
  dto: Constructor<T>,
  document: object,
  asSent: object,
  unknownFields: 'refused' | 'left out' = 'refused',
): T {
  const faults = textFaults(asSent);
  const harmless = faults.length === 0 ? document : (withoutInertKeys(document) as object);
  const instance = plainToInstance(dto, harmless, { exposeUnsetFields: false });
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: unknownFields === 'refused',
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  const all = [...faults, ...errors.flatMap((error) => flatten(error, ''))];
  if (all.length > 0) throw new ValidationFailed(all);
  return instance;
}

/** A copy, only of what is refused anyway and is known not to be nested deep. */
function withoutInertKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutInertKeys);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key]) => !inertKeys.has(key));
  return Object.fromEntries(members.map(([key, member]) => [key, withoutInertKeys(member)]));
}

function flatten(error: ValidationError, parent: string): FieldError[] {
  const path = parent ? `${parent}.${error.property}` : error.property;
  const own = Object.entries(error.constraints ?? {}).map(([name, message]) => ({
    path,
    message: name === 'whitelistValidation' ? 'unknown field' : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, path))];
}

/**
 * What no field may hold: text that PostgreSQL can't keep (NUL) or UTF-8 can't carry (lone surrogates), and keys that an
 * object's prototype has. Walked without recursion.
 * @throws ValidationFailed for nesting, members, names or faults enough to exhaust a reader
 */
function textFaults(document: object): FieldError[] {
  const faults: FieldError[] = [];
  const pending: { value: unknown; path: string; depth: number }[] = [
    { value: document, path: '', depth: 0 },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, path, depth } = next;
    if (typeof value === 'string') {
      if (value.includes('\0') || !value.isWellFormed())
        faults.push({ path, message: 'must be well-formed Unicode text without NUL' });
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= maxDepth) throw tooMuch(`must not be nested deeper than ${maxDepth} levels`);
      const members = Object.entries(value);
      if (!Array.isArray(value) && members.length > maxMembers)
        throw tooMuch(`must not have objects of more than ${maxMembers} members`);
      for (const [key, child] of members) {
        if (key.length > longestName)
          throw tooMuch(`must not have names of more than ${longestName} characters`);
        const at = path ? `${path}.${key}` : key;
        if (inertKeys.has(key) || key.includes('\0') || !key.isWellFormed())
          faults.push({ path: at.toWellFormed().replaceAll('\0', ''), message: 'unknown field' });
        else pending.push({ value: child, path: at, depth: depth + 1 });
      }
    }
    if (faults.length >= mostFaults) throw new ValidationFailed(faults.slice(0, mostFaults));
  }
  return faults;
}

function tooMuch(message: string): ValidationFailed {
  return new ValidationFailed([{ path: '', message }]);
}
