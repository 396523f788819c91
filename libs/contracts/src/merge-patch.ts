import { ApiPropertyOptional, PartialType, type ApiPropertyOptions } from '@nestjs/swagger';
import { ValidateIf } from 'class-validator';
import { fieldsByClass, fieldsOf, type Constructor } from './field.ts';

/**
 * The merge patch (RFC 7396) of a DTO without nested objects: every field may be absent, and null removes an
 * optional one. Lists are replaced whole.
 */
export function mergePatchOf<T extends object>(dto: Constructor<T>): Constructor<MergePatch<T>> {
  class Patch extends PartialType(dto as Constructor, { skipNullProperties: false }) {}
  for (const { name, optional, textForm } of fieldsOf(dto)) {
    fieldsByClass.set(Patch, [...(fieldsByClass.get(Patch) ?? []), { name, optional: true, textForm }]);
    if (!optional) continue;
    ValidateIf((_, value) => value !== null)(Patch.prototype, name);
    const schema = Reflect.getMetadata(
      'swagger/apiModelProperties',
      Patch.prototype,
      name,
    ) as ApiPropertyOptions;
    ApiPropertyOptional({ ...schema, nullable: true })(Patch.prototype, name);
  }
  return Patch;
}

/** A DTO of which every field may be absent, and none null. */
export function partialOf<T extends object>(dto: Constructor<T>): Constructor<Partial<T>> {
  class Partial extends PartialType(dto as Constructor, { skipNullProperties: false }) {}
  const fields = fieldsOf(dto).map(({ name, textForm }) => ({ name, optional: true, textForm }));
  fieldsByClass.set(Partial, fields);
  return Partial;
}

export type MergePatch<T> = { [K in keyof T]?: T[K] | (undefined extends T[K] ? null : never) };

/** RFC 7396 for a document without nested objects: given members replace, null members go. */
export function applyMergePatch<T extends object>(document: T, patch: MergePatch<T>): T {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const merged = { ...document, ...Object.fromEntries(given) };
  return Object.fromEntries(
    Object.entries(merged).filter(([name, value]) => value !== null || !(name in patch)),
  ) as T;
}
