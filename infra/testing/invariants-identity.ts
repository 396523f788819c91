import { scopes } from '#catalogue';
import { all } from './find.ts';
import { faulty, is, rowsOf, type Invariants } from './parts.ts';

const pool = 'aws:cognito/userPool:UserPool';
const client = 'aws:cognito/userPoolClient:UserPoolClient';

/** What holds where a stack has an issuer of its own: who is known to it, and what he can say of himself. */
export const identityInvariants: Invariants = {
  'nobody signs up by himself': (stack) =>
    faulty(all(stack, pool), 'adminCreateUserConfig.allowAdminCreateUserOnly', (value) => value === true),
  'nobody says whose patient he is': (stack) =>
    faulty(
      all(stack, client),
      'writeAttributes',
      (names) => Array.isArray(names) && !names.includes('custom:patient_id'),
    ),
  "a patient's access token is the patient's own": (stack) =>
    faulty(
      all(stack, pool),
      'lambdaConfig.preTokenGenerationConfig.lambdaVersion',
      (version) => version === 'V2_0',
    ),
  'every scope of the API can be granted': (stack) =>
    faulty(
      all(stack, 'aws:cognito/resourceServer:ResourceServer'),
      'scopes',
      (granted) =>
        JSON.stringify(rowsOf(granted).map(({ scopeName }) => scopeName)) ===
        JSON.stringify(Object.keys(scopes)),
    ),
  'an app in a browser has no secret': (stack) =>
    faulty(
      all(stack, client).filter(({ inputs }) => is(['code'])(inputs.allowedOauthFlows)),
      'generateSecret',
      is(false),
    ),
};
