import { getMetadataStorage, type MetadataStorage } from 'class-validator';

type Rules = ReturnType<MetadataStorage['getTargetValidationMetadatas']>;

/**
 * Has class-validator keep the rules of a class, which are complete once it is declared. It gathers them anew for each object
 * otherwise, from those of all classes: a twelfth of what a process takes to answer a list. (The schema that it names for what
 * is nested is the class around it, and of no consequence.)
 */
export function keepRules(): void {
  const storage = getMetadataStorage();
  const gather = storage.getTargetValidationMetadatas.bind(storage);
  const group = storage.groupByPropertyName.bind(storage);
  const gathered = new WeakMap<object, Rules>();
  const grouped = new WeakMap<Rules, ReturnType<typeof group>>();
  storage.getTargetValidationMetadatas = (target, schema, always, strictGroups, groups) =>
    always || strictGroups || groups
      ? gather(target, schema, always, strictGroups, groups)
      : gathered.getOrInsertComputed(target, () => gather(target, schema, false, false));
  storage.groupByPropertyName = (rules) => grouped.getOrInsertComputed(rules, () => group(rules));
}
