import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { livePath, routeOf, services } from '#catalogue';
import { mostConnections, type LoadReport, type NumberedLoad, type Target } from './asker.ts';
import { bodyOf } from './bodies.ts';
import { quantile, timed } from './durations.ts';

// A process that its parent sends one load after the other, and that answers each with what came of it. It writes and
// reads HTTP/1.1 by itself: a client that did more would take from the service the processor that they share.

const openedAtOnce = 50;
/** What is due by then is asked for together: to wake for each request would take from what is measured. */
const askEveryMs = 10;
const asleep = new Int32Array(new SharedArrayBuffer(4));

/** JSON in ASCII. */
function jsonOf(body: object): string {
  return JSON.stringify(body).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The bytes of the request of such a number; what is sent is ASCII. */
function requestOf({ port, token, path, bodies }: Target, number: number): string {
  const head = `HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n`;
  if (!bodies) return `GET ${path} ${head}\r\n`;
  const body = jsonOf(bodyOf(bodies, number));
  return `POST ${path} ${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** A connection for one exchange at a time. */
class Connection {
  readonly #socket: Socket;
  #text = '';
  #answered: (status: number) => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (text: string) => {
      this.#read(text);
    });
    // It shows as an answer that never came.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#answered(0);
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** @returns the status, 0 when there is none any more */
  exchange(bytes: string): Promise<number> {
    if (!this.isOpen) return Promise.resolve(0);
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(bytes, 'latin1');
    });
  }

  #read(text: string): void {
    this.#text += text;
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#text)?.[1] ?? 0);
    if (this.#text.length < end + 4 + length) return;
    const status = Number(this.#text.slice(9, 12));
    this.#text = '';
    this.#answered(status);
  }
}

/** By port, the idle ones: who was idle longest is taken first, so that none is closed for being idle. */
const pools = new Map<number, Connection[]>();

async function poolOf({ port, path }: Target, connections: number): Promise<Connection[]> {
  const pool = (pools.get(port) ?? []).filter(({ isOpen }) => isOpen);
  pools.set(port, pool);
  const service = routeOf(services, path);
  if (!service) throw new Error(`no service answers ${path}`);
  // It is answered whatever is asked for beside it.
  const hello = `GET ${livePath(service)} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`;
  while (pool.length < connections) {
    const sockets = Array.from({ length: Math.min(openedAtOnce, connections - pool.length) }, () =>
      connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1'),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const opened = sockets.map((socket) => new Connection(socket));
    await Promise.all(opened.map((connection) => connection.exchange(hello)));
    pool.push(...opened);
  }
  return pool;
}

class Run {
  readonly #target: Target;
  readonly #idle: Connection[];
  /** Of what was answered 200 or 201. */
  readonly #durations: number[] = [];
  readonly #statuses = new Map<number, number>();
  readonly #began = performance.now();
  #underWay = 0;
  #unasked = 0;
  #lastRefusedMs = 0;
  #number: number;

  constructor({ target, from }: NumberedLoad, idle: Connection[]) {
    this.#target = target;
    this.#idle = idle;
    this.#number = from;
  }

  /** As many callers who each ask again as soon as they are answered. */
  async closed(callers: number, seconds: number): Promise<LoadReport> {
    const caller = async (): Promise<void> => {
      while (this.#elapsedMs < seconds * 1000) await this.#ask(performance.now());
    };
    await Promise.all(Array.from({ length: callers }, caller));
    return this.#report(seconds);
  }

  /** So many requests by as many callers. */
  async counted(callers: number, times: number): Promise<LoadReport> {
    const { durations } = await timed(times, callers, () => this.#ask(performance.now()));
    return { ...this.#report(this.#elapsedMs / 1000), durations };
  }

  /** So many a second, whatever becomes of those before, as far as there are connections for them. */
  async open(perSecond: number, seconds: number): Promise<LoadReport> {
    let asked = 0;
    while (asked < Math.floor(perSecond * seconds) || this.#underWay > 0) {
      // Asleep rather than waiting, or each answer would wake it, at the cost of who sends it.
      Atomics.wait(asleep, 0, 0, askEveryMs);
      await nextTurn();
      const due = Math.floor(perSecond * Math.min(this.#elapsedMs / 1000, seconds));
      // Whoever is asked late has waited since it was due.
      for (; asked < due; asked += 1) void this.#ask(this.#began + (asked / perSecond) * 1000);
    }
    return this.#report(seconds);
  }

  async #ask(since: number): Promise<void> {
    const connection = this.#idle.shift();
    if (!connection) {
      this.#unasked += 1;
      return;
    }
    this.#underWay += 1;
    const status = await connection.exchange(requestOf(this.#target, this.#number++));
    this.#underWay -= 1;
    if (connection.isOpen) this.#idle.push(connection);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (status === 200 || status === 201) this.#durations.push(performance.now() - since);
    else this.#lastRefusedMs = this.#elapsedMs;
  }

  get #elapsedMs(): number {
    return performance.now() - this.#began;
  }

  #report(seconds: number): LoadReport {
    const durations = this.#durations;
    return {
      goodPerSecond: durations.length / seconds,
      p50Ms: quantile(durations, 0.5),
      p99Ms: quantile(durations, 0.99),
      statuses: Object.fromEntries(this.#statuses),
      unasked: this.#unasked,
      lastRefusedMs: this.#lastRefusedMs,
    };
  }
}

process.on('message', (load: NumberedLoad) => {
  void run(load).then((report) => process.send?.(report));
});

async function run(load: NumberedLoad): Promise<LoadReport> {
  const started = new Run(
    load,
    await poolOf(load.target, 'callers' in load ? load.callers : mostConnections),
  );
  if ('perSecond' in load) return started.open(load.perSecond, load.seconds);
  return 'times' in load
    ? started.counted(load.callers, load.times)
    : started.closed(load.callers, load.seconds);
}
