import { ServerResponse, type IncomingMessage, type RequestListener } from 'node:http';
import { Logger } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { healthPaths } from '#catalogue';
import type { Config } from '../config/config.ts';
import { DomainError } from '../problem/domain-error.ts';
import { scopeName } from '../telemetry/span.ts';
import { Backpressure } from './backpressure.ts';
import { bringsBody } from './body.ts';
import { edgeLimits } from './limits.ts';
import { Line, type LineLimits } from './line.ts';
import { refuse } from './refusal.ts';
import { requestIdOf } from './request-id.ts';

declare module 'http' {
  interface IncomingMessage {
    /** For a place at work. */
    waitedMs?: number;
  }
  interface ServerResponse {
    /** Called when the answer is made, if its prototype tells. */
    whenMade?: () => void;
  }
}

/** Enough for each connection to the database to always have its next work, and for reads to be gathered. */
const placesPerConnection = 6;

/** What is waited for by all lines alike, but for how many may read. */
export interface AdmissionLimits extends Omit<LineLimits, 'places'> {
  /** Reads waiting at once: they bring no body, and while they wait those who ask have less to ask. */
  readonly waitingReads: number;
  /** How long a connection whose read was answered may be paused while others wait to read. */
  readonly pausedMs: number;
}

/** Why so many and so long: docs/decisions/0016-overload.md. */
export const admissionLimits: AdmissionLimits = {
  waiting: 1_024,
  // One of each connection; who sends several at once may be refused at once.
  waitingReads: edgeLimits.connections,
  rush: 512,
  rushPatienceMs: 10_000,
  standing: 192,
  patienceMs: 500,
  pausedMs: 250,
  placeMs: 5_000,
};

/** The documentation, which anybody may read without a token: these, and what is below them. */
const openPages = ['docs', 'openapi.json', 'oauth2-redirect.html'];

/** While fewer than `standing` wait, so many connections are resumed for each read that is answered: not all ask again. */
const resumedAtOnce = 2;

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Those who are refused together are told different times, up to so many seconds, lest they come back together. */
const retryWithinSeconds = 3;
const reportEveryMs = 1_000;

// Made once: an error is dear because of its stack.
const overloaded = new DomainError('unavailable', 'More is asked of the service than it can do; try again.');

/**
 * Stands before everything else: takes in so many requests as the process can work on, has a bounded number wait for a
 * bounded time, and refuses the others, which costs next to nothing. Health is always answered.
 */
export class Admission {
  readonly #health: ReadonlySet<string | undefined>;
  readonly #docs: readonly string[];
  readonly #lines: Readonly<Record<'change' | 'docs' | 'read', Line>>;
  readonly #backpressure: Backpressure;
  readonly #refusals = metrics.getMeter(scopeName).createCounter('clinic.requests.refused', {
    description: 'Refused because more was asked than the process can do',
    unit: '{request}',
  });
  readonly #logger = new Logger('Admission');
  #unreported = 0;

  constructor(
    { service, database }: Config,
    private readonly limits = admissionLimits,
  ) {
    this.#health = healthPaths(service);
    this.#docs = openPages.map((page) => `${service.prefix}/${page}`);
    const line = (waiting = limits.waiting): Line =>
      new Line({ ...limits, waiting, places: database.poolSize * placesPerConnection });
    // Changes that wait for somebody's lock keep nobody from reading, and files for everybody keep nobody from either.
    this.#lines = { change: line(), docs: line(), read: line(limits.waitingReads) };
    this.#backpressure = new Backpressure(limits.pausedMs);
    this.#observe();
  }

  /**
   * What `serve` does, as soon as there is a place for it. The place is given back when the answer is made, which a prototype
   * of responses has to tell.
   */
  before(serve: RequestListener): RequestListener {
    return (request, response) => {
      if (this.#health.has(request.url)) {
        serve(request, response);
        return;
      }
      const since = performance.now();
      const line = this.#lineOf(request);
      const leave = line.join({
        enter: (giveBack) => {
          request.waitedMs = performance.now() - since;
          response.whenMade = () => {
            giveBack();
            if (line === this.#lines.read) this.#pauseAfter(request, response);
          };
          serve(request, response);
        },
        refuse: () => {
          this.#refuse(request, response);
        },
      });
      if (leave) response.once('close', leave);
    };
  }

  /** From now on all connections are read from: closing the listener ends those that seem idle. */
  drain(): void {
    this.#backpressure.end();
  }

  /**
   * Pauses a connection by which a read was answered while others wait, since its next one, read, would only wait behind them, as
   * objects; and resumes those that were paused before, as the line gets shorter.
   */
  #pauseAfter({ method, socket }: IncomingMessage, response: ServerResponse): void {
    const { waiting } = this.#lines.read;
    const { standing } = this.limits;
    const paused = this.#backpressure;
    if (waiting < standing && paused.size === 0) return;
    // What a page asks leave for by OPTIONS follows at once, and a request that has come already may have a body to come.
    const isOver = method !== 'OPTIONS' && socket.lastResponse === response && response.shouldKeepAlive;
    if (isOver) paused.pause(socket);
    if (waiting === 0) paused.resume(paused.size);
    else if (waiting < standing) paused.resume(resumedAtOnce);
  }

  #lineOf({ method = '', url = '', headers }: IncomingMessage): Line {
    if (this.#docs.some((path) => url.startsWith(path))) return this.#lines.docs;
    return safeMethods.has(method) && !bringsBody(headers) ? this.#lines.read : this.#lines.change;
  }

  /** What the request's body may hold is left to Node, which drops it as it comes: the connection can be used again. */
  #refuse(request: IncomingMessage, response: ServerResponse): void {
    const [instance = ''] = (request.url ?? '').split('?', 1);
    const about = { requestId: requestIdOf(request), instance };
    refuse(response, overloaded, about, {
      'Retry-After': 1 + Math.floor(Math.random() * retryWithinSeconds),
    });
    this.#refusals.add(1);
    this.#report();
  }

  /** A line of the log for all that are refused within a second: one for each would cost more than refusing them. */
  #report(): void {
    this.#unreported += 1;
    if (this.#unreported > 1) return;
    setTimeout(() => {
      const { change, read } = this.#lines;
      const waiting = { changes: change.waiting, reads: read.waiting, unread: this.#backpressure.size };
      this.#logger.warn({ refused: this.#unreported, waiting }, 'overloaded');
      this.#unreported = 0;
    }, reportEveryMs).unref();
  }

  #observe(): void {
    const meter = metrics.getMeter(scopeName);
    const waiting = meter.createObservableUpDownCounter('clinic.requests.waiting', { unit: '{request}' });
    waiting.addCallback((result) => {
      for (const [kind, line] of Object.entries(this.#lines))
        result.observe(line.waiting, { 'clinic.requests.kind': kind });
    });
    const paused = meter.createObservableUpDownCounter('clinic.connections.paused', { unit: '{connection}' });
    paused.addCallback((result) => {
      result.observe(this.#backpressure.size);
    });
  }
}

/**
 * Has the responses of a prototype say when the answer is made, rather than when it is out or nobody waits for it any more: a
 * caller who goes doesn't end the work, which until then takes the place.
 */
export function tellWhenMade(prototype: ServerResponse): void {
  // On the prototype: an `end` of its own would make every response slow.
  prototype.end = function (this: ServerResponse, ...rest: Parameters<ServerResponse['end']>) {
    this.whenMade?.();
    ServerResponse.prototype.end.apply(this, rest);
    return this;
  } as ServerResponse['end'];
}
