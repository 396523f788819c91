import pg from 'pg';
import type { Client } from '../harness/client.ts';
import { Clinic } from '../harness/clinic.ts';
import type { ProcessSystem } from '../harness/processes.ts';
import type { Answer, Command } from './command.ts';
import { readLedger, type Ledger } from './ledger.ts';
import { layOut, minuteOf, type SmallClinic } from './small-clinic.ts';
import type { State } from './state.ts';
import type { Event } from './wish.ts';
import { send } from './wire.ts';

const rules = ['appointment_type', 'practitioner', 'availability', 'room'];
const book = ['claim', 'override_claim', 'appointment_change', 'appointment', 'hold', 'series'];

/** The running book with its small clinic, and a superuser's view of its tables. */
export class Stage {
  private constructor(
    private readonly client: Client,
    readonly database: pg.Client,
    private readonly clinic: SmallClinic,
  ) {}

  static async set(system: ProcessSystem): Promise<Stage> {
    const clinic = await layOut(new Clinic(system.staff));
    const client = system.direct.appointment;
    const database = new pg.Client(system.database.superuserUrl);
    await database.connect();
    await database.query('create schema first');
    for (const table of rules)
      await database.query(`create table first.${table} as table appointment.${table}`);
    return new Stage(client, database, clinic);
  }

  get firstDate(): string {
    return this.clinic.firstDate;
  }

  /** Minutes after midnight of the first day, with their fraction. */
  get now(): number {
    return minuteOf(this.firstDate, Date.now());
  }

  /** Empties the book and gives the clinic back its first rules. */
  async reset(): Promise<State> {
    const emptied = book.map((table) => `delete from appointment.${table};`);
    await this.database.query(`${emptied.join('')}
      update appointment.appointment_type as now set (active, version, minutes, buffer_before, min_notice_minutes)
        = (old.active, old.version, old.minutes, old.buffer_before, old.min_notice_minutes)
        from first.appointment_type as old where old.id = now.id;
      update appointment.practitioner as now set (active, version) = (old.active, old.version)
        from first.practitioner as old where old.id = now.id;
      update appointment.availability as now set (exceptions, version) = (old.exceptions, old.version)
        from first.availability as old where old.practitioner_id = now.practitioner_id;
      update appointment.room as now set (active, version) = (old.active, old.version)
        from first.room as old where old.id = now.id;`);
    return this.clinic.state;
  }

  send(command: Command): Promise<Answer> {
    return send(this.client, this.firstDate, command);
  }

  ledger(): Promise<Ledger> {
    return readLedger(this.database, this.firstDate);
  }

  /** Lets something happen that in life takes its time. */
  async pass(state: State, event: Event): Promise<State> {
    switch (event.kind) {
      case 'nothing':
        return state;
      case 'hold runs out': {
        const live = [...state.holds.values()].filter(({ isLive }) => isLive);
        const hold = live[event.hold % live.length];
        if (hold === undefined) return state;
        const past = `clock_timestamp() - interval '1 second'`;
        await this.database.query(
          `update appointment.claim set hold_expires_at = ${past} where owner_id = '${hold.id}';
          update appointment.hold set expires_at = ${past} where id = '${hold.id}'`,
        );
        return { ...state, holds: new Map(state.holds).set(hold.id, { ...hold, isLive: false }) };
      }
      case 'hour passes':
        return this.#passHour(state);
    }
  }

  /** As far as notice goes: an hour more of it is asked for, and holds were made an hour earlier. */
  async #passHour(state: State): Promise<State> {
    await this.database.query(`
      update appointment.appointment_type set min_notice_minutes = min_notice_minutes + 60
        where min_notice_minutes > 0;
      update appointment.hold set created_at = created_at - interval '1 hour'`);
    const types = [...state.types].map(([id, type]) => {
      const minNoticeMinutes = type.minNoticeMinutes === 0 ? 0 : type.minNoticeMinutes + 60;
      return [id, { ...type, minNoticeMinutes }] as const;
    });
    const holds = [...state.holds].map(
      ([id, hold]) => [id, { ...hold, createdAt: hold.createdAt - 60 }] as const,
    );
    return { ...state, types: new Map(types), holds: new Map(holds) };
  }

  async clear(): Promise<void> {
    await this.database.end();
  }
}
