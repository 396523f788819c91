import { contentChecks } from './checks-content.ts';
import { endpointInvariants } from './invariants-access.ts';
import { deliveryInvariants } from './invariants-delivery.ts';
import { identityInvariants } from './invariants-identity.ts';
import { orderInvariants } from './invariants-order.ts';
import { devInvariants, domainInvariants, prodInvariants } from './invariants-stacks.ts';
import { invariants } from './invariants.ts';
import type { Checks, Program } from './mutant.ts';
import type { Invariants } from './parts.ts';
import type { LoadedStack, LoadOptions } from './stack.ts';

/** Loads a stack of a program so, and of the same program once. */
function loader(stack: string, options: LoadOptions): (program: Program) => Promise<LoadedStack> {
  const loads = new WeakMap<Program, Promise<LoadedStack>>();
  return (program) => {
    const loaded = loads.get(program) ?? program.load(stack, options);
    loads.set(program, loaded);
    return loaded;
  };
}

function checksOf(load: (program: Program) => Promise<LoadedStack>, holding: Invariants): Checks {
  return Object.fromEntries(
    Object.entries(holding).map(([sentence, violations]) => [
      sentence,
      async (program) => violations(await load(program)),
    ]),
  );
}

/** A configuration that is wrong, and what the program says to it before it makes anything. */
function refusal(config: NonNullable<LoadOptions['config']>, ...messages: readonly string[]): Checks[string] {
  return async (program) => {
    const said = await program.load('dev', { config }).then(() => 'nothing', String);
    return messages.filter((message) => !said.includes(message)).map((message) => `${message}: ${said}`);
  };
}

const configChecks: Checks = {
  'configuration: a number is within its bounds': refusal({ zones: 4 }, 'clinic:zones: must be'),
  'configuration: a flag is true or false': refusal({ waf: 'yes' }, 'clinic:waf: must be false or true'),
  'configuration: all that is wrong is told': refusal(
    { zones: 4, waf: 'yes' },
    'clinic:zones: must be',
    'clinic:waf: must be',
  ),
  'configuration: a domain needs its zone': refusal(
    { domain: 'api.clinic.example' },
    'clinic:hostedZoneId: is missing',
  ),
  'configuration: a task has a size that Fargate has': refusal(
    { taskMemoryMiB: 4096 },
    'clinic:taskMemoryMiB: must be',
  ),
  'configuration: at most is no less than at least': refusal(
    { minTasks: 3, databaseMinAcu: '4' },
    'clinic:maxTasks: must not be less',
    'clinic:databaseMaxAcu: must not be less',
  ),
  'configuration: logs are kept as long as CloudWatch can': refusal(
    { logRetentionDays: 8 },
    'clinic:logRetentionDays: must be one of',
  ),
  'configuration: tokens are for an audience or a client': refusal(
    { oidcIssuer: 'https://login.example', oidcAudience: '' },
    'clinic:oidcAudience: is missing',
  ),
  'configuration: an image is named by digest': refusal(
    { imageDigests: { patient: 'v1' } },
    'clinic:imageDigests.patient: must be sha256',
  ),
  'configuration: a list is a list': refusal(
    { oidcClientIds: 'one' },
    'clinic:oidcClientIds: must be a list',
  ),
};

/** The program as prod under a domain and delivered from GitHub, where all that holds in every stack is broken. */
export const loadProd = loader('prod', {
  config: {
    domain: 'api.clinic.example',
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    deliveryRepository: 'clinic-org/clinic',
  },
});

/** By what is looked at. */
export const views: Readonly<Record<string, Checks>> = {
  'in dev': checksOf(loader('dev', {}), {
    ...invariants,
    ...identityInvariants,
    ...devInvariants,
  }),
  'in dev with interface endpoints': checksOf(
    loader('dev', { config: { interfaceEndpoints: true } }),
    endpointInvariants,
  ),
  'in a preview that knows no routes yet': checksOf(
    loader('prod', { unknown: ['routes'] }),
    orderInvariants('the routes'),
  ),
  'in a preview that knows no associations of route tables yet': checksOf(
    loader('prod', { unknown: ['routeTableAssociations'] }),
    orderInvariants('their tables'),
  ),
  'in prod under a domain and delivered from GitHub': checksOf(loadProd, {
    ...invariants,
    ...identityInvariants,
    ...prodInvariants,
    ...domainInvariants,
    ...deliveryInvariants('prod'),
  }),
  'of configurations': configChecks,
  'of images': contentChecks,
};

/** All of them; what holds in several stacks is looked for in prod. */
export const checks: Checks = Object.fromEntries(
  Object.values(views).flatMap((view) => Object.entries(view)),
);
