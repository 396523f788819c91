import { Injectable } from '@nestjs/common';
import type { PractitionerInput, PractitionerPatch } from '#contracts';
import { Database, DomainError, type Connection, type Precondition } from '#platform';
import { AvailabilityRepository } from '../availability/availability.repository.ts';
import { Freeing } from '../freed/freeing.ts';
import { ResourceService } from '../resource/resource.service.ts';
import type { PractitionerRow } from '../tables.ts';
import { AppointmentTypeRepository } from '../type/type.repository.ts';
import { PractitionerRepository } from './practitioner.repository.ts';

@Injectable()
export class PractitionerService extends ResourceService<PractitionerInput, PractitionerRow> {
  constructor(
    practitioners: PractitionerRepository,
    database: Database,
    private readonly types: AppointmentTypeRepository,
    private readonly availabilities: AvailabilityRepository,
    private readonly freeing: Freeing,
  ) {
    super({ noun: 'practitioner', complete }, practitioners, database);
  }

  override async create(tx: Connection, input: PractitionerInput): Promise<PractitionerRow> {
    await this.#requireTypes(tx, input.typeIds);
    const practitioner = await super.create(tx, input);
    await this.availabilities.insertEmpty(tx, practitioner.id);
    return practitioner;
  }

  override async change(
    tx: Connection,
    id: string,
    precondition: Precondition,
    patch: PractitionerPatch,
  ): Promise<PractitionerRow> {
    const practitioner = await super.change(tx, id, precondition, patch);
    await this.#requireTypes(tx, patch.typeIds);
    return practitioner;
  }

  /** The time of types that the practitioner takes on, or of all of them on coming back, can be had from now on. */
  protected override async changed(
    tx: Connection,
    before: PractitionerRow,
    { id: practitionerId, active, typeIds }: PractitionerRow,
  ): Promise<void> {
    const taken = before.active ? typeIds.filter((typeId) => !before.typeIds.includes(typeId)) : typeIds;
    if (active && taken.length > 0) await this.freeing.noteOpening(tx, { practitionerId, typeIds: taken });
  }

  async #requireTypes(tx: Connection, typeIds: readonly string[] | null | undefined): Promise<void> {
    const unknown = await this.types.unknownOf(tx, typeIds ?? []);
    if (unknown.length > 0)
      throw new DomainError('type_unknown', `No such appointment type: ${unknown.join(', ')}.`);
  }
}

function complete({
  name,
  active = true,
  typeIds = [],
}: PractitionerInput): Omit<PractitionerRow, 'id' | 'version'> {
  return { name, active, typeIds };
}
