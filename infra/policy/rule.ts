import type { Unwrap } from '@pulumi/pulumi';
import type { Args } from './resources.ts';

/** A resource as the engine describes it. In a preview, reading what is not known yet throws. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** A resource among all others of its stack. */
export interface Member extends Resource {
  /** URNs of the resources that each of its inputs comes from. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
}

export type Type = keyof Args;
export type Props<Of extends Type> = Of extends Type ? Unwrap<Args[Of]> : never;

/** What must hold, and what to change where it doesn't. */
export interface Demand {
  readonly holds: () => boolean;
  readonly change: string;
}

export interface Fault {
  readonly urn: string;
  /** Names the resource and what to change. */
  readonly message: string;
}

/** Judges each resource by itself, on what it is given. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  readonly faults: (resource: Resource) => readonly Fault[];
}

/** Judges what several resources are together, once all of them are described. */
export interface StackRule {
  readonly name: string;
  readonly description: string;
  readonly faultsAmong: (members: readonly Member[]) => readonly Fault[];
}

export interface Check {
  readonly types: readonly Type[];
  readonly demands: (resource: Resource) => readonly Demand[];
}

export function rule(name: string, description: string, ...checks: readonly Check[]): Rule {
  return {
    name,
    description,
    faults: (resource) =>
      checks
        .filter(({ types }) => types.some((type) => type === resource.type))
        .flatMap(({ demands }) => known(() => demands(resource)) ?? [])
        .filter(({ holds }) => known(holds) === false)
        .map(({ change }) => fault(resource, change)),
  };
}

/** Demands on all resources of some types. */
export function on<Of extends Type>(
  types: Of | readonly Of[],
  demands: (props: Props<Of>, resource: Resource) => readonly Demand[],
): Check {
  return {
    types: [types].flat(),
    // The token of a type says what its properties are.
    demands: (resource) => demands(resource.props as Props<Of>, resource),
  };
}

/** The same demands on each element of a list; an element that is not known yet hides no other. */
export function each<Element>(
  list: () => readonly Element[] | undefined,
  demands: (element: Element) => readonly Demand[],
): Demand[] {
  return knownOf(list).flatMap((element) => known(() => demands(element)) ?? []);
}

export function must(holds: () => boolean, change: string): Demand {
  return { holds, change };
}

export function fault({ name, urn }: Resource, change: string): Fault {
  return { urn, message: `${name}: ${change}` };
}

/** The properties of the members of a type. */
export function membersOf<Of extends Type>(
  members: readonly Member[],
  type: Of,
): { readonly member: Member; readonly props: Props<Of> }[] {
  return members
    .filter((member) => member.type === type)
    .map((member) => ({ member, props: member.props as Props<Of> }));
}

/** A value, or undefined while it or what it is made of is not known: a preview can't judge it, the update will. */
export function known<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    // The class that @pulumi/policy throws is not in its types.
    if (error instanceof Error && 'unknownTypeSentinel' in error) return undefined;
    throw error;
  }
}

/** The elements of a list that are known. */
export function knownOf<Element>(list: () => readonly Element[] | undefined): Element[] {
  const elements = known(list) ?? [];
  return Array.from({ length: elements.length }).flatMap(
    (_, index) => known(() => elements.slice(index, index + 1)) ?? [],
  );
}
