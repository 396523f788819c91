import type { Cases } from './case.fixtures.ts';
import { databaseCases } from './database.fixtures.ts';
import { keepingCases } from './keeping.fixtures.ts';
import { listenerCases } from './listeners.fixtures.ts';
import { networkCases } from './network.fixtures.ts';
import { permissionCases } from './permissions.fixtures.ts';
import { taskCases } from './task.fixtures.ts';
import { trustCases } from './trust.fixtures.ts';

export const cases: Cases = {
  ...networkCases,
  ...listenerCases,
  ...permissionCases,
  ...trustCases,
  ...databaseCases,
  ...taskCases,
  ...keepingCases,
};
