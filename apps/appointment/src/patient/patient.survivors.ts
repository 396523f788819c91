import { Injectable } from '@nestjs/common';
import { maxMerges } from '#contracts';
import { Database, Survivors } from '#platform';
import { PatientRepository } from './patient.repository.ts';

/** Which records are kept, as far as the book has heard. */
@Injectable()
export class PatientSurvivors extends Survivors {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
  ) {
    super();
  }

  async survivorOf(id: string): Promise<string> {
    let survivor = id;
    for (let merges = 0; merges < maxMerges; merges += 1) {
      const patient = await this.patients.find(this.database.reader, survivor);
      if (typeof patient?.replacedBy !== 'string') break;
      survivor = patient.replacedBy;
    }
    return survivor;
  }
}
