import base from '../../jest.config.js';

// The images need an engine and minutes to build, so they are a run of their own, one file after the other.
/** @type {import('jest').Config} */
export default {
  rootDir: '../..',
  roots: ['<rootDir>/test/container'],
  testEnvironment: base.testEnvironment,
  testEnvironmentOptions: base.testEnvironmentOptions,
  extensionsToTreatAsEsm: base.extensionsToTreatAsEsm,
  moduleNameMapper: base.moduleNameMapper,
  transform: base.transform,
  testTimeout: 300_000,
  maxWorkers: 1,
};
