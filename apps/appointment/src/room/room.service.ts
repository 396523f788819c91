import { Injectable } from '@nestjs/common';
import type { RoomInput } from '#contracts';
import { Database, type Connection } from '#platform';
import { Freeing } from '../freed/freeing.ts';
import { ResourceService } from '../resource/resource.service.ts';
import type { RoomRow } from '../tables.ts';
import { RoomRepository } from './room.repository.ts';

@Injectable()
export class RoomService extends ResourceService<RoomInput, RoomRow> {
  constructor(
    rooms: RoomRepository,
    database: Database,
    private readonly freeing: Freeing,
  ) {
    super({ noun: 'room', complete: ({ name, active = true }) => ({ name, active }) }, rooms, database);
  }

  override async create(tx: Connection, input: RoomInput): Promise<RoomRow> {
    const room = await super.create(tx, input);
    if (room.active) await this.freeing.noteOpening(tx, { roomId: room.id });
    return room;
  }

  protected override async changed(tx: Connection, before: RoomRow, { id, active }: RoomRow): Promise<void> {
    if (active && !before.active) await this.freeing.noteOpening(tx, { roomId: id });
  }
}
