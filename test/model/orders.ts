import { isDeepStrictEqual } from 'node:util';
import { isLook, type Answer, type Command, type Look } from './command.ts';
import { answerTo, apply } from './model.ts';
import type { Circumstances } from './refusal.ts';
import type { State } from './state.ts';

/** A request and what came back. */
export interface Exchange {
  readonly command: Command;
  readonly answer: Answer;
}

export type Moment = Pick<Circumstances, 'now' | 'firstDate'>;

/** What the model makes of a round: the states it may have led to or, for each order, where that differs. */
export interface Verdict {
  readonly states: readonly State[];
  readonly differences: readonly string[];
}

/**
 * Tries every order in which the requests of a round, all sent at once, may have taken effect one after the other. The
 * answers are right if some order explains them all.
 */
export function judge(state: State, round: readonly Exchange[], moment: Moment): Verdict {
  // The caller is told to try again: no answer, and nothing done.
  const answered = round.filter(({ answer }) => answer.status !== 503);
  const changes = answered.filter(({ command }) => !isLook(command));
  const looks = answered.filter((exchange): exchange is Exchange & { command: Look } =>
    isLook(exchange.command),
  );
  const states: State[] = [];
  const differences: string[] = [];
  for (const order of permutations(changes)) {
    const passed = run(state, order, changes.length === 1, moment);
    if (typeof passed === 'string') {
      differences.push(passed);
      continue;
    }
    const wrong = looks.find((look) => !sees(passed, look, moment.now));
    const last = passed.at(-1) ?? state;
    if (wrong === undefined) states.push(last);
    else differences.push(difference(wrong, answerTo(last, wrong.command, moment.now)));
  }
  return { states, differences };
}

/** The states that the requests lead through in this order, or the first answer that the model would not give. */
function run(
  state: State,
  order: readonly Exchange[],
  isAlone: boolean,
  moment: Moment,
): readonly State[] | string {
  const states = [state];
  for (const exchange of order) {
    const { command, answer } = exchange;
    if (isLook(command)) continue;
    const circumstances = { ...moment, isAlone, passed: [...states], answered: answer };
    const outcome = apply(states.at(-1) ?? state, command, circumstances);
    if (!agree(outcome.answer, answer, isAlone)) return difference(exchange, outcome.answer);
    states.push(outcome.state);
  }
  return states;
}

function agree(expected: Answer, answer: Answer, isAlone: boolean): boolean {
  const comparable = ({ status, body }: Answer) => ({
    status,
    body: body && defined({ ...body, ...(!isAlone && { alternatives: undefined }) }),
  });
  return isDeepStrictEqual(comparable(expected), comparable(answer));
}

function defined(body: object): object {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/**
 * Whoever looks locks nothing and reads one thing after the other: types, practitioners, their hours, rooms, and last
 * what is taken. Each must have been as it was seen, at moments in this order.
 */
function sees(
  passed: readonly State[],
  { command, answer }: Exchange & { command: Look },
  now: number,
): boolean {
  const agrees = (seen: State, since: number, [next, ...others]: readonly Reading[]): boolean =>
    next === undefined
      ? agree(answerTo(seen, command, now), answer, true)
      : passed.some((later, at) => at >= since && agrees(next(seen, later), at, others));
  return passed.some((first, at) => agrees(first, at, [withPractitioners, withHours, withRooms, withTaken]));
}

/** What was seen until then, and beside it what is read next. */
type Reading = (seen: State, later: State) => State;

function withPractitioners(seen: State, { practitioners }: State): State {
  return { ...seen, practitioners };
}

function withHours(seen: State, later: State): State {
  const practitioners = new Map(seen.practitioners);
  for (const [id, { windows }] of later.practitioners) {
    const practitioner = practitioners.get(id);
    if (practitioner) practitioners.set(id, { ...practitioner, windows });
  }
  return { ...seen, practitioners };
}

function withRooms(seen: State, { rooms }: State): State {
  return { ...seen, rooms };
}

function withTaken(seen: State, { appointments, holds }: State): State {
  return { ...seen, appointments, holds };
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  );
}

function difference({ command, answer }: Exchange, expected: Answer): string {
  return [command, answer, expected]
    .map(
      (part, index) => `${['  ', '  was answered ', '  instead of   '][index] ?? ''}${JSON.stringify(part)}`,
    )
    .join('\n');
}
