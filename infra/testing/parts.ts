import { isValues, type Values } from './account.ts';
import { all, at } from './find.ts';
import type { LoadedStack, Registered } from './stack.ts';

/** By its sentence: what in a stack violates it. */
export type Invariants = Readonly<Record<string, (stack: LoadedStack) => string[]>>;

/** An invariant, and the text in a file whose replacement breaks it. */
export type MutationRow = readonly [invariant: string, file: string, from: string, to: string];

export const fargate = 'awsx:ecs:FargateService';

/** The resources whose value at a path is not as it should be. No resource at all is a fault too. */
export function faulty(
  resources: readonly Registered[],
  path: string,
  right: (value: unknown) => boolean,
): string[] {
  if (resources.length === 0) return [`nothing has ${path}`];
  return resources
    .filter((resource) => !right(at(resource, path)))
    .map((resource) => `${resource.name}: ${path} is ${JSON.stringify(at(resource, path))}`);
}

/** The objects of a list; empty for what is none. */
export function rowsOf(value: unknown): Values[] {
  return Array.isArray(value) ? value.filter(isValues) : [];
}

/** The containers of all tasks, or those of a name. */
export function containers(stack: LoadedStack, name?: string): { of: string; values: Values }[] {
  return all(stack, fargate).flatMap((tasks) => {
    const found = at(tasks, 'taskDefinitionArgs.containers');
    return Object.entries(isValues(found) ? found : {}).flatMap(([key, values]) =>
      isValues(values) && (name ?? key) === key ? [{ of: `${tasks.name} ${key}`, values }] : [],
    );
  });
}
