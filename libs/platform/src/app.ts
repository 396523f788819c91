import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { Logger } from 'nestjs-pino';
import type { Service } from '#catalogue';
import { requireAccessRules } from './access/require-access-rules.ts';
import type { Config } from './config/config.ts';
import { serveDocs } from './docs/openapi.ts';
import { PlatformModule } from './platform.module.ts';

/** A service: its row of the catalogue and the module that holds what is its own. */
export interface ServiceDefinition {
  readonly service: Service;
  readonly title: string;
  readonly module: Type;
  /** The queues it sends to or consumes; `migrate` makes them. */
  readonly queues: readonly string[];
}

/** What the application is, short of listening. */
export async function createApp(
  { module, title }: ServiceDefinition,
  config: Config,
): Promise<NestExpressApplication> {
  const adapter = new ExpressAdapter();
  const express = adapter.getInstance();
  express.set('case sensitive routing', true);
  express.set('strict routing', true);
  express.set('query parser', 'simple');
  express.set('etag', false);
  express.set('trust proxy', 1);
  express.disable('x-powered-by');
  const root = { module: class ServiceModule {}, imports: [PlatformModule.for(config), module] };
  const app = await NestFactory.create<NestExpressApplication>(root, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  app.use(helmet({ contentSecurityPolicy: { directives: contentSecurityPolicy(config) } }));
  serveDocs(app, config, title);
  await app.init();
  app.useLogger(app.get(Logger));
  requireAccessRules(app);
  return app;
}

/** Only the docs page shows anything; it signs in at the issuer. */
function contentSecurityPolicy({ oidc }: Config): Record<string, string[] | null> {
  return {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'", new URL(oidc.issuer).origin],
    'form-action': ["'self'"],
    'upgrade-insecure-requests': null,
  };
}
