import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AppointmentChangeDto,
  AppointmentDto,
  AppointmentQuery,
  BookingInput,
  pageOf,
  PageQuery,
  RescheduleInput,
  StatusChangeInput,
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
import { AppointmentReader } from './appointment.reader.ts';
import { AppointmentRepository } from './appointment.repository.ts';
import { AppointmentService } from './appointment.service.ts';
import { BookingService } from './booking.service.ts';

@ApiTags('appointments')
@Controller('appointments')
export class AppointmentController {
  constructor(
    private readonly commands: Commands,
    private readonly booking: BookingService,
    private readonly appointments: AppointmentService,
    private readonly reader: AppointmentReader,
  ) {}

  @Post()
  @Access('appointments.write', patients.ownBody)
  @Idempotent()
  @ApiOperation({ summary: 'Book an appointment' })
  @ApiCreatedResponse({ type: AppointmentDto })
  book(
    @Body() input: BookingInput,
    @CommandOf() command: Command,
  ): Promise<Answer<AppointmentDto> | AppointmentDto> {
    return this.commands.run(
      command,
      async (tx) => created('/appointments', await this.booking.book(tx, command.caller, input)),
      () => this.booking.foresee(input),
    );
  }

  @Get()
  @Access('appointments.read', patients.ownQuery)
  @ApiOperation({ summary: 'List appointments in order of start' })
  @ApiOkResponse({ type: pageOf(AppointmentDto) })
  list(@Query() query: AppointmentQuery, @CallerOf() caller: Caller): Promise<Page<AppointmentDto>> {
    return this.reader.list(query, caller);
  }

  @Get(':id')
  @Access('appointments.read', patients.ownRecord(AppointmentRepository))
  @ApiOperation({ summary: 'Read an appointment' })
  @ApiOkResponse({ type: AppointmentDto })
  find(@Param('id', IdPipe) id: string): Promise<AppointmentDto> {
    return this.reader.find(id);
  }

  @Get(':id/history')
  @Access('appointments.read', patients.ownRecord(AppointmentRepository))
  @ApiOperation({ summary: 'List every change of an appointment, oldest first' })
  @ApiOkResponse({ type: pageOf(AppointmentChangeDto) })
  history(@Param('id', IdPipe) id: string, @Query() query: PageQuery): Promise<Page<AppointmentChangeDto>> {
    return this.reader.history(id, query);
  }

  @Post(':id/reschedule')
  @HttpCode(200)
  @Access('appointments.write', patients.ownRecord(AppointmentRepository))
  @Idempotent()
  @ApiOperation({ summary: 'Move a booked appointment to another time, practitioner or room' })
  @ApiOkResponse({ type: AppointmentDto })
  reschedule(
    @Param('id', IdPipe) id: string,
    @Body() input: RescheduleInput,
    @CommandOf() command: Command,
  ): Promise<Answer<AppointmentDto> | AppointmentDto> {
    return this.commands.run(command, (tx) => this.appointments.reschedule(tx, command.caller, id, input));
  }

  @Post(':id/status')
  @HttpCode(200)
  @Access('appointments.write', patients.ownRecord(AppointmentRepository))
  @Idempotent()
  @ApiOperation({ summary: 'Move an appointment through its lifecycle' })
  @ApiOkResponse({ type: AppointmentDto })
  changeStatus(
    @Param('id', IdPipe) id: string,
    @Body() change: StatusChangeInput,
    @CommandOf() command: Command,
  ): Promise<Answer<AppointmentDto> | AppointmentDto> {
    return this.commands.run(command, (tx) => this.appointments.changeStatus(tx, command.caller, id, change));
  }
}
