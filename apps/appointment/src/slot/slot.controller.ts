import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { pageOf, SlotDto, SlotQuery, type Page } from '#contracts';
import { Access, patients, ProblemResponse } from '#platform';
import { SlotService } from './slot.service.ts';

@ApiTags('slots')
@Controller('appointments/slots')
export class SlotController {
  constructor(private readonly slots: SlotService) {}

  @Get()
  @Access('appointments.read', patients.ownQueryOrNone)
  @ApiOperation({ summary: 'List the free starts of an appointment type, in order' })
  @ApiOkResponse({ type: pageOf(SlotDto) })
  @ProblemResponse(422)
  list(@Query() query: SlotQuery): Promise<Page<SlotDto>> {
    return this.slots.list(query);
  }
}
