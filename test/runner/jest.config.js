import base from '../../jest.config.js';

// Needs what a runner of GitHub has, jq and Python, so it is a run of its own.
/** @type {import('jest').Config} */
export default {
  rootDir: '../..',
  roots: ['<rootDir>/test/runner'],
  testEnvironment: base.testEnvironment,
  testEnvironmentOptions: base.testEnvironmentOptions,
  extensionsToTreatAsEsm: base.extensionsToTreatAsEsm,
  transform: base.transform,
  testTimeout: 300_000,
  maxWorkers: 2,
};
