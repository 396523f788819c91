import { isValues, type Values } from './account.ts';
import { all, at } from './find.ts';
import type { LoadedStack, Registered } from './stack.ts';

/** By its sentence: what in a stack violates it. */
export type Invariants = Readonly<Record<string, (stack: LoadedStack) => string[] | Promise<string[]>>>;

export const vpc = 'awsx:ec2:Vpc';
export const balancer = 'awsx:lb:ApplicationLoadBalancer';
export const fargate = 'awsx:ecs:FargateService';

export function is(expected: unknown): (value: unknown) => boolean {
  return (value) => JSON.stringify(value) === JSON.stringify(expected);
}

/** The resources whose value at a path is not as it should be. No resource at all is a fault too. */
export function faulty(
  resources: readonly Registered[],
  path: string,
  right: (value: unknown) => boolean,
): string[] {
  return wrong(
    resources.map((resource) => ({ of: `${resource.name}: ${path}`, values: at(resource, path) })),
    right,
  );
}

/** Those of some things that are not as they should be. Nothing at all is a fault too. */
export function wrong<Values>(
  things: readonly { readonly of: string; readonly values: Values }[],
  right: (values: Values) => boolean,
): string[] {
  if (things.length === 0) return ['there is nothing of which it could hold'];
  return things
    .filter(({ values }) => !right(values))
    .map(({ of, values }) => `${of} is ${JSON.stringify(values)}`);
}

/** Resources to be looked at whole, by what they are given. */
export function given(resources: readonly Registered[]): { of: string; values: Values }[] {
  return resources.map(({ name, inputs }) => ({ of: name, values: inputs }));
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
