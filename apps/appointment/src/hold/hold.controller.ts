import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { HoldDto, HoldInput } from '#contracts';
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
import { HoldRepository } from './hold.repository.ts';
import { HoldService } from './hold.service.ts';

/** A hold is booked by repeating it. */
const bookHold = {
  operationId: 'AppointmentController_book',
  description: 'Books the held time; `roomId` and `patientId` are repeated too when the hold has them.',
  requestBody: {
    holdId: '$response.body#/id',
    typeId: '$response.body#/typeId',
    practitionerId: '$response.body#/practitionerId',
    start: '$response.body#/start',
  },
};

@ApiTags('holds')
@Controller('appointments/holds')
export class HoldController {
  constructor(
    private readonly commands: Commands,
    private readonly holds: HoldService,
  ) {}

  @Post()
  @Access('appointments.write', patients.ownBody)
  @Idempotent()
  @ApiOperation({ summary: 'Hold a time for a short while' })
  @ApiCreatedResponse({ type: HoldDto, links: { book: bookHold } })
  hold(@Body() input: HoldInput, @CommandOf() command: Command): Promise<Answer<HoldDto> | HoldDto> {
    return this.commands.run(command, async (tx) =>
      created('/appointments/holds', await this.holds.hold(tx, input)),
    );
  }

  @Get(':id')
  @Access('appointments.write', patients.ownRecord(HoldRepository))
  @ApiOperation({ summary: 'Read a hold while it keeps its time' })
  @ApiOkResponse({ type: HoldDto })
  find(@Param('id', IdPipe) id: string): Promise<HoldDto> {
    return this.holds.find(id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('appointments.write', patients.ownRecord(HoldRepository))
  @ApiOperation({ summary: 'Give a held time back' })
  @ApiNoContentResponse()
  async release(@Param('id', IdPipe) id: string, @CommandOf() command: Command): Promise<void> {
    await this.commands.run(command, (tx) => this.holds.release(tx, command.caller, id));
  }
}
