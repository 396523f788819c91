import type { AvailabilityChange, Command, Outcome } from './command.ts';
import { cancelled } from './lifecycle.ts';
import { hoursOf, isCovered } from './reasons.ts';
import { refused } from './refusal.ts';
import { put, type State } from './state.ts';

/** All of what is booked lies in the future; what was booked against the rules never went by them. */
export function changeAvailability(state: State, change: AvailabilityChange): Outcome {
  const { practitionerId, version, windows, dryRun, conflicts } = change;
  const practitioner = state.practitioners.get(practitionerId);
  if (practitioner === undefined) return refused(state, 404, 'not_found');
  if (practitioner.availabilityVersion !== version) return refused(state, 412, 'precondition_failed');
  const booked = [...state.appointments.values()].filter(
    (each) => each.practitionerId === practitionerId && each.status === 'booked',
  );
  const orphans = booked.filter(
    ({ override, typeId, start, minutes }) =>
      !override && !isCovered(hoursOf(windows, typeId), start, start + minutes),
  );
  const impact = {
    affected: booked.length,
    fitting: booked.length - orphans.length,
    orphans: orphans.map(({ id }) => id).sort(),
  };
  if (dryRun) return { answer: { status: 200, body: { availability: { version }, impact } }, state };
  if (orphans.length > 0 && conflicts === 'reject')
    return refused(state, 409, 'appointments_affected', { impact });
  const changed = { ...practitioner, windows, availabilityVersion: version + 1 };
  const next = { ...state, practitioners: put(state.practitioners, changed) };
  return {
    answer: { status: 200, body: { availability: { version: version + 1 }, impact } },
    state: conflicts === 'cancel' ? cancelled(next, orphans) : next,
  };
}

/** A change of a practitioner, room or type touches nothing that is booked. */
export function changeResource(
  state: State,
  { collection, id, version, patch }: Extract<Command, { kind: 'change' }>,
): Outcome {
  const current = state[collection].get(id);
  if (current === undefined) return refused(state, 404, 'not_found');
  if (current.version !== version) return refused(state, 412, 'precondition_failed');
  const changed = { ...current, ...patch, version: version + 1 };
  const changes = new Map<string, typeof changed>(state[collection]).set(id, changed);
  const isType = collection === 'types';
  const body = isType ? changed : { id, active: changed.active, version: changed.version };
  return { answer: { status: 200, body }, state: { ...state, [collection]: changes } };
}
