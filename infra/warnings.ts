import type { Service } from '#catalogue';
import type { Config } from './config.ts';

/** What a configuration allows and nobody should overlook; each is told once, in previews, updates and the plan. */
export function warningsOf(
  catalogue: readonly Service[],
  { ingress, delivery, imageDigests }: Pick<Config, 'ingress' | 'delivery' | 'imageDigests'>,
): string[] {
  const warnings: string[] = [];
  if (ingress.domain === undefined)
    warnings.push(
      'clinic:domain is not set, so the load balancer serves plain HTTP on port 80: tokens and records cross the ' +
        'internet in the clear. Set clinic:domain and clinic:hostedZoneId to serve HTTPS.',
    );
  const built = catalogue.map(({ name }) => name).filter((name) => !imageDigests.has(name));
  if (delivery.repository !== undefined && built.length > 0)
    warnings.push(
      `clinic:imageDigests names no image of ${built.join(', ')}, so \`up\` builds from this working tree and puts that ` +
        'in place of what was delivered. `npm run infra:digests -- --stack NAME` names the images that run; only a ' +
        'service that does not run yet has to be built.',
    );
  return warnings;
}
