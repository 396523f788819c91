import { Injectable } from '@nestjs/common';
import { Database, Survivors } from '#platform';
import { lastOf } from './merged.ts';
import { PatientRepository } from './patient.repository.ts';

/** Which records are kept, by what the register told last. */
@Injectable()
export class PatientSurvivors extends Survivors {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
  ) {
    super();
  }

  async survivorOf(id: string): Promise<string> {
    return (await lastOf(id, (each) => this.patients.find(this.database.reader, each))).id;
  }
}
