import { describe, expect, it } from '@jest/globals';
import { memoryArgs } from './index.ts';

describe('what Node is told of its memory', () => {
  it.each([
    [512, 32],
    [1024, 64],
    [30_720, 64],
  ])('gives each half of the young generation, of %i MiB, %i at most', (memory, half) => {
    expect(memoryArgs(memory)).toEqual([`--max-semi-space-size=${half}`]);
  });
});
