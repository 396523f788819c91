import type { Config } from './config.ts';

/** What a configuration allows and nobody should overlook; each is told once, in previews, updates and the plan. */
export function warningsOf({ ingress }: Pick<Config, 'ingress'>): string[] {
  return ingress.domain === undefined
    ? [
        'clinic:domain is not set, so the load balancer serves plain HTTP on port 80: tokens and records cross the ' +
          'internet in the clear. Set clinic:domain and clinic:hostedZoneId to serve HTTPS.',
      ]
    : [];
}
