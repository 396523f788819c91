import { livePath, type Service } from '#catalogue';
import type { Digests } from '../digests.ts';
import { Fault } from '../terminal.ts';
import type { Intended } from './observed.ts';

/** Where a stack runs, from `pulumi stack output --json`. */
export interface StackOutputs {
  readonly url: string;
  readonly cluster: string;
  readonly issuer: string | undefined;
  /** Prints a token of the stack's own issuer, as the issuer answers. */
  readonly tokenCommand: string | undefined;
  readonly services: readonly (Intended & {
    /** Name of the ECS service. */
    readonly ecsService: string;
    readonly targetGroupArn: string;
    readonly logGroup: string;
  })[];
  /** Services that were to run and of which no `up` has told anything. */
  readonly absent: readonly string[];
}

/**
 * What the gate needs of a stack's outputs.
 * @param meant what was to run, where it may be newer than the outputs, because `up` broke off; default: what they say
 * @throws Fault naming the output that is missing
 */
export function readOutputs(text: string, catalogue: readonly Service[], meant: Digests = {}): StackOutputs {
  const outputs = valuesIn(text);
  const absent = catalogue.filter(
    ({ name }) => name in meant && optionalIn(outputs.images, name) === undefined,
  );
  return {
    url: textIn(outputs, 'url', 'url'),
    cluster: textIn(outputs, 'cluster', 'cluster'),
    issuer: optionalIn(outputs, 'issuer'),
    tokenCommand: optionalIn(outputs, 'tokenCommand'),
    services: catalogue
      .filter((service) => !absent.includes(service))
      .map((service) => placeOf(service, outputs, meant[service.name])),
    absent: absent.map(({ name }) => name),
  };
}

function placeOf(
  service: Service,
  outputs: Readonly<Record<string, unknown>>,
  meant: string | undefined,
): StackOutputs['services'][number] {
  const each = (output: string): string => textIn(outputs[output], `${output}.${service.name}`, service.name);
  const told = digestOf(each('images'));
  return {
    service: service.name,
    prefix: service.prefix,
    livePath: livePath(service),
    ecsService: each('ecsServices'),
    // Outputs that name another image were told by an `up` before.
    taskDefinition: (meant ?? told) === told ? each('taskDefinitions') : undefined,
    digest: meant ?? told,
    targetGroupArn: each('targetGroups'),
    logGroup: each('logGroups'),
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

function optionalIn(values: unknown, key: string): string | undefined {
  const value: unknown = typeof values === 'object' && values !== null ? Reflect.get(values, key) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textIn(values: unknown, path: string, key: string): string {
  const value = optionalIn(values, key);
  if (value === undefined) throw new Fault(`the stack has no output ${path}`);
  return value;
}

function digestOf(image: string): string {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
  if (digest === undefined) throw new Fault(`${image} is no image by digest`);
  return digest;
}
