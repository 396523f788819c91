import { hostname } from 'node:os';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { Service } from '#catalogue';
import { AccessGuard } from './access/access.guard.ts';
import { TokenVerifier } from './access/token-verifier.ts';
import { AccessLogRepository } from './audit/access-log.repository.ts';
import { AccessLog } from './audit/access-log.ts';
import { SealRepository } from './audit/seal.repository.ts';
import { Sealer } from './audit/sealer.ts';
import { Commands } from './command/commands.ts';
import { IdempotencyCleaner } from './command/idempotency.cleaner.ts';
import { IdempotencyRepository } from './command/idempotency.repository.ts';
import { Config } from './config/config.ts';
import { createPool } from './database/connect.ts';
import { Database } from './database/database.ts';
import { traced } from './database/traced.ts';
import { QueueReport } from './events/queue-report.ts';
import { Queue } from './events/queue.ts';
import { Health, Lifecycle } from './health/health.ts';
import { healthController } from './health/health.controller.ts';
import { KnownQueryGuard } from './http/known-query.guard.ts';
import { RateLimiter } from './http/rate-limiter.ts';
import { ProblemFilter } from './problem/problem.filter.ts';
import type { ServiceDefinition } from './service-definition.ts';
import { Gauges } from './telemetry/gauges.ts';
import { DtoPipe } from './validation/dto.pipe.ts';

/** Who has a connection or a lock, as `pg_stat_activity` shows it. */
function processName({ name }: Service): string {
  return `${name}:${process.pid}@${hostname()}`;
}

/** What every service needs once, around the module of its own. */
@Module({})
export class PlatformModule {
  static around({ module, settings }: ServiceDefinition, config: Config): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [module],
      controllers: [healthController(config.service)],
      providers: [
        { provide: Config, useValue: config },
        ...(settings ? [{ provide: settings, useValue: config.settings }] : []),
        {
          provide: Database,
          useFactory: () =>
            new Database(
              createPool(config.database, processName(config.service)),
              config.telemetry && traced,
            ),
        },
        { provide: IdempotencyRepository, useFactory: () => new IdempotencyRepository(config.service) },
        { provide: AccessLogRepository, useFactory: () => new AccessLogRepository(config.service) },
        { provide: SealRepository, useFactory: () => new SealRepository(config.service) },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: KnownQueryGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: DtoPipe },
        AccessLog,
        Commands,
        Health,
        IdempotencyCleaner,
        Lifecycle,
        Queue,
        QueueReport,
        RateLimiter,
        Sealer,
        TokenVerifier,
        ...(config.telemetry ? [Gauges] : []),
      ],
      exports: [AccessLogRepository, Commands, Config, Database, Queue, ...(settings ? [settings] : [])],
    };
  }
}
