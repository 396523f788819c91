import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '../database/database.ts';
import { Queue } from '../events/queue.ts';

/** Whether this process still takes requests; shared by health, drain and the queue's end. */
@Injectable()
export class Lifecycle {
  draining = false;
}

@Injectable()
export class Health {
  /** Under way. */
  #select: Promise<void> | undefined;

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly database: Database,
    private readonly queue: Queue,
  ) {}

  live(): HealthReport {
    if (this.lifecycle.draining) throw new NotHealthy({ status: 'draining' });
    return { status: 'ok' };
  }

  async ready(): Promise<HealthReport> {
    this.live();
    // Anybody may ask, as often as they like: those who ask meanwhile share the answer, and one connection.
    this.#select ??= this.#selectOne();
    try {
      await this.#select;
    } catch {
      throw new NotHealthy({ status: 'error', database: 'unreachable' });
    }
    if (!this.queue.started) throw new NotHealthy({ status: 'error', database: 'ok', queue: 'starting' });
    return { status: 'ok', database: 'ok' };
  }

  async #selectOne(): Promise<void> {
    try {
      await this.database.reader.execute(sql`select 1`);
    } finally {
      this.#select = undefined;
    }
  }
}

export interface HealthReport {
  status: 'ok' | 'draining' | 'error';
  database?: 'ok' | 'unreachable';
  queue?: 'starting';
}

/** A 503 with the report as its body: probes read it, it is no problem document. */
export class NotHealthy extends Error {
  constructor(readonly report: HealthReport) {
    super(report.status);
  }
}
