import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AppointmentTypeDto,
  AppointmentTypeInput,
  AppointmentTypePatch,
  PageQuery,
  pageOf,
  type Page,
} from '#contracts';
import {
  Access,
  CommandOf,
  Commands,
  Conditional,
  created,
  Idempotent,
  IdPipe,
  IfMatch,
  patients,
  type Answer,
  type Command,
  type Precondition,
} from '#platform';
import { AppointmentTypeService } from './type.service.ts';

@ApiTags('types')
@Controller('appointments/types')
export class AppointmentTypeController {
  constructor(
    private readonly commands: Commands,
    private readonly types: AppointmentTypeService,
  ) {}

  @Post()
  @Access('schedules.write', patients.unconcerned)
  @Idempotent()
  @ApiOperation({ summary: 'Add an appointment type' })
  @ApiCreatedResponse({ type: AppointmentTypeDto })
  create(
    @Body() input: AppointmentTypeInput,
    @CommandOf() command: Command,
  ): Promise<Answer<AppointmentTypeDto> | AppointmentTypeDto> {
    return this.commands.run(command, async (tx) =>
      created('/appointments/types', await this.types.create(tx, input)),
    );
  }

  @Get()
  @Access('schedules.read', patients.anyone)
  @ApiOperation({ summary: 'List appointment types' })
  @ApiOkResponse({ type: pageOf(AppointmentTypeDto) })
  list(@Query() query: PageQuery): Promise<Page<AppointmentTypeDto>> {
    return this.types.list(query);
  }

  @Get(':id')
  @Access('schedules.read', patients.anyone)
  @ApiOperation({ summary: 'Read an appointment type' })
  @ApiOkResponse({ type: AppointmentTypeDto })
  find(@Param('id', IdPipe) id: string): Promise<AppointmentTypeDto> {
    return this.types.find(id);
  }

  @Patch(':id')
  @Access('schedules.write', patients.unconcerned)
  @Conditional()
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiOperation({ summary: 'Change an appointment type' })
  @ApiOkResponse({ type: AppointmentTypeDto })
  change(
    @Param('id', IdPipe) id: string,
    @Body() patch: AppointmentTypePatch,
    @IfMatch() precondition: Precondition,
    @CommandOf() command: Command,
  ): Promise<Answer<AppointmentTypeDto> | AppointmentTypeDto> {
    return this.commands.run(command, (tx) => this.types.change(tx, id, precondition, patch));
  }
}
