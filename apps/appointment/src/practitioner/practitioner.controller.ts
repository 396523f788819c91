import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  PractitionerDto,
  PractitionerInput,
  PractitionerPatch,
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
import { PractitionerService } from './practitioner.service.ts';

@ApiTags('practitioners')
@Controller('appointments/practitioners')
export class PractitionerController {
  constructor(
    private readonly commands: Commands,
    private readonly practitioners: PractitionerService,
  ) {}

  @Post()
  @Access('schedules.write', patients.unconcerned)
  @Idempotent()
  @ApiOperation({ summary: 'Add a practitioner' })
  @ApiCreatedResponse({ type: PractitionerDto })
  create(
    @Body() input: PractitionerInput,
    @CommandOf() command: Command,
  ): Promise<Answer<PractitionerDto> | PractitionerDto> {
    return this.commands.run(command, async (tx) =>
      created('/appointments/practitioners', await this.practitioners.create(tx, input)),
    );
  }

  @Get()
  @Access('schedules.read', patients.anyone)
  @ApiOperation({ summary: 'List practitioners' })
  @ApiOkResponse({ type: pageOf(PractitionerDto) })
  list(@Query() query: PageQuery): Promise<Page<PractitionerDto>> {
    return this.practitioners.list(query);
  }

  @Get(':id')
  @Access('schedules.read', patients.anyone)
  @ApiOperation({ summary: 'Read a practitioner' })
  @ApiOkResponse({ type: PractitionerDto })
  find(@Param('id', IdPipe) id: string): Promise<PractitionerDto> {
    return this.practitioners.find(id);
  }

  @Patch(':id')
  @Access('schedules.write', patients.unconcerned)
  @Conditional()
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiOperation({ summary: 'Change a practitioner' })
  @ApiOkResponse({ type: PractitionerDto })
  change(
    @Param('id', IdPipe) id: string,
    @Body() patch: PractitionerPatch,
    @IfMatch() precondition: Precondition,
    @CommandOf() command: Command,
  ): Promise<Answer<PractitionerDto> | PractitionerDto> {
    return this.commands.run(command, (tx) => this.practitioners.change(tx, id, precondition, patch));
  }
}
