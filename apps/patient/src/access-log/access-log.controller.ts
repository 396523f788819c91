import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AccessLogEntryDto, pageOf, PageQuery, type Page } from '#contracts';
import { Access, CallerOf, IdPipe, patients, type Caller } from '#platform';
import { AccessLogService } from './access-log.service.ts';

@ApiTags('patients')
@Controller('patients/:id/access-log')
export class AccessLogController {
  constructor(private readonly log: AccessLogService) {}

  @Get()
  @Access('audit.read', patients.ownIdByRight)
  @ApiOperation({
    summary: 'Read who saw or changed a patient’s record, newest first',
    description:
      'With what was logged of records that are merged into it. A patient’s own token reads that patient’s log without the scope, and isn’t told which other patient it was that tried to see it.',
  })
  @ApiOkResponse({ type: pageOf(AccessLogEntryDto) })
  list(
    @Param('id', IdPipe) id: string,
    @Query() query: PageQuery,
    @CallerOf() caller: Caller,
  ): Promise<Page<AccessLogEntryDto>> {
    return this.log.list(caller, id, query);
  }
}
