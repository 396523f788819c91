import { getMetadataStorage, type MetadataStorage } from 'class-validator';

type Rules = ReturnType<MetadataStorage['getTargetValidationMetadatas']>;

/**
 * Has class-validator keep the rules of a class, which are all there by its first object. It gathers them anew for each object
 * otherwise, from those of all classes: a twelfth of reading a list.
 */
export function keepRules(): void {
  const storage = getMetadataStorage();
  const gather = storage.getTargetValidationMetadatas.bind(storage);
  const group = storage.groupByPropertyName.bind(storage);
  const gathered = new WeakMap<object, Rules>();
  const grouped = new WeakMap<Rules, ReturnType<typeof group>>();
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) =>
    always || strictGroups || groups || schema
      ? gather(target, schema, always, strictGroups, groups)
      : gathered.getOrInsertComputed(target, () => gather(target, schema, always, strictGroups));
  storage.groupByPropertyName = (rules) => grouped.getOrInsertComputed(rules, () => group(rules));
}
