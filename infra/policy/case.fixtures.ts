import { runtime } from '@pulumi/pulumi';
import type { Member } from './rule.ts';

/** What a rule says of resources that belong together. */
export interface Case {
  readonly title: string;
  readonly members: readonly Member[];
  /** None: the rule is content. */
  readonly faults: readonly string[];
}

/** By the name of the rule. */
export type Cases = Readonly<Record<string, readonly Case[]>>;

/** How the engine writes what a preview can't know yet. */
export const unknown = runtime.unknownValue;

export const account = '123456789012';

/** A resource of the stack dev, unless another is said. */
export function given(
  type: string,
  props: Readonly<Record<string, unknown>>,
  { name = 'it', stack = 'dev', parents = '', needs = {} }: Partial<Where> = {},
): Member {
  return { type, name, urn: `urn:pulumi:${stack}::clinic::${parents}${type}::${name}`, props, needs };
}

interface Where {
  readonly name: string;
  readonly stack: string;
  /** Types of the components it is in, each with a `$` behind it. */
  readonly parents: string;
  readonly needs: Member['needs'];
}

export function accepts(title: string, ...members: readonly Member[]): Case {
  return { title, members, faults: [] };
}

/** The faults without the resource's name in front, where it is the usual one. */
export function refuses(title: string, members: Member | readonly Member[], ...faults: string[]): Case {
  return {
    title,
    members: [members].flat(),
    faults: faults.map((fault) => (/^[\w-]+: /.test(fault) ? fault : `it: ${fault}`)),
  };
}

/** A policy document as the provider sends it. */
export function document(...statements: readonly Readonly<Record<string, unknown>>[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
