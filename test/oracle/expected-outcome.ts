import { expect } from '@jest/globals';
import type { Outcome, Wish } from './booking-desk.ts';
import type { ReasonOracle } from './reason-oracle.ts';

/** Reasons that hold whoever else has booked. */
const notOffered = new Set([
  'inactive',
  'off_grid',
  'outside_availability',
  'too_far_ahead',
  'too_soon',
  'type_not_offered',
]);

/** What a wish must come to; `given` is what it came to, as there may be a choice of rooms. */
export function expectedOutcome(oracle: ReasonOracle, wish: Wish, given: Outcome): object {
  const { start, asked } = wish;
  const reasons = oracle.reasons(wish);
  if (reasons.length === 0) {
    const rooms = oracle.freeRooms(start[0], asked);
    const isOneOfThem = 'id' in given && rooms.includes(given.roomId);
    return { status: 201, id: expect.any(String), roomId: isOneOfThem ? given.roomId : rooms };
  }
  if (reasons.some((code) => notOffered.has(code))) return { status: 422, code: 'not_bookable', reasons };
  return { status: 409, code: 'slot_taken', reasons, alternatives: oracle.nearest(start[0], asked) };
}
