import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ExplanationDto, ExplanationQuery, pageOf, SlotDto, SlotQuery, type Page } from '#contracts';
import { Access, patients, ProblemResponse } from '#platform';
import { ExplanationService } from './explanation.service.ts';
import { SlotService } from './slot.service.ts';

@ApiTags('slots')
@Controller('appointments/slots')
export class SlotController {
  constructor(
    private readonly slots: SlotService,
    private readonly explanations: ExplanationService,
  ) {}

  @Get()
  @Access('appointments.read', patients.ownQueryOrNone)
  @ApiOperation({ summary: 'List the free starts of an appointment type, in order' })
  @ApiOkResponse({ type: pageOf(SlotDto) })
  @ProblemResponse(422)
  list(@Query() query: SlotQuery): Promise<Page<SlotDto>> {
    return this.slots.list(query);
  }

  @Get('explain')
  @Access('appointments.read', patients.ownQueryOrNone)
  @ApiOperation({ summary: 'Say whether a time can be booked, and every reason why not' })
  @ApiOkResponse({ type: ExplanationDto })
  @ProblemResponse(422)
  explain(@Query() query: ExplanationQuery): Promise<ExplanationDto> {
    return this.explanations.explain(query);
  }
}
