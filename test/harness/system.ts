import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { services, type Service, type ServiceName } from '#catalogue';
import { createApp, readConfig } from '#platform';
import { startGateway } from '../../tools/gateway.ts';
import { startIssuer, type Issuer } from '../../tools/issuer.ts';
import { Client } from './client.ts';
import { createMigratedDatabase, type TestDatabase } from './database.ts';
import { definitionOf } from './definition.ts';

interface Started {
  readonly name: ServiceName;
  readonly app: INestApplication;
  readonly upstream: { readonly service: Service; readonly port: number };
}

export interface System {
  url: string;
  issuer: Issuer;
  database: TestDatabase;
  apps: Readonly<Record<ServiceName, INestApplication>>;
  /** A client with a token of every scope. */
  staff: Client;
  /** The same straight to one service. */
  direct: Readonly<Record<ServiceName, Client>>;
  /** A client with a token as asked for. */
  as(options: Parameters<Issuer['token']>[0]): Promise<Client>;
  stop(): Promise<void>;
}

/** Every service in this process behind the gateway, with a database and an issuer of their own, on free ports. */
export async function startSystem(
  environment: Record<string, string> = {},
  limits?: Parameters<typeof createApp>[2],
): Promise<System> {
  const [database, issuer] = await Promise.all([createMigratedDatabase(), startIssuer()]);
  const start = async (name: ServiceName): Promise<Started> => {
    const definition = await definitionOf(name);
    const keys = {
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATABASE_URL: database.urlOf(definition.service.name),
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: 'clinic',
      ...environment,
    };
    const config = readConfig(definition.service, keys, definition.settings);
    const app = await createApp(definition, config, limits);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return { name, app, upstream: { service: definition.service, port } };
  };
  const started = await Promise.all(services.map(({ name }) => start(name)));
  const gateway = await startGateway({ port: 0, upstreams: started.map(({ upstream }) => upstream) });
  const token = await issuer.token();
  const byName = <T>(of: (each: Started) => T): Record<ServiceName, T> =>
    Object.fromEntries(started.map((each) => [each.name, of(each)])) as Record<ServiceName, T>;
  return {
    url: gateway.url,
    issuer,
    database,
    apps: byName(({ app }) => app),
    staff: new Client(gateway.url, token),
    direct: byName(({ upstream }) => new Client(`http://127.0.0.1:${upstream.port}`, token)),
    as: async (options) => new Client(gateway.url, await issuer.token(options)),
    stop: async () => {
      await gateway.stop();
      await Promise.all(started.map(({ app }) => app.close()));
      await issuer.stop();
      await database.drop();
    },
  };
}
