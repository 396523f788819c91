import { faultsOf, type Service } from '#catalogue';
import { Fault } from '../terminal.ts';

/** A service that can't be added; nothing was written. */
export class ServiceRefused extends Fault {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('; '));
    this.faults = faults;
  }
}

/** What an engineer asks for, as it was typed. */
export interface ServiceRequest {
  readonly name: string;
  readonly port?: string | undefined;
  readonly prefix?: string | undefined;
}

/** Names that stand for something else where the names of services are used too. */
const reservedNames: ReadonlyMap<string, string> = new Map([
  ['jobs', 'the schema of the queue'],
  ['public', 'a schema and a role of PostgreSQL'],
  ['none', 'a role of PostgreSQL'],
  ['postgres', 'a role of PostgreSQL'],
  ['owner', 'the owner of the database'],
  ['rdsadmin', 'a role of Amazon RDS'],
  ['clinic', 'the whole system'],
  ['alb', "the load balancer's group"],
  ['dead', 'an alarm of the jobs'],
  ['waiting', 'an alarm of the jobs'],
  ['database', "the database's group"],
  ['endpoints', "the VPC endpoints' group"],
  ['flow-logs', "the VPC's log group"],
]);

/** Ports that the local stack or the database has. */
const reservedPorts: ReadonlyMap<number, string> = new Map([
  [5432, 'PostgreSQL'],
  [8080, 'the gateway'],
  [8090, 'the local issuer'],
]);

/** A listener has this many priorities, and a rule's follows from the port. */
const priorities = 50_000;

/**
 * The row of a new service.
 * @throws ServiceRefused naming everything that is wrong with it
 */
export function requestedService(
  { name, port, prefix = `/${name}` }: ServiceRequest,
  rows: readonly Service[],
): Service {
  const noun = name.replaceAll('-', ' ');
  const service: Service = {
    name,
    port: port === undefined ? Math.max(...rows.map((row) => row.port)) + 1 : portOf(port),
    prefix,
    needs: ['database'],
    scopes: { [`${name}.read`]: `Read ${noun}`, [`${name}.write`]: `Change ${noun}` },
  };
  const faults = [...faultsOf([service]), ...collisions(service, rows)];
  if (faults.length > 0) throw new ServiceRefused(faults);
  return service;
}

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new ServiceRefused([`--port takes a number, not '${text}'`]);
  return Number(text);
}

function collisions(service: Service, rows: readonly Service[]): string[] {
  const { name, port, prefix, scopes } = service;
  const faults: string[] = [];
  const reserved = reservedNames.get(name);
  if (reserved !== undefined) faults.push(`${name}: the name is that of ${reserved}`);
  const holder = reservedPorts.get(port);
  if (holder !== undefined) faults.push(`port ${port} is that of ${holder}`);
  for (const row of rows) {
    if (row.name === name) faults.push(`there is a service ${name}`);
    if (row.prefix === prefix) faults.push(`prefix ${prefix} is that of the service ${row.name}`);
    if (row.port === port) faults.push(`port ${port} is that of the service ${row.name}`);
    else if ((row.port - port) % priorities === 0)
      faults.push(`port ${port} would give its listener rule the priority of the service ${row.name}`);
    for (const scope of Object.keys(row.scopes))
      if (scope in scopes) faults.push(`scope ${scope} is one of the service ${row.name}`);
  }
  return faults;
}
