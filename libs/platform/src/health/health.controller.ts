import { Controller, Get, Header, type Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { Service } from '#catalogue';
import { Open } from '../access/access.decorator.ts';
import { Health, type HealthReport } from './health.ts';

/** The health routes below a service's own prefix; load balancers strip nothing. */
export function healthController({ prefix }: Service): Type {
  @ApiTags('health')
  @Controller(`${prefix.slice(1)}/health`)
  class HealthController {
    constructor(private readonly health: Health) {}

    @Get('live')
    @Open()
    @Header('Cache-Control', 'no-store')
    @ApiOperation({ summary: 'Whether the process is up and not draining' })
    @ApiOkResponse({ description: 'Up' })
    @ApiServiceUnavailableResponse({ description: 'Draining' })
    live(): HealthReport {
      return this.health.live();
    }

    @Get('ready')
    @Open()
    @Header('Cache-Control', 'no-store')
    @ApiOperation({ summary: 'Whether the process and what it depends on are up' })
    @ApiOkResponse({ description: 'Up' })
    @ApiServiceUnavailableResponse({ description: 'Draining, or the database is away' })
    ready(): Promise<HealthReport> {
      return this.health.ready();
    }
  }
  return HealthController;
}
