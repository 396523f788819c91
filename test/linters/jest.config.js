import base from '../../jest.config.js';

// Needs Python, so it is a run of its own.
/** @type {import('jest').Config} */
export default {
  rootDir: '../..',
  roots: ['<rootDir>/test/linters'],
  testEnvironment: base.testEnvironment,
  extensionsToTreatAsEsm: base.extensionsToTreatAsEsm,
  transform: base.transform,
  testTimeout: 300_000,
  maxWorkers: 1,
};
