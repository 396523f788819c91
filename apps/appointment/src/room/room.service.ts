import { Injectable } from '@nestjs/common';
import type { RoomInput } from '#contracts';
import { Database } from '#platform';
import { ResourceService } from '../resource/resource.service.ts';
import type { RoomRow } from '../tables.ts';
import { RoomRepository } from './room.repository.ts';

@Injectable()
export class RoomService extends ResourceService<RoomInput, RoomRow> {
  constructor(rooms: RoomRepository, database: Database) {
    super({ noun: 'room', complete: ({ name, active = true }) => ({ name, active }) }, rooms, database);
  }
}
