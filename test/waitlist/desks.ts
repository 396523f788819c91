import { randomUUID } from 'node:crypto';
import type { Client, Reply } from '../harness/client.ts';
import { startProcesses, type ProcessSystem, type ServiceProcess } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';

export type Told = Reply<Record<string, unknown> & { id?: string; roomId?: string; code?: string }>;

// In whose hands each job is: the name that a process gives its connections begins with the service and the process' id.
const noteHands = `
  create table public.job_hand (job_id uuid primary key, process text not null);
  grant select, insert, update on public.job_hand to appointment;
  create function public.note_hand() returns trigger language plpgsql as $$
    begin
      insert into public.job_hand values (new.id, current_setting('application_name'))
      on conflict (job_id) do update set process = excluded.process;
      return new;
    end $$;
  create trigger note_hand before update on jobs.job for each row
    when (new.state = 'active' and old.state <> 'active') execute function public.note_hand()`;

/** Two processes of the book, one of which dies again and again. What was sent to it is sent to the other once more. */
export class Desks {
  kills = 0;
  #isUp = true;
  #restart: Promise<void> = Promise.resolve();

  private constructor(
    readonly system: ProcessSystem,
    private readonly survivor: Client,
    private readonly victim: { process: ServiceProcess; direct: Client },
  ) {}

  static async open(environment: NodeJS.ProcessEnv = {}): Promise<Desks> {
    const system = await startProcesses({ environment });
    await query(system.database.superuserUrl, noteHands);
    return new Desks(system, system.direct.appointment, await system.another('appointment'));
  }

  async close(): Promise<void> {
    await this.#restart;
    await this.system.stop();
  }

  /** @param isSecond which of the two is asked */
  async send(isSecond: boolean, method: string, path: string, body?: object): Promise<Told> {
    const headers: Record<string, string> = method === 'POST' ? { 'idempotency-key': randomUUID() } : {};
    if (!isSecond || !this.#isUp) return this.survivor.send(method, path, body, headers);
    try {
      return await this.victim.direct.send(method, path, body, headers);
    } catch {
      const reply = await this.survivor.send<Told['body']>(method, path, body, headers);
      // What was given back before the crash is not there to be given back again.
      return method === 'DELETE' && reply.status === 404 ? { ...reply, status: 204 } : reply;
    }
  }

  change(method: 'PATCH' | 'PUT', path: string, version: number, body: object): Promise<Told> {
    return this.survivor.change(method, path, version, body);
  }

  /** Kills the second process if it runs, and starts it again; nobody waits for that. */
  async kill(): Promise<void> {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.kills += 1;
    const { process } = this.victim;
    const dead = process.pid;
    await process.kill();
    await this.#handOver(dead);
    this.#restart = this.#startAgain(dead);
  }

  async #startAgain(dead: number): Promise<void> {
    await this.victim.process.start();
    // What it had asked for as it died can have come to be its own only after that.
    await this.#handOver(dead);
    this.#isUp = true;
  }

  /**
   * What a dead process has in its hands comes again when it counts as lost, half a minute later at the earliest: here it
   * does at once, by what the queue's supervisor would do.
   */
  async #handOver(dead: number): Promise<void> {
    await query(
      this.system.database.superuserUrl,
      `update jobs.job set state = 'retry', start_after = now(), retry_count = retry_count + 1
       from public.job_hand as hand
       where state = 'active' and hand.job_id = job.id and hand.process like 'appointment:' || $1 || '@%'`,
      [dead],
    );
  }
}
