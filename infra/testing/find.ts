import { isValues, type Values } from './account.ts';
import type { LoadedStack, Registered } from './stack.ts';

/** All resources of a type, such as `aws:lb/listenerRule:ListenerRule`. */
export function all({ resources }: LoadedStack, type: string): Registered[] {
  return resources.filter((resource) => resource.type === type);
}

/**
 * The one resource of a type, or of a type and name.
 * @throws Error when there is none, or another beside it
 */
export function one(stack: LoadedStack, type: string, name?: string): Registered {
  const [found, ...others] = all(stack, type).filter(
    (resource) => name === undefined || resource.name === name,
  );
  if (!found || others.length > 0)
    throw new Error(`${others.length + (found ? 1 : 0)} resources are ${type} ${name ?? ''}, not one`);
  return found;
}

/** A value inside a resource's inputs by its path, `taskDefinitionArgs.containers.app`; undefined when it isn't there. */
export function at({ inputs }: Registered, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isValues(value) ? value[key] : undefined), inputs);
}

/** The environment of a container of a task by name. */
export function environmentOf(tasks: Registered, container: string): Values {
  const variables = at(tasks, `taskDefinitionArgs.containers.${container}.environment`);
  if (!Array.isArray(variables))
    throw new Error(`${tasks.name} has no container ${container} with an environment`);
  return Object.fromEntries(variables.filter(isValues).map(({ name, value }) => [String(name), value]));
}

/** Statements of a policy, given as the JSON text that AWS gets. */
export function statementsOf(policy: unknown): Values[] {
  const document: unknown = JSON.parse(String(policy));
  if (!isValues(document) || !Array.isArray(document.Statement)) throw new Error('not a policy');
  return document.Statement.filter(isValues);
}

/** Types of the resources that must be there before one is made, by what it is given. */
export function waitedFor({ waitsFor }: Registered, input: string): string[] {
  const types = (waitsFor.get(input) ?? []).map((urn) => urn.split('::')[2]?.split('$').pop() ?? '');
  return [...new Set(types)].sort();
}
