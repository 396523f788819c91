import type { Type } from '@nestjs/common';
import type { Service } from '#catalogue';

/** A service: its row of the catalogue and the module that holds what is its own. */
export interface ServiceDefinition {
  readonly service: Service;
  readonly title: string;
  readonly module: Type;
  /** The queues it sends to or consumes; `migrate` makes them. */
  readonly queues: readonly string[];
  /** The keys of its environment that are its own: read with all others, and given to whoever asks for this class. */
  readonly settings?: new () => object;
}
