import * as policy from '@pulumi/policy';
import type { LoadedStack } from '../testing/stack.ts';
import { rules, stackRules } from './policies.ts';
import type { Fault, Member } from './rule.ts';

/** What the rules, or one of them, say of resources as the engine shows them: reading an unknown value throws. */
export function faultsOf(members: readonly Member[], only?: string): Fault[] {
  const shown = members.map((member) => ({ ...member, props: throwing(member.props) }));
  const chosen = ({ name }: { readonly name: string }): boolean => name === (only ?? name);
  return [
    ...rules.filter(chosen).flatMap(({ faults }) => shown.flatMap(faults)),
    ...stackRules.filter(chosen).flatMap(({ faultsAmong }) => faultsAmong(shown)),
  ];
}

function throwing(props: Member['props']): Member['props'] {
  // Exported, but not in the package's types.
  const { unknownCheckingProxy } = policy as unknown as { unknownCheckingProxy: typeof throwing };
  return unknownCheckingProxy(props);
}

/** The resources that the program registered in a made-up account. */
export function membersOf({ resources }: LoadedStack): Member[] {
  // Mocks leave all parents out of a URN but the next.
  const fullUrn = (short: string): string => {
    const [types = '', name] = short.split('::').slice(2);
    const type = types.split('$').pop();
    return resources.find((resource) => resource.type === type && resource.name === name)?.urn ?? short;
  };
  return resources.map(({ type, name, urn, inputs, waitsFor }) => ({
    type,
    name,
    urn,
    props: inputs,
    needs: Object.fromEntries([...waitsFor].map(([input, urns]) => [input, urns.map(fullUrn)])),
  }));
}
