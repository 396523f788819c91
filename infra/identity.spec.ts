import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scopes, services } from '#catalogue';
import { isValues } from './testing/account.ts';
import { all, at, environmentOf, one, statementsOf, waitedFor } from './testing/find.ts';
import { loadStack, type LoadedStack } from './testing/stack.ts';

const client = 'aws:cognito/userPoolClient:UserPoolClient';
const inApi = Object.keys(scopes).map((name) => `clinic/${name}`);

let dev: LoadedStack;
let prod: LoadedStack;

beforeAll(async () => {
  dev = await loadStack('dev');
  prod = await loadStack('prod');
});

function isTrigger(value: unknown): value is { handler: (event: object) => Promise<unknown> } {
  return isValues(value) && typeof value.handler === 'function';
}

function appEnvironment(stack: LoadedStack, name: string): unknown {
  return environmentOf(one(stack, 'awsx:ecs:FargateService', name), 'app');
}

describe('a stack without an issuer of its own configuration', () => {
  it('has a user pool whose tokens every service accepts, from both of its clients', () => {
    for (const { name } of services)
      expect(appEnvironment(dev, `clinic-dev-${name}`)).toMatchObject({
        OIDC_ISSUER: 'https://cognito-idp.eu-central-1.amazonaws.com/clinic-dev-id',
        OIDC_CLIENT_IDS: 'clinic-dev-machine-id,clinic-dev-app-id',
      });
    expect(appEnvironment(dev, 'clinic-dev-patient')).not.toHaveProperty('OIDC_AUDIENCE');
  });

  it('offers every scope of the API under its name in tokens', () => {
    const server = one(dev, 'aws:cognito/resourceServer:ResourceServer');
    expect(at(server, 'identifier')).toBe('clinic');
    expect(at(server, 'scopes')).toEqual(
      Object.entries(scopes).map(([scopeName, scopeDescription]) => ({ scopeName, scopeDescription })),
    );
  });

  it('gives machines every scope for their secret', () => {
    const machine = one(dev, client, 'clinic-dev-machine');
    expect(machine.inputs).toMatchObject({
      generateSecret: true,
      allowedOauthFlows: ['client_credentials'],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthScopes: inApi,
    });
    expect(waitedFor(machine, 'allowedOauthScopes')).toEqual(['aws:cognito/resourceServer:ResourceServer']);
  });

  it('signs people in by a code, without a secret', () => {
    expect(one(dev, client, 'clinic-dev-app').inputs).toMatchObject({
      generateSecret: false,
      allowedOauthFlows: ['code'],
      allowedOauthScopes: ['openid', ...inApi],
      callbackUrls: ['http://localhost:8080/callback'],
    });
  });

  it('lets nobody sign up by himself or say whose patient he is', () => {
    expect(one(dev, 'aws:cognito/userPool:UserPool').inputs).toMatchObject({
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      schemas: [{ name: 'patient_id', mutable: true }],
    });
    for (const { inputs } of all(dev, client)) expect(inputs.writeAttributes).toEqual(['name']);
  });

  it('is deleted by mistake in dev only', () => {
    const protection = (stack: LoadedStack): unknown =>
      one(stack, 'aws:cognito/userPool:UserPool').inputs.deletionProtection;
    expect([protection(dev), protection(prod)]).toEqual(['INACTIVE', 'ACTIVE']);
  });

  it('says how to get a token, and never a secret', () => {
    expect(dev.outputs).toMatchObject({
      issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/clinic-dev-id',
      clientIds: { machine: 'clinic-dev-machine-id', app: 'clinic-dev-app-id' },
      tokenCommand:
        'aws cognito-idp describe-user-pool-client --region eu-central-1 --user-pool-id clinic-dev-id ' +
        '--client-id clinic-dev-machine-id ' +
        `--query "join('', ['user=', UserPoolClient.ClientId, ':', UserPoolClient.ClientSecret])" --output text ` +
        '| curl --silent --show-error --config - --data grant_type=client_credentials ' +
        'https://clinic-dev-123456789012.auth.eu-central-1.amazoncognito.com/oauth2/token',
    });
    expect(JSON.stringify(dev.outputs)).not.toContain('the-secret');
  });
});

