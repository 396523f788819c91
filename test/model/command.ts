import type { Ask, Series, State, Status, Window } from './state.ts';

/** What a series does about a start that can't be had. */
export type OnConflict = Series['onConflict'];

export interface Recurrence {
  readonly frequency: 'daily' | 'weekly' | 'monthly';
  readonly interval?: number;
  readonly count?: number;
  /** The day up to which it recurs, this one included. */
  readonly untilDay?: number;
}

export type Collection = 'types' | 'practitioners' | 'rooms';

type Named<Kind extends string, Fields> = Readonly<{ kind: Kind } & Fields>;
type For<A extends Ask> = A & { readonly patientId: string };

/** A request to the book, with everything it says. */
export type Command =
  | Named<'book', { ask: For<Ask>; holdId?: string; override?: true }>
  | Named<'hold', { ask: Ask }>
  | Named<'release', { holdId: string }>
  | Named<'move', { id: string; start: number; practitionerId?: string; roomId?: string }>
  | Named<'status', { id: string; to: Status }>
  | Named<'series', { ask: For<Ask>; recurrence: Recurrence; onConflict: OnConflict }>
  | Named<'cancelSeries', { id: string; fromDay?: number }>
  | Named<'availability', AvailabilityChange>
  | Named<'change', { collection: Collection; id: string; version: number; patch: Patch }>
  | Look;

/** A request that changes nothing. */
export type Look =
  | Named<'explain', { ask: Ask }>
  | Named<
      'slots',
      { typeId: string; day: number; practitionerId?: string; roomId?: string; patientId?: string }
    >;

export interface AvailabilityChange {
  readonly practitionerId: string;
  readonly version: number;
  readonly windows: readonly Window[];
  readonly dryRun: boolean;
  readonly conflicts: 'reject' | 'keep' | 'cancel';
}

export interface Patch {
  readonly active?: boolean;
  readonly minutes?: number;
  readonly bufferBefore?: number;
}

/** What was answered, or what the model would have: what a client can rely on, times in minutes. */
export interface Answer {
  readonly status: number;
  readonly body?: object | undefined;
}

/** What the book did by the model's lights. */
export interface Outcome {
  readonly answer: Answer;
  readonly state: State;
}

export function isLook(command: Command): command is Look {
  return command.kind === 'explain' || command.kind === 'slots';
}

/** In a few words, for counting. */
export function nameOf(command: Command): string {
  switch (command.kind) {
    case 'book':
      if (command.override) return 'override';
      return command.holdId === undefined ? 'book' : 'book what is held';
    case 'status':
      return command.to === 'booked' ? 'step back to booked' : `status ${command.to}`;
    case 'series':
      return `series, ${command.onConflict}`;
    case 'cancelSeries':
      return 'cancel series';
    case 'availability':
      return `availability, ${command.dryRun ? 'dry run' : command.conflicts}`;
    case 'change':
      return `change ${command.collection}`;
    case 'hold':
    case 'release':
    case 'move':
    case 'explain':
    case 'slots':
      return command.kind;
  }
}
