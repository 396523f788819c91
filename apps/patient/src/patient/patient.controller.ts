import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery, pageOf, PatientDto, PatientPatch, RegistrationInput, type Page } from '#contracts';
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
import { PatientService } from './patient.service.ts';

@ApiTags('patients')
@Controller('patients')
export class PatientController {
  constructor(
    private readonly commands: Commands,
    private readonly register: PatientService,
  ) {}

  @Post()
  @Access('patients.write', patients.nobody)
  @Idempotent()
  @ApiOperation({
    summary: 'Register a patient',
    description:
      'Refused as possible_duplicate, with `candidates`, when the person is almost certainly there.',
  })
  @ApiCreatedResponse({ type: PatientDto })
  create(
    @Body() input: RegistrationInput,
    @CommandOf() command: Command,
  ): Promise<Answer<PatientDto> | PatientDto> {
    return this.commands.run(command, async (tx) =>
      created('/patients', await this.register.register(tx, input)),
    );
  }

  @Get()
  @Access('patients.read', patients.nobody)
  @ApiOperation({ summary: 'List patients, newest first' })
  @ApiOkResponse({ type: pageOf(PatientDto) })
  list(@Query() query: PageQuery): Promise<Page<PatientDto>> {
    return this.register.list(query);
  }

  @Get(':id')
  @Access('patients.read', patients.ownId)
  @ApiOperation({ summary: 'Read a patient' })
  @ApiOkResponse({ type: PatientDto })
  find(@Param('id', IdPipe) id: string): Promise<PatientDto> {
    return this.register.find(id);
  }

  @Patch(':id')
  @Access('patients.write', patients.nobodyById)
  @Conditional()
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiOperation({ summary: 'Change a patient; active: false deactivates' })
  @ApiOkResponse({ type: PatientDto })
  change(
    @Param('id', IdPipe) id: string,
    @Body() patch: PatientPatch,
    @IfMatch() precondition: Precondition,
    @CommandOf() command: Command,
  ): Promise<Answer<PatientDto> | PatientDto> {
    return this.commands.run(command, (tx) => this.register.change(tx, id, precondition, patch));
  }
}
