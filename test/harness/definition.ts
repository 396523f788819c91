import type { ServiceName } from '#catalogue';
import type { ServiceDefinition } from '#platform';

/** What a service is, as its folder says. */
export async function definitionOf(name: ServiceName): Promise<ServiceDefinition> {
  const entry = (await import(`../../apps/${name}/src/service.ts`)) as { definition: ServiceDefinition };
  return entry.definition;
}
