import type { Row } from './mutation.ts';

/** How requests come to a service. */
export const routingRows: readonly Row[] = [
  [
    'every path of the catalogue has a rule',
    'infra/clinic.ts',
    'const services = catalogue.map(',
    'const services = catalogue.slice(1).map(',
  ],
  [
    'every path of the catalogue has a rule',
    'libs/catalogue/src/index.ts',
    'return [service.prefix, `${service.prefix}/*`]',
    'return [service.prefix, service.prefix]',
  ],
  [
    'a rule has the priority of its port',
    'infra/naming.ts',
    '((port - 1) % lastPriority) + 1',
    '(port % 1000) + 1',
  ],
  ['a rule has the priority of its port', 'infra/route.ts', 'priority: rulePriority(service.port),', ''],
  [
    'a service has one port, from the load balancer to its container',
    'infra/tasks.ts',
    'containerPort: args.service.port',
    'containerPort: args.service.port + 1',
  ],
  [
    'a service has one port, from the load balancer to its container',
    'infra/route.ts',
    'port: service.port,',
    'port: 80,',
  ],
  [
    'a service has one port, from the load balancer to its container',
    'infra/containers.ts',
    'containerPort: service.port',
    'containerPort: 3000',
  ],
  ['targets are addresses of tasks', 'infra/route.ts', "targetType: 'ip'", "targetType: 'instance'"],
  [
    'a target is asked whether it is live',
    'infra/route.ts',
    'path: livePath(service)',
    'path: `${service.prefix}/health/ready`',
  ],
  ['a path of no service answers 404', 'infra/ingress.ts', "statusCode: '404'", "statusCode: '200'"],
  ['a path of no service answers 404', 'infra/ingress.ts', "type: 'fixed-response'", "type: 'forward'"],
  [
    'invalid headers are dropped',
    'infra/ingress.ts',
    'dropInvalidHeaderFields: true',
    'dropInvalidHeaderFields: false',
  ],
];
