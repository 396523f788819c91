import { beforeEach, expect, it, jest } from '@jest/globals';
import { Sweep } from './sweep.ts';

let left: number;
let looks: number;
let sweep: Sweep;

beforeEach(() => {
  jest.useFakeTimers();
  [left, looks] = [0, 0];
  sweep = new Sweep(() => {
    looks += 1;
    left -= 1;
    return left > 0;
  });
});

it('looks together for all who have come, until nobody is left', () => {
  left = 3;
  for (let comer = 0; comer < left; comer += 1) sweep.later();
  expect(jest.getTimerCount()).toBe(1);
  jest.runAllTimers();
  expect(looks).toBe(3);
  sweep.later();
  jest.runAllTimers();
  expect(looks).toBe(4);
});

it('goes on to look after a look that failed', () => {
  const failing = new Sweep(() => {
    looks += 1;
    throw new Error('a look');
  });
  for (let time = 1; time <= 2; time += 1) {
    failing.later();
    expect(() => {
      jest.runAllTimers();
    }).toThrow('a look');
    expect(looks).toBe(time);
  }
});
