import { describe, expect, it } from '@jest/globals';
import type { AppointmentStatus } from '#contracts';
import { allowedFrom, occupies } from './lifecycle.ts';

const statuses = ['booked', 'arrived', 'checked-in', 'fulfilled', 'cancelled', 'noshow'] as const;

/** From each row's status to each column's, in the order of `statuses`. */
const table: Record<AppointmentStatus, string> = {
  booked: /*    */ '. x . . x x',
  arrived: /*   */ 'x . x . x x',
  'checked-in': '. x . x . .',
  fulfilled: /* */ '. . . . . .',
  cancelled: /* */ '. . . . . .',
  noshow: /*    */ 'x . . . . .',
};

describe.each(statuses)('an appointment that is %s', (from) => {
  it.each(statuses.map((to, index) => [to, table[from].split(' ')[index] === 'x'] as const))(
    'can become %s: %p',
    (to, allowed) => {
      expect(allowedFrom(from).includes(to)).toBe(allowed);
    },
  );
});

it('occupies its time unless it is cancelled or the patient did not come', () => {
  expect(statuses.filter(occupies)).toEqual(['booked', 'arrived', 'checked-in', 'fulfilled']);
});
