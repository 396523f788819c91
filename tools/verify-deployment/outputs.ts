import { livePath, type Service } from '#catalogue';
import { Fault } from '../terminal.ts';
import type { Intended } from './observed.ts';

/** Where a stack runs, from `pulumi stack output --json`. */
export interface StackOutputs {
  readonly url: string;
  readonly cluster: string;
  readonly services: readonly (Intended & {
    /** Name of the ECS service. */
    readonly ecsService: string;
    readonly targetGroupArn: string;
    readonly logGroup: string;
  })[];
}

/**
 * What the gate needs of a stack's outputs.
 * @throws Fault naming the output that is missing
 */
export function readOutputs(text: string, catalogue: readonly Service[]): StackOutputs {
  const outputs = valuesIn(text);
  const each = (output: string, name: string): string => textIn(outputs[output], `${output}.${name}`, name);
  return {
    url: textIn(outputs, 'url', 'url'),
    cluster: textIn(outputs, 'cluster', 'cluster'),
    services: catalogue.map((service) => ({
      service: service.name,
      prefix: service.prefix,
      livePath: livePath(service),
      ecsService: each('ecsServices', service.name),
      taskDefinition: each('taskDefinitions', service.name),
      digest: digestOf(each('images', service.name)),
      targetGroupArn: each('targetGroups', service.name),
      logGroup: each('logGroups', service.name),
    })),
  };
}

function valuesIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Fault("the stack's outputs are no JSON object: pulumi stack output --json");
}

function textIn(values: unknown, path: string, key: string): string {
  const value: unknown = typeof values === 'object' && values !== null ? Reflect.get(values, key) : undefined;
  if (typeof value !== 'string' || value === '') throw new Fault(`the stack has no output ${path}`);
  return value;
}

function digestOf(image: string): string {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
  if (digest === undefined) throw new Fault(`${image} is no image by digest`);
  return digest;
}
