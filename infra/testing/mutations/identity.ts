import type { Row } from './mutation.ts';

/** What breaks who is known to a stack. */
export const identityRows: readonly Row[] = [
  [
    'nobody signs up by himself',
    'infra/identity/user-pool.ts',
    'allowAdminCreateUserOnly: true',
    'allowAdminCreateUserOnly: false',
  ],
  [
    'nobody says whose patient he is',
    'infra/identity/user-pool.ts',
    "writeAttributes: ['name']",
    "writeAttributes: ['name', 'custom:patient_id']",
  ],
  ['nobody says whose patient he is', 'infra/identity/user-pool.ts', "writeAttributes: ['name'],", ''],
  [
    "a patient's access token is the patient's own",
    'infra/identity/user-pool.ts',
    "lambdaVersion: 'V2_0'",
    "lambdaVersion: 'V1_0'",
  ],
  [
    'every scope of the API can be granted',
    'infra/identity/user-pool.ts',
    'scopes: Object.entries(scopes)',
    'scopes: Object.entries(scopes).slice(1)',
  ],
  [
    'an app in a browser has no secret',
    'infra/identity/user-pool.ts',
    'generateSecret: false',
    'generateSecret: true',
  ],
];