describe("the command that gets a machine's token", () => {
  /** Prints what the AWS CLI prints for the query of the command, and leaves what it was asked for beside it. */
  const cli = `#!/bin/sh\necho "$@" > "$(dirname "$0")/asked"\necho 'user=the-client:the-secret'\n`;

  it('signs in with the secret that AWS tells, of which no command line has a word', async () => {
    const heads: string[] = [];
    const server = createServer((request, response) => {
      heads.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      response.end('{"access_token":"the-token"}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const folder = await mkdtemp(join(tmpdir(), 'clinic-token-'));
    try {
      await writeFile(join(folder, 'aws'), cli, { mode: 0o755 });
      const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const command = String(dev.outputs.tokenCommand).replace(/https:[^/]*\/\/[^/]+/, issuer);
      const { stdout } = await promisify(execFile)('bash', ['-c', command], {
        env: { PATH: `${folder}:/usr/local/bin:/usr/bin:/bin` },
      });
      expect(JSON.parse(stdout)).toEqual({ access_token: 'the-token' });
      expect(heads).toEqual([
        `/oauth2/token Basic ${Buffer.from('the-client:the-secret').toString('base64')}`,
      ]);
      expect(await readFile(join(folder, 'asked'), 'utf8')).toContain(
        "--query join('', ['user=', UserPoolClient.ClientId, ':', UserPoolClient.ClientSecret]) --output text",
      );
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });
});

describe("a patient's own token", () => {
  const handle = async (userAttributes: Record<string, string>): Promise<unknown> => {
    const trigger: unknown = await import(join(import.meta.dirname, 'identity', 'patient-claim.mjs'));
    if (!isTrigger(trigger)) throw new Error('no handler');
    return trigger.handler({ version: '2', request: { userAttributes }, response: {} });
  };

  it('carries the patient that the account belongs to', async () => {
    const patientId = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(await handle({ sub: 'somebody', 'custom:patient_id': patientId })).toMatchObject({
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: { claimsToAddOrOverride: { patient_id: patientId } },
        },
      },
    });
  });

  it("is not what the clinic's own people get", async () => {
    expect(await handle({ sub: 'somebody' })).toMatchObject({ response: {} });
  });

  it('is made by a function that the user pool alone may call, for access tokens', () => {
    expect(at(one(dev, 'aws:cognito/userPool:UserPool'), 'lambdaConfig')).toEqual({
      preTokenGenerationConfig: {
        lambdaArn: 'arn:aws:lambda:eu-central-1:123456789012:function:clinic-dev-token-claims',
        lambdaVersion: 'V2_0',
      },
    });
    expect(one(dev, 'aws:lambda/permission:Permission').inputs).toEqual({
      function: 'arn:aws:lambda:eu-central-1:123456789012:function:clinic-dev-token-claims',
      action: 'lambda:InvokeFunction',
      principal: 'cognito-idp.amazonaws.com',
      sourceArn: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/clinic-dev-id',
    });
  });

  it('is made by a function that may write its log and no more', () => {
    const policy = one(dev, 'aws:iam/rolePolicy:RolePolicy', 'clinic-dev-token-claims');
    expect(statementsOf(at(policy, 'policy'))).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: ['arn:aws:logs:eu-central-1:123456789012:log-group:/clinic-dev/token-claims:*'],
      },
    ]);
    const run = one(dev, 'aws:lambda/function:Function');
    expect(waitedFor(run, 'role')).toEqual(['aws:iam/role:Role', 'aws:iam/rolePolicy:RolePolicy']);
  });
});

describe('a stack with an issuer by configuration', () => {
  it('has no user pool and accepts what it is told', async () => {
    const outside = await loadStack('dev', {
      config: { oidcIssuer: 'https://id.clinic.example', oidcAudience: 'clinic' },
    });
    expect(outside.resources.filter(({ type }) => /cognito|lambda/.test(type))).toEqual([]);
    expect(appEnvironment(outside, 'clinic-dev-patient')).toMatchObject({
      OIDC_ISSUER: 'https://id.clinic.example',
      OIDC_AUDIENCE: 'clinic',
    });
    expect(outside.outputs).toMatchObject({ issuer: 'https://id.clinic.example', clientIds: {} });
  });
});
