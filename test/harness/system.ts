import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { createApp, readConfig, type ServiceDefinition } from '#platform';
import { appointmentService } from '../../apps/appointment/src/service.ts';
import { patientService } from '../../apps/patient/src/service.ts';
import { startGateway } from '../../tools/gateway.ts';
import { startIssuer, type Issuer } from '../../tools/issuer.ts';
import { Client } from './client.ts';
import { createMigratedDatabase, type TestDatabase } from './database.ts';

export interface System {
  url: string;
  issuer: Issuer;
  database: TestDatabase;
  apps: Readonly<Record<'patient' | 'appointment', INestApplication>>;
  /** A client with a token of every scope. */
  staff: Client;
  /** A client with a token as asked for. */
  as(options: Parameters<Issuer['token']>[0]): Promise<Client>;
  stop(): Promise<void>;
}

/** Both services in this process behind the gateway, with a database and an issuer of their own, on free ports. */
export async function startSystem(environment: Record<string, string> = {}): Promise<System> {
  const [database, issuer] = await Promise.all([createMigratedDatabase(), startIssuer()]);
  const start = async (definition: ServiceDefinition) => {
    const config = readConfig(definition.service, {
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'silent',
      DATABASE_URL: database.urlOf(definition.service.name),
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: 'clinic',
      ...environment,
    });
    const app = await createApp(definition, config);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return { app, upstream: { service: definition.service, port } };
  };
  const [patient, appointment] = await Promise.all([start(patientService), start(appointmentService)]);
  const gateway = await startGateway({ port: 0, upstreams: [patient.upstream, appointment.upstream] });
  return {
    url: gateway.url,
    issuer,
    database,
    apps: { patient: patient.app, appointment: appointment.app },
    staff: new Client(gateway.url, await issuer.token()),
    as: async (options) => new Client(gateway.url, await issuer.token(options)),
    stop: async () => {
      await gateway.stop();
      await Promise.all([patient.app.close(), appointment.app.close()]);
      await issuer.stop();
      await database.drop();
    },
  };
}
