import type { Answer, Command, Look, Outcome } from './command.ts';
import { freeTimes } from './free.ts';
import { move, status } from './lifecycle.ts';
import { reasonsAgainst, unknownIn } from './reasons.ts';
import { bookSeries, cancelSeries } from './recurring.ts';
import type { Circumstances } from './refusal.ts';
import { changeAvailability, changeResource } from './rules-change.ts';
import { dayOf, type State } from './state.ts';
import { book, hold, release } from './taking.ts';

/**
 * What the book is to do with a request and to answer it. Written from the contract alone, without anything of the
 * product: only so can the two differ.
 */
export function apply(state: State, command: Exclude<Command, Look>, circumstances: Circumstances): Outcome {
  switch (command.kind) {
    case 'book':
      return book(state, command, circumstances);
    case 'hold':
      return hold(state, command, circumstances);
    case 'release':
      return release(state, command);
    case 'move':
      return move(state, command, circumstances);
    case 'status':
      return status(state, command, circumstances);
    case 'series':
      return bookSeries(state, command, circumstances);
    case 'cancelSeries':
      return cancelSeries(state, command);
    case 'availability':
      return changeAvailability(state, command);
    case 'change':
      return changeResource(state, command);
  }
}

/** What whoever looks is to be told. */
export function answerTo(state: State, look: Look, now: number): Answer {
  switch (look.kind) {
    case 'explain': {
      const unknown = unknownIn(state, look.ask);
      if (unknown !== undefined) return { status: 422, body: { code: unknown } };
      const reasons = reasonsAgainst(state, look.ask, now);
      return { status: 200, body: { bookable: reasons.length === 0, reasons } };
    }
    case 'slots': {
      const { typeId, patientId, day } = look;
      if (!state.types.has(typeId)) return { status: 422, body: { code: 'type_unknown' } };
      if (patientId !== undefined && !state.patients.has(patientId))
        return { status: 422, body: { code: 'patient_unknown' } };
      const items = freeTimes(state, look, now).filter(({ start }) => dayOf(start) === day);
      return { status: 200, body: { items } };
    }
  }
}
