import { Injectable } from '@nestjs/common';
import { Database, Survivors, type Connection } from '#platform';
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

  async survivorOf(id: string, connection: Connection = this.database.reader): Promise<string> {
    return (await lastOf(id, (each) => this.patients.find(connection, each))).id;
  }
}
