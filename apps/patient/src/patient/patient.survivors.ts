import { Injectable } from '@nestjs/common';
import { Database, Survivors, type Connection } from '#platform';
import { PatientRepository } from './patient.repository.ts';

/** Which records are kept, as the register has it. */
@Injectable()
export class PatientSurvivors extends Survivors {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
  ) {
    super();
  }

  async survivorOf(id: string, connection: Connection = this.database.reader): Promise<string> {
    const patient = await this.patients.find(connection, id);
    const survivors = await this.patients.survivorsOf(connection, patient ? [patient] : []);
    return survivors.get(id)?.id ?? id;
  }
}
