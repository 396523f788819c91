import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateBy, ValidateIf } from 'class-validator';

// The vocabulary that DTOs, query strings and configuration are written in. Each word says once what a value
// must be (class-validator) and how the OpenAPI document describes it, so the two can't drift apart.

export type Constructor<T = object> = new () => T;

/** How a field is read where only text can come: a query string or an environment variable. */
export type TextForm = 'text' | 'whole' | 'flag' | 'list';

export interface FieldOptions {
  /** May be absent; never null, save in a merge patch, where null removes it. */
  optional?: boolean;
  description?: string;
  example?: unknown;
  /** What an absent field counts as, for the document. */
  default?: unknown;
}

export interface Field {
  name: string;
  optional: boolean;
  textForm: TextForm;
}

/** What each class itself declares. */
export const fieldsByClass = new WeakMap<object, Field[]>();

/** The fields a class declares, its parents' first. */
export function fieldsOf(dto: Constructor): Field[] {
  const parent: unknown = Object.getPrototypeOf(dto);
  const inherited = typeof parent === 'function' && parent.prototype ? fieldsOf(parent as Constructor) : [];
  return [...inherited, ...(fieldsByClass.get(dto) ?? [])];
}

/** The one place where checks, conversion and schema of a field come together. */
export function field(
  options: FieldOptions,
  textForm: TextForm,
  schema: ApiPropertyOptions,
  ...checks: PropertyDecorator[]
): PropertyDecorator {
  const { optional = false, ...documentation } = options;
  const property = { ...schema, ...documentation };
  return (target, key) => {
    const owner = target.constructor;
    const declared = fieldsByClass.get(owner) ?? [];
    fieldsByClass.set(owner, [...declared, { name: String(key), optional, textForm }]);
    const decorators = [optional ? ApiPropertyOptional(property) : ApiProperty(property), ...checks];
    if (optional) decorators.push(ValidateIf((_, value) => value !== undefined));
    for (const decorate of decorators) decorate(target, key);
  };
}

export function satisfies(
  name: string,
  test: (value: unknown) => boolean,
  message: string,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: test, defaultMessage: () => `$property ${message}` } });
}

/** A check of a field against its neighbours; it runs where the field is given. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the DTO whose fields `test` compares
export function Agrees<T extends object>(
  name: string,
  test: (dto: T) => boolean,
  message: string,
): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (_, context) => test(context?.object as T),
      defaultMessage: () => `$property ${message}`,
    },
  });
}
