import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '../database/database.ts';
import { Queue } from '../events/queue.ts';

/** What is under way for longer is no answer to whoever asks now. */
const sharedMs = 1_000;

/** Whether this process still takes requests; shared by health, drain and the queue's end. */
@Injectable()
export class Lifecycle {
  draining = false;
}

@Injectable()
export class Health {
  #underWay: { since: number; answer: Promise<unknown> } | undefined;

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
    try {
      await this.#askDatabase();
    } catch {
      throw new NotHealthy({ status: 'error', database: 'unreachable' });
    }
    if (!this.queue.started) throw new NotHealthy({ status: 'error', database: 'ok', queue: 'starting' });
    return { status: 'ok', database: 'ok' };
  }

  /** Anybody may ask, as often as they like: those who ask within a moment share the answer, and one connection. */
  #askDatabase(): Promise<unknown> {
    const now = performance.now();
    if (this.#underWay && now - this.#underWay.since < sharedMs) return this.#underWay.answer;
    const asked = {
      since: now,
      answer: this.database.reader.execute(sql`select 1`).finally(() => {
        if (this.#underWay === asked) this.#underWay = undefined;
      }),
    };
    this.#underWay = asked;
    return asked.answer;
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
