import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PatientsWanted, patientChangedQueue, patientsWantedQueue, type PatientChanged } from '#contracts';
import { Database, Queue } from '#platform';
import { PatientRepository } from './patient.repository.ts';

/** Told in one transaction; the next job goes on. */
const toldAtOnce = 5_000;
/** What changes now is told first. */
const priority = -1;

/** Tells the present state of all patients again to whoever wants it, a part at a time. */
@Injectable()
export class PatientRetelling implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
    private readonly queue: Queue,
  ) {}

  onModuleInit(): void {
    this.queue.consume(patientsWantedQueue, PatientsWanted, async (wanted) => {
      for (const { after } of wanted) await this.#tellNext(after);
    });
  }

  async #tellNext(after: string | undefined): Promise<void> {
    await this.database.transaction(async (tx) => {
      const states = await this.patients.statesAfter(tx, after, toldAtOnce);
      const messages = states.map((state) => {
        const payload: PatientChanged = { ...state, change: 'retold' };
        return { key: state.id, payload, priority };
      });
      await this.queue.sendAll(tx, patientChangedQueue, messages);
      const last = states.at(-1);
      if (!last || states.length < toldAtOnce) return;
      const next: PatientsWanted = { after: last.id };
      await this.queue.send(tx, patientsWantedQueue, 'all', next);
    });
  }
}
