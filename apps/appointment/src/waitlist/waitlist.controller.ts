import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import {
  AppointmentDto,
  pageOf,
  PageQuery,
  WaitlistAcceptInput,
  WaitlistChangeDto,
  WaitlistDeclineInput,
  WaitlistEntryDto,
  WaitlistInput,
  WaitlistQuery,
  type Page,
} from '#contracts';
import {
  Access,
  CallerOf,
  CommandOf,
  Commands,
  created,
  Idempotent,
  IdPipe,
  patients,
  type Answer,
  type Caller,
  type Command,
} from '#platform';
import { WaitlistRepository } from './entry.repository.ts';
import { WaitlistService } from './waitlist.service.ts';

const ownEntry = patients.ownRecord(WaitlistRepository);

@ApiTags('waitlist')
@Controller('appointments/waitlist')
export class WaitlistController {
  constructor(
    private readonly commands: Commands,
    private readonly waitlist: WaitlistService,
  ) {}

  @Post()
  @Access('appointments.write', patients.ownBody)
  @Idempotent()
  @ApiOperation({ summary: 'Wait for a time to be freed' })
  @ApiCreatedResponse({ type: WaitlistEntryDto })
  enter(
    @Body() input: WaitlistInput,
    @CommandOf() command: Command,
  ): Promise<Answer<WaitlistEntryDto> | WaitlistEntryDto> {
    return this.commands.run(command, async (tx) =>
      created('/appointments/waitlist', await this.waitlist.enter(tx, command.caller, input)),
    );
  }

  @Get()
  @Access('appointments.write', patients.ownQuery)
  @ApiOperation({ summary: 'List entries of the waitlist in the order they were made' })
  @ApiOkResponse({ type: pageOf(WaitlistEntryDto) })
  list(@Query() query: WaitlistQuery, @CallerOf() caller: Caller): Promise<Page<WaitlistEntryDto>> {
    return this.waitlist.list(query, caller);
  }

  @Get(':id')
  @Access('appointments.write', ownEntry)
  @ApiOperation({ summary: 'Read an entry of the waitlist, with what is offered' })
  @ApiOkResponse({ type: WaitlistEntryDto })
  find(@Param('id', IdPipe) id: string): Promise<WaitlistEntryDto> {
    return this.waitlist.find(id);
  }

  @Get(':id/history')
  @Access('appointments.write', ownEntry)
  @ApiOperation({ summary: 'List every change of an entry, oldest first' })
  @ApiOkResponse({ type: pageOf(WaitlistChangeDto) })
  history(@Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<Page<WaitlistChangeDto>> {
    return this.waitlist.history(id, query);
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('appointments.write', ownEntry)
  @ApiOperation({ summary: 'Wait no longer' })
  @ApiNoContentResponse()
  async withdraw(@Param('id', IdPipe) id: string, @CommandOf() command: Command): Promise<void> {
    await this.commands.run(command, (tx) => this.waitlist.withdraw(tx, command.caller, id));
  }

  @Post(':id/accept')
  @Access('appointments.write', ownEntry)
  @Idempotent()
  @ApiOperation({ summary: 'Book the time that is offered' })
  @ApiCreatedResponse({ type: AppointmentDto })
  accept(
    @Param('id', IdPipe) id: string,
    @Body() input: WaitlistAcceptInput,
    @CommandOf() command: Command,
  ): Promise<Answer<AppointmentDto> | AppointmentDto> {
    return this.commands.run(command, async (tx) =>
      created('/appointments', await this.waitlist.accept(tx, command.caller, id, input)),
    );
  }

  @Post(':id/decline')
  @HttpCode(200)
  @Access('appointments.write', ownEntry)
  @Idempotent()
  @ApiOperation({ summary: 'Leave the time that is offered to the next in line' })
  @ApiOkResponse({ type: WaitlistEntryDto })
  decline(
    @Param('id', IdPipe) id: string,
    @Body() input: WaitlistDeclineInput,
    @CommandOf() command: Command,
  ): Promise<Answer<WaitlistEntryDto> | WaitlistEntryDto> {
    return this.commands.run(command, (tx) => this.waitlist.decline(tx, command.caller, id, input));
  }
}
