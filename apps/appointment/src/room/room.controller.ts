import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RoomDto, RoomInput, RoomPatch, PageQuery, pageOf, type Page } from '#contracts';
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
import { RoomService } from './room.service.ts';

@ApiTags('rooms')
@Controller('appointments/rooms')
export class RoomController {
  constructor(
    private readonly commands: Commands,
    private readonly rooms: RoomService,
  ) {}

  @Post()
  @Access('schedules.write', patients.unconcerned)
  @Idempotent()
  @ApiOperation({ summary: 'Add a room' })
  @ApiCreatedResponse({ type: RoomDto })
  create(@Body() input: RoomInput, @CommandOf() command: Command): Promise<Answer<RoomDto> | RoomDto> {
    return this.commands.run(command, async (tx) =>
      created('/appointments/rooms', await this.rooms.create(tx, input)),
    );
  }

  @Get()
  @Access('schedules.read', patients.anyone)
  @ApiOperation({ summary: 'List rooms' })
  @ApiOkResponse({ type: pageOf(RoomDto) })
  list(@Query() query: PageQuery): Promise<Page<RoomDto>> {
    return this.rooms.list(query);
  }

  @Get(':id')
  @Access('schedules.read', patients.anyone)
  @ApiOperation({ summary: 'Read a room' })
  @ApiOkResponse({ type: RoomDto })
  find(@Param('id', IdPipe) id: string): Promise<RoomDto> {
    return this.rooms.find(id);
  }

  @Patch(':id')
  @Access('schedules.write', patients.unconcerned)
  @Conditional()
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiOperation({ summary: 'Change a room' })
  @ApiOkResponse({ type: RoomDto })
  change(
    @Param('id', IdPipe) id: string,
    @Body() patch: RoomPatch,
    @IfMatch() precondition: Precondition,
    @CommandOf() command: Command,
  ): Promise<Answer<RoomDto> | RoomDto> {
    return this.commands.run(command, (tx) => this.rooms.change(tx, id, precondition, patch));
  }
}
