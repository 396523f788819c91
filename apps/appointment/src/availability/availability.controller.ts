import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AvailabilityChangeDto, AvailabilityDto, AvailabilityInput, AvailabilityQuery } from '#contracts';
import {
  Access,
  Answer,
  CommandOf,
  Commands,
  Conditional,
  IdPipe,
  IfMatch,
  patients,
  type Command,
  type Precondition,
} from '#platform';
import { AvailabilityService } from './availability.service.ts';

@ApiTags('availability')
@Controller('appointments/practitioners/:id/availability')
export class AvailabilityController {
  constructor(
    private readonly commands: Commands,
    private readonly availability: AvailabilityService,
  ) {}

  @Get()
  @Access('schedules.read', patients.unconcerned)
  @ApiOperation({ summary: 'Read when a practitioner is available' })
  @ApiOkResponse({ type: AvailabilityDto })
  find(@Param('id', IdPipe) practitionerId: string): Promise<AvailabilityDto> {
    return this.availability.find(practitionerId);
  }

  @Put()
  @Access('schedules.write', patients.nobody)
  @Conditional()
  @ApiOperation({ summary: 'Replace when a practitioner is available' })
  @ApiOkResponse({ type: AvailabilityChangeDto })
  replace(
    @Param('id', IdPipe) practitionerId: string,
    @Body() input: AvailabilityInput,
    @Query() query: AvailabilityQuery,
    @IfMatch() precondition: Precondition,
    @CommandOf() command: Command,
  ): Promise<Answer<AvailabilityChangeDto> | AvailabilityChangeDto> {
    return this.commands.run(command, async (tx) => {
      const wanted = { ...query, practitionerId, input };
      const change = await this.availability.replace(tx, command, precondition, wanted);
      return new Answer(200, change, { version: change.availability.version });
    });
  }
}
