import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MergeDto, MergeInput, UndoInput } from '#contracts';
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
import { MergeRepository } from './merge.repository.ts';
import { MergeService } from './merge.service.ts';

const ofBoth = patients.nobodyByRecord(MergeRepository);

@ApiTags('merges')
@Controller('patients/merges')
export class MergeController {
  constructor(
    private readonly commands: Commands,
    private readonly merges: MergeService,
  ) {}

  @Post()
  @Access('patients.merge', patients.nobody, 'merge')
  @Idempotent()
  @ApiOperation({ summary: 'Merge a duplicate into the record that survives' })
  @ApiCreatedResponse({ type: MergeDto })
  merge(@Body() input: MergeInput, @CommandOf() command: Command): Promise<Answer<MergeDto> | MergeDto> {
    return this.commands.run(command, async (tx) =>
      created('/patients/merges', await this.merges.merge(tx, command.caller, input)),
    );
  }

  @Get(':id')
  @Access('patients.merge', ofBoth)
  @ApiOperation({ summary: 'Read a merge and what came from where' })
  @ApiOkResponse({ type: MergeDto })
  find(@Param('id', IdPipe) id: string): Promise<MergeDto> {
    return this.merges.find(id);
  }

  @Post(':id/undo')
  @HttpCode(200)
  @Access('patients.merge', ofBoth, 'unmerge')
  @Idempotent()
  @ApiOperation({ summary: 'Take a merge back: both records as before, later edits to the survivor kept' })
  @ApiOkResponse({ type: MergeDto })
  undo(
    @Param('id', IdPipe) id: string,
    @Body() input: UndoInput,
    @CommandOf() command: Command,
  ): Promise<Answer<MergeDto> | MergeDto> {
    return this.commands.run(command, (tx) => this.merges.undo(tx, command.caller, id, input));
  }
}
