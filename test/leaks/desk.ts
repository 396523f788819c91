import type { Client, Reply } from '../harness/client.ts';
import type { Canaries } from './canary.ts';
import { leaksIn } from './scan.ts';

export type Sent = Parameters<Client['send']>;

/** Sends requests whose every header says something, and keeps what was answered wrongly. */
export class Desk {
  /** What answers repeated that they should not. */
  readonly faults: string[] = [];
  /** The statuses that each operation was answered with. */
  readonly statuses = new Map<string, Set<number>>();

  constructor(
    readonly client: Client,
    private readonly canaries: Canaries,
  ) {}

  /** @param operation as the document names it: `POST /patients` */
  async send<Body = Record<string, unknown>>(operation: string, ...request: Sent): Promise<Reply<Body>> {
    const [method, path, body, headers] = request;
    const reply = await this.client.send<Body>(method, path, body, { ...this.#headers(), ...headers });
    this.#judge(operation, path, reply);
    return reply;
  }

  /** What any client may send along. A key that repeats a request is given by whoever repeats one. */
  #headers(): Record<string, string> {
    const named = (name: string) => ({ [name]: this.canaries.text(`header ${name}`) });
    return {
      ...named('user-agent'),
      ...named('referer'),
      ...named('cookie'),
      ...named('x-forwarded-user'),
      ...named('baggage'),
      traceparent: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`,
    };
  }

  /** An error repeats nothing but the path that it is about and the names of fields; a Location holds an id. */
  #judge(operation: string, path: string, { status, headers, body }: Reply<unknown>): void {
    const statuses = this.statuses.get(operation) ?? new Set();
    this.statuses.set(operation, statuses.add(status));
    const location = headers.get('location') ?? '';
    this.#note(`${operation}: Location`, location);
    if (status < 400) return;
    const {
      instance,
      errors = [],
      ...rest
    } = (typeof body === 'object' ? body : { body }) as {
      instance?: string;
      errors?: { message: string }[];
    };
    const said = JSON.stringify({ ...rest, errors: errors.map(({ message }) => message) });
    this.#note(`${operation}: ${status}`, said);
    if (instance !== undefined && instance !== path.split('?')[0])
      this.faults.push(`${operation}: ${status} is about ${instance}`);
    for (const [name, value] of headers) this.#note(`${operation}: ${status}, header ${name}`, value);
  }

  #note(where: string, text: string): void {
    for (const { value, context } of leaksIn(text))
      this.faults.push(`${where} tells ${this.canaries.placeOf(value)}: ${context}`);
  }
}
