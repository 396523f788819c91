import { Injectable } from '@nestjs/common';
import { Database, Survivors } from '#platform';
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

  async survivorOf(id: string): Promise<string> {
    const { reader } = this.database;
    const patient = await this.patients.find(reader, id);
    const survivors = await this.patients.survivorsOf(reader, patient ? [patient] : []);
    return survivors.get(id)?.id ?? id;
  }
}
