import * as pulumi from '@pulumi/pulumi';
import type { RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { services, type Service } from '#catalogue';
import { answer, created, isValues, type Values } from './account.ts';

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** URN of the component it belongs to; empty at the top. */
  readonly parent: string;
  readonly inputs: Values;
  /** What it says about the options of itself and of all below it. */
  readonly transforms: readonly pulumi.ResourceTransform[];
  /** Whether it stays when the stack no longer has it. */
  readonly stays: boolean;
  /** URNs of the resources that must be there first, by input. */
  readonly waitsFor: ReadonlyMap<string, readonly string[]>;
}

export interface LoadedStack {
  readonly resources: readonly Registered[];
  readonly outputs: Values;
  readonly warnings: readonly string[];
}

export interface LoadOptions {
  readonly catalogue?: readonly Service[];
  /** Instead of the stack's own, by key without `clinic:`; undefined takes a key away. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The folder that has the stack's file. By default one beside the tests: at the root whoever deploys sets what he likes. */
  readonly folder?: string;
  /** A preview that does not know these outputs yet, whatever resource they are of. Without it everything is known. */
  readonly unknown?: readonly string[];
}

export const root = join(import.meta.dirname, '..', '..');
const stacksOfTests = join(import.meta.dirname, 'stacks');
const project = 'clinic';

/** Runs the whole program for a stack in a made-up account and returns all that it registered, in a stable order. */
export async function loadStack(stack: string, options: LoadOptions = {}): Promise<LoadedStack> {
  const { catalogue = services } = options;
  const values = stackValues(stack, options.config, options.folder);
  const resources: Registered[] = [];
  await recordInto(resources, stack, options.unknown);
  // Resources belong to the engine that is there when they are made, so nothing of the program is loaded before it.
  const [{ clinic }, { readConfig }, { warningsOf }] = await Promise.all([
    import('../clinic.ts'),
    import('../config.ts'),
    import('../warnings.ts'),
  ]);
  const config = readConfig(catalogue, (key) => values.get(key), { project, stack }, [...values.keys()]);
  const known = await settled(pulumi.output(clinic(catalogue, config)));
  const inOrder = resources.sort((a, b) => (a.urn < b.urn ? -1 : 1));
  return { resources: inOrder, outputs: { ...known }, warnings: warningsOf(catalogue, config) };
}

/** The values of a stack's keys as the CLI hands them over: the defaults of Pulumi.yaml and above them the stack's own. */
export function stackValues(
  stack: string,
  overrides: LoadOptions['config'] = {},
  folder = stacksOfTests,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const take = (key: string, value: unknown): void => {
    if (value === undefined) values.delete(key);
    else values.set(key, typeof value === 'string' ? value : JSON.stringify(value));
  };
  for (const [key, declared] of Object.entries(configOf(root, 'Pulumi.yaml')))
    if (isValues(declared)) take(`${project}:${key}`, declared.default);
  for (const [key, value] of Object.entries(configOf(folder, `Pulumi.${stack}.yaml`))) take(key, value);
  for (const [key, value] of Object.entries(overrides))
    take(key.includes(':') ? key : `${project}:${key}`, value);
  return values;
}

export function configOf(folder: string, file: string): Values {
  const document: unknown = parse(readFileSync(join(folder, file), 'utf8'));
  return isValues(document) && isValues(document.config) ? document.config : {};
}

async function recordInto(
  resources: Registered[],
  stack: string,
  unknown: LoadOptions['unknown'],
): Promise<void> {
  let given: Pick<Registered, 'inputs' | 'transforms'> = { inputs: {}, transforms: [] };
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const inputs: unknown = args.inputs;
        given = { inputs: isValues(inputs) ? inputs : {}, transforms: args.transforms ?? [] };
        const { id, state } = created(args, given.inputs);
        return { id, state: unknown ? without(isValues(state) ? state : {}, unknown) : state };
      },
      call: answer,
    },
    project,
    stack,
    unknown !== undefined,
  );
  const monitor = pulumi.runtime.getMonitor();
  if (!monitor) throw new Error('Pulumi has no mock engine');
  const register: unknown = Reflect.get(monitor, 'registerResource');
  if (typeof register !== 'function') throw new Error('Pulumi has changed how resources are registered');
  // Mocks are not told a resource's parent and what it waits for; the request behind them is.
  Reflect.set(monitor, 'registerResource', (request: RegisterResourceRequest, done: unknown) => {
    const answered: unknown = Reflect.apply(register, monitor, [request, done]);
    resources.push({ ...described(request, stack), ...given });
    return answered;
  });
}

function without(state: Values, unknown: readonly string[]): Values {
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, unknown.includes(key) ? pulumi.unknown : value]),
  );
}

function described(
  request: RegisterResourceRequest,
  stack: string,
): Omit<Registered, 'inputs' | 'transforms'> {
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  const parentType = parent.split('::')[2];
  const qualified = parentType ? `${parentType}$${type}` : type;
  const waitsFor = new Map<string, readonly string[]>();
  request.getPropertydependenciesMap().forEach((dependencies, input) => {
    waitsFor.set(input, dependencies.getUrnsList());
  });
  const stays = request.getRetainondelete() ?? false;
  return {
    type,
    name,
    parent,
    stays,
    waitsFor,
    urn: `urn:pulumi:${stack}::${project}::${qualified}::${name}`,
  };
}

/** The value of an output once nothing is left to register. */
async function settled<Value>(output: pulumi.Output<Value>): Promise<Value> {
  const value = await new Promise<Value>((resolve) => {
    output.apply(resolve);
  });
  await pulumi.runtime.disconnect(false);
  return value;
}
