import { Injectable } from '@nestjs/common';
import { Database, Survivors } from '#platform';
import { PatientService } from './patient.service.ts';

/** Which records are kept, by what the register told last. */
@Injectable()
export class PatientSurvivors extends Survivors {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientService,
  ) {
    super();
  }

  survivorOf(id: string): Promise<string> {
    return this.patients.survivorId(this.database.reader, id);
  }
}
