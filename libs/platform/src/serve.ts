import { setTimeout as delay } from 'node:timers/promises';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from '@nestjs/common';
import { createApp } from './app.ts';
import { verificationOptions, verifyAccessLog } from './audit/verification.ts';
import { ConfigError } from './config/config.error.ts';
import { readConfig, type Config } from './config/config.ts';
import { readDatabaseConfig, readMigrationConfig } from './config/database.config.ts';
import { valueFault } from './database/faults.ts';
import { migrate } from './database/migrate.ts';
import { Lifecycle } from './health/health.ts';
import type { EdgeAdapter } from './http/edge.ts';
import type { ServiceDefinition } from './service-definition.ts';
import type { Telemetry } from './telemetry/sdk.ts';
import { startTelemetry } from './telemetry/telemetry.ts';

/** For connections that were paused to be read from before the listener closes. */
const leastDrainMs = 50;
const idleSweepMs = 50;
/** For the last answers, once the listener closes: with what a stack drains for, less than ECS' 60 s. */
const answersWithinMs = 30_000;

/** The environment, for the entry points to parse once. */
// eslint-disable-next-line no-restricted-syntax -- the one place that reads it
const environment = process.env;

/** Runs a service until it is told to stop; a wrong configuration ends it with one line that names the key. */
export async function serve(definition: ServiceDefinition): Promise<void> {
  await orExit(async () => {
    const stop = stopSignal();
    const config = readConfig(definition.service, environment, definition.settings);
    const telemetry = await startTelemetry(config);
    const app = await createApp(definition, config);
    dieLoudly();
    await listen(app, config);
    void stop.then(() => drain(app, config, telemetry));
  });
}

/** Listened for from the beginning: process 1 of a container has no default action to end it while it starts. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        resolve();
      });
  });
}

/** Runs something once with all that a service has, but for the listener; it may serve elsewhere meanwhile. */
export async function runTask(
  definition: ServiceDefinition,
  task: (app: NestExpressApplication) => Promise<void>,
): Promise<void> {
  await orExit(async () => {
    const config = readConfig(definition.service, environment, definition.settings);
    const app = await createApp(definition, config);
    try {
      await task(app);
    } finally {
      await app.close();
    }
  });
}

/** Brings the service's part of the database up to date, then ends. */
export async function runMigrations({ service, queues }: ServiceDefinition): Promise<void> {
  await orExit(async () => {
    await migrate({ service: service.name, queues, ...readMigrationConfig(environment) });
  });
}

/** Looks whether the service's access log is as it was written; ends with 1 when it is not. */
export async function runVerification({ service }: ServiceDefinition): Promise<void> {
  await orExit(async () => {
    const options = verificationOptions(process.argv.slice(2));
    const isWhole = await verifyAccessLog(service, readDatabaseConfig(environment), options, (line) => {
      process.stdout.write(`${line}\n`);
    });
    if (!isWhole) process.exitCode = 1;
  });
}

async function listen(app: NestExpressApplication, { host, port }: Config): Promise<void> {
  await app.listen(port, host);
  new Logger('Service').log({ host, port }, 'listening');
}

/** What nobody caught is told without a stack or a message that may quote data; then a fresh process is better. */
function dieLoudly(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.once(event, (error: unknown) => {
      new Logger('Service').fatal({ err: error }, event);
      process.exit(1);
    });
}

/**
 * Health turns 503 so that no new work is sent; then the listener closes, work in flight completes, pools close, and what
 * was measured meanwhile is told.
 */
async function drain(
  app: NestExpressApplication,
  { drainSeconds }: Config,
  telemetry: Telemetry | undefined,
): Promise<void> {
  app.get(Lifecycle).draining = true;
  (app.getHttpAdapter() as EdgeAdapter).drain();
  await delay(Math.max(drainSeconds * 1000, leastDrainMs));
  // Closing the listener ends the connections that are idle then; those that still get an answer would stay open.
  const server = app.getHttpServer();
  setInterval(() => {
    server.closeIdleConnections();
  }, idleSweepMs);
  // Once the listener is closed Node gives up on no connection any more that has sent nothing, or a part of a request.
  setTimeout(() => {
    server.closeAllConnections();
  }, answersWithinMs);
  await app.close();
  await telemetry?.stop();
  process.exit(0);
}

async function orExit(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? 'configuration: ' : ''}${describe(error)}\n`);
    process.exit(1);
  }
}

/** One line: what failed and, below it, why. What the database says of values is told by its code. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'what was thrown is no error';
  const what = valueFault(error) ?? error.message;
  return error.cause === undefined ? what : `${what}: ${describe(error.cause)}`;
}
