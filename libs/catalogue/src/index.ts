export { logParameters } from './database-log.ts';
export { memoryArgs } from './memory.ts';
export { isLoopback, isPageOrigin } from './origin.ts';

/** Something a service needs around it: the infrastructure and the local stack provide it by this name. */
export type Need = 'database';

/** One row of the catalogue: all that the laptop, the cloud and CI know of a service. */
export interface Service {
  /** Names the app folder, image, repository, schema and login role: words of `[a-z0-9]` joined by dashes, up to 24. */
  readonly name: string;
  /** TCP port the service listens on, 1024-65535; no two rows share one. */
  readonly port: number;
  /** First path segment with its slash, `/patients`; the service answers below it, nothing is stripped. */
  readonly prefix: string;
  readonly needs: readonly Need[];
  /** What its access rules ask for, and what that allows; in a token `patients.read` reads `clinic/patients.read`. */
  readonly scopes: Readonly<Record<string, string>>;
}

export const services = [
  {
    name: 'patient',
    port: 3000,
    prefix: '/patients',
    needs: ['database'],
    scopes: {
      'patients.read': 'Read, search and match patients',
      'patients.write': 'Register and change patients',
      'patients.merge': 'Merge two records of one patient, and undo it',
      'audit.read': 'Read who saw or changed a record',
    },
  },
  {
    name: 'appointment',
    port: 3001,
    prefix: '/appointments',
    needs: ['database'],
    scopes: {
      'schedules.read': 'Read practitioners, rooms, types and availability',
      'schedules.write': 'Change practitioners, rooms, types and availability',
      'appointments.read': 'Read appointments and free times',
      'appointments.write': 'Hold, book, move and cancel appointments',
      'appointments.override': 'Book a time although it is not offered or taken',
    },
  },
] as const satisfies readonly Service[];

export type ServiceName = (typeof services)[number]['name'];

type KeysOf<Union> = Union extends unknown ? keyof Union : never;
export type Scope = KeysOf<(typeof services)[number]['scopes']>;

/** What a token may do, by scope, over all services. */
export const scopes = Object.assign({}, ...services.map((row) => row.scopes)) as Record<Scope, string>;

/** @throws RangeError when no row has that name */
export function serviceNamed(name: string): Service {
  const service = services.find((row) => row.name === name);
  if (!service) throw new RangeError(`no service named ${JSON.stringify(name)} in the catalogue`);
  return service;
}

/** The load balancer's path patterns of a service: its prefix itself and everything below it. */
export function pathPatterns(service: Service): readonly [string, string] {
  return [service.prefix, `${service.prefix}/*`];
}

/**
 * The service a request goes to, or undefined for the default answer. As an ALB's path conditions do, it compares
 * the raw path case-sensitively, without decoding or resolving dot segments, and leaves the query out.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function routeOf<Row extends Service>(rows: readonly Row[], requestTarget: string): Row | undefined {
  const path = requestTarget.split('?', 1)[0] ?? '';
  return rows.find((row) => path === row.prefix || path.startsWith(`${row.prefix}/`));
}

/** Answers while the process is up and not draining: what a load balancer watches. */
export function livePath(service: Service): string {
  return `${service.prefix}/health/live`;
}

/** What is asked for every few seconds, by whoever watches the service. */
export function healthPaths(service: Service): ReadonlySet<string | undefined> {
  return new Set([livePath(service), readyPath(service)]);
}

/** Answers while the process and what it depends on are up. */
export function readyPath(service: Service): string {
  return `${service.prefix}/health/ready`;
}

/** What is wrong with a table of services, a sentence each; empty when it can be deployed. */
export function faultsOf(rows: readonly Service[]): string[] {
  const faults: string[] = [];
  for (const row of rows) {
    if (!/^(?=.{1,24}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(row.name))
      faults.push(`${row.name}: not a service name`);
    if (!/^\/[a-z][a-z0-9-]*$/.test(row.prefix))
      faults.push(`${row.name}: prefix ${row.prefix} is not one path segment`);
    if (!Number.isInteger(row.port) || row.port < 1024 || row.port > 65535)
      faults.push(`${row.name}: port ${row.port} is outside 1024-65535`);
    for (const scope of Object.keys(row.scopes))
      if (!/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(scope))
        faults.push(`${row.name}: scope ${scope} is not two words with a dot between them`);
  }
  for (const key of ['name', 'port', 'prefix'] as const) {
    const values = rows.map((row) => row[key]);
    for (const value of new Set(values.filter((value, index) => values.indexOf(value) !== index)))
      faults.push(`${key} ${value} is used by more than one service`);
  }
  return faults;
}
