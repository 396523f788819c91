import base from '../../jest.config.js';

// Timings want the machine to themselves: one file after the other, and never with the tests.
/** @type {import('jest').Config} */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/bench'],
  testMatch: ['**/*.bench.ts'],
  testTimeout: 600_000,
  maxWorkers: 1,
};
