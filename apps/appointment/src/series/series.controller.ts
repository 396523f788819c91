import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SeriesCancellationInput, SeriesDto, SeriesInput } from '#contracts';
import {
  Access,
  CommandOf,
  Commands,
  created,
  Idempotent,
  IdPipe,
  patients,
  type Answer,
  type Command,
} from '#platform';
import { SeriesRepository } from './series.repository.ts';
import { SeriesService } from './series.service.ts';

@ApiTags('series')
@Controller('appointments/series')
export class SeriesController {
  constructor(
    private readonly commands: Commands,
    private readonly series: SeriesService,
  ) {}

  @Post()
  @Access('appointments.write', patients.ownBody)
  @Idempotent()
  @ApiOperation({ summary: 'Book appointments that recur' })
  @ApiCreatedResponse({ type: SeriesDto })
  book(@Body() input: SeriesInput, @CommandOf() command: Command): Promise<Answer<SeriesDto> | SeriesDto> {
    return this.commands.run(command, async (tx) =>
      created('/appointments/series', await this.series.book(tx, command.caller, input)),
    );
  }

  @Get(':id')
  @Access('appointments.write', patients.ownRecord(SeriesRepository))
  @ApiOperation({ summary: 'Read a series and its appointments as they are now' })
  @ApiOkResponse({ type: SeriesDto })
  find(@Param('id', IdPipe) id: string): Promise<SeriesDto> {
    return this.series.find(id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Access('appointments.write', patients.ownRecord(SeriesRepository))
  @Idempotent()
  @ApiOperation({ summary: 'Cancel what of a series is still booked, from a date on' })
  @ApiOkResponse({ type: SeriesDto })
  cancel(
    @Param('id', IdPipe) id: string,
    @Body() input: SeriesCancellationInput,
    @CommandOf() command: Command,
  ): Promise<Answer<SeriesDto> | SeriesDto> {
    return this.commands.run(command, (tx) => this.series.cancel(tx, command.caller, id, input));
  }
}
