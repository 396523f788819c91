import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express, { type Express } from 'express';
import { requireAccessRules } from './access/require-access-rules.ts';
import type { Config } from './config/config.ts';
import { serveDocs } from './docs/openapi.ts';
import { Admission } from './http/admission.ts';
import { refuseAmbiguous } from './http/ambiguous.ts';
import { allowOrigins } from './http/cors.ts';
import { EdgeAdapter } from './http/edge.ts';
import { edgeLimits } from './http/limits.ts';
import { answerRequestId } from './http/request-id.ts';
import { securityLines } from './http/security-headers.ts';
import { createLogger } from './log/logger.ts';
import { NestLogger } from './log/nest-logger.ts';
import { logRequests } from './log/request-lines.ts';
import { PlatformModule } from './platform.module.ts';
import type { ServiceDefinition } from './service-definition.ts';
import { observeRequests } from './telemetry/requests.ts';

/** What the application is, short of listening. */
export async function createApp(
  definition: ServiceDefinition,
  config: Config,
  limits = edgeLimits,
): Promise<NestExpressApplication> {
  const adapter = new EdgeAdapter(createExpress(), limits, new Admission(config), securityLines(config));
  const logger = createLogger(config);
  const app = await NestFactory.create<NestExpressApplication>(
    PlatformModule.around(definition, config),
    adapter,
    {
      bodyParser: false,
      logger: false,
      abortOnError: false,
    },
  );
  requireAccessRules(app);
  adapter.inFront(answerRequestId);
  if (config.telemetry) adapter.inFront(observeRequests(config.service));
  // Before whatever may answer, so that every answer leaves its line.
  adapter.inFront(logRequests(logger, config.service));
  adapter.inFront(refuseAmbiguous);
  if (config.corsOrigins.length > 0)
    adapter.inFront(allowOrigins(adapter.getInstance<Express>(), config.corsOrigins));
  serveDocs(app, config, definition.title);
  await app.init();
  app.useLogger(new NestLogger(logger));
  return app;
}

/** Express makes its router at first use, with the settings of that moment: they come before Nest. */
function createExpress(): Express {
  const server = express();
  server.set('case sensitive routing', true);
  server.set('strict routing', true);
  server.set('query parser', 'simple');
  server.set('etag', false);
  server.set('trust proxy', 1);
  server.disable('x-powered-by');
  return server;
}
