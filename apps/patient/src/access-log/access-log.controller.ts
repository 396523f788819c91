import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AccessLogEntryDto, pageOf, PageQuery, type Page } from '#contracts';
import { Access, IdPipe, patients } from '#platform';
import { AccessLogService } from './access-log.service.ts';

@ApiTags('patients')
@Controller('patients/:id/access-log')
export class AccessLogController {
  constructor(private readonly log: AccessLogService) {}

  @Get()
  @Access('audit.read', patients.ownIdByRight)
  @ApiOperation({
    summary: 'Read who saw or changed a patient’s record, newest first',
    description: 'A patient’s own token reads that patient’s log without the scope.',
  })
  @ApiOkResponse({ type: pageOf(AccessLogEntryDto) })
  list(@Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<Page<AccessLogEntryDto>> {
    return this.log.list(id, query);
  }
}
