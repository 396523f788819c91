import { setTimeout as sleep } from 'node:timers/promises';
import { livePath, type Service } from '#catalogue';

export interface Upstream {
  readonly service: Service;
  /** On the loopback address; default: the row's. */
  readonly port?: number | undefined;
}

/** How often it is asked how a target is; while one drains, it is asked many times. */
const checkIntervalMs = 200;
const checkTimeoutMs = 2_000;

/** The processes of one service. They take turns, as far as they are healthy. */
export class Targets {
  readonly #ports: readonly number[];
  readonly #unfit = new Set<number>();
  readonly #end = new AbortController();
  #turn = 0;

  constructor(service: Service, upstreams: readonly Upstream[]) {
    this.#ports = upstreams.map(({ port = service.port }) => port);
    // Who is alone is sent everything, however it is.
    if (this.#ports.length > 1) for (const port of this.#ports) void this.#watch(port, livePath(service));
  }

  /** The port to send the next request to. When none is healthy, all take turns, as behind a load balancer. */
  next(): number {
    const fit = this.#ports.filter((port) => !this.#unfit.has(port));
    const among = fit.length > 0 ? fit : this.#ports;
    this.#turn = (this.#turn + 1) % among.length;
    return among[this.#turn] ?? Number.NaN;
  }

  stop(): void {
    this.#end.abort();
  }

  async #watch(port: number, path: string): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      const timeout = AbortSignal.any([signal, AbortSignal.timeout(checkTimeoutMs)]);
      const isFit = await fetch(`http://127.0.0.1:${port}${path}`, { signal: timeout })
        .then(async (answer) => {
          await answer.arrayBuffer();
          return answer.ok;
        })
        .catch(() => false);
      if (isFit) this.#unfit.delete(port);
      else this.#unfit.add(port);
      await sleep(checkIntervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
