import { Injectable } from '@nestjs/common';
import type { AppointmentTypeInput } from '#contracts';
import { Database, type Connection } from '#platform';
import { Freeing } from '../freed/freeing.ts';
import { ResourceService } from '../resource/resource.service.ts';
import type { TypeRow } from '../tables.ts';
import { AppointmentTypeRepository } from './type.repository.ts';

@Injectable()
export class AppointmentTypeService extends ResourceService<AppointmentTypeInput, TypeRow> {
  constructor(
    types: AppointmentTypeRepository,
    database: Database,
    private readonly freeing: Freeing,
  ) {
    super({ noun: 'appointment type', complete }, types, database);
  }

  protected override async changed(tx: Connection, before: TypeRow, { id, active }: TypeRow): Promise<void> {
    if (active && !before.active) await this.freeing.noteOpening(tx, { typeIds: [id] });
  }
}

function complete(input: AppointmentTypeInput): Omit<TypeRow, 'id' | 'version'> {
  const { name, minutes, bufferBefore = 0, bufferAfter = 0, needsRoom = false, slotStep = minutes } = input;
  const { minNoticeMinutes = 0, maxDaysAhead = 365, active = true } = input;
  return {
    name,
    minutes,
    bufferBefore,
    bufferAfter,
    needsRoom,
    slotStep,
    minNoticeMinutes,
    maxDaysAhead,
    active,
  };
}
