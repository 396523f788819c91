import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { scopes } from '#catalogue';
import { PatientClaim } from './patient-claim.ts';

export interface UserPoolArgs {
  readonly scope: string;
  readonly region: string;
  readonly accountId: pulumi.Input<string>;
  /** Where the app may have a browser come back to after signing in. */
  readonly appCallbackUrls: readonly string[];
  readonly deletionProtection: boolean;
  readonly logRetentionDays: pulumi.Input<number>;
}

/** What stands before the slash of a scope in a token. */
const resourceServer = 'clinic';

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html#user-pool-settings-custom-attributes */
const patientId: aws.types.input.cognito.UserPoolSchema = {
  name: 'patient_id',
  attributeDataType: 'String',
  mutable: true,
  developerOnlyAttribute: false,
  required: false,
  stringAttributeConstraints: { minLength: '36', maxLength: '36' },
};

/**
 * The people and machines that may call the API. Nobody signs up by himself: whoever has an account was given it. With
 * the attribute `custom:patient_id` it is a patient's, without it one of the clinic's own people.
 */
export class UserPool extends pulumi.ComponentResource {
  readonly issuer: pulumi.Output<string>;
  /** For programs: client credentials, with a secret. */
  readonly machineClientId: pulumi.Output<string>;
  /** For people: authorization code with PKCE, without a secret. */
  readonly appClientId: pulumi.Output<string>;
  /** Prints a machine's token; asks AWS for the secret, which is neither in it nor ever on a command line. */
  readonly tokenCommand: pulumi.Output<string>;

  constructor(name: string, args: UserPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:identity:UserPool', name, {}, opts);
    const pool = this.#pool(name, args);
    const { machine, app } = this.#clients(name, args, pool);
    // Nobody else's: the account's number is in it.
    const domain = new aws.cognito.UserPoolDomain(
      name,
      { userPoolId: pool.id, domain: pulumi.interpolate`${args.scope}-${args.accountId}` },
      { parent: this },
    );
    this.issuer = pulumi.interpolate`https://${pool.endpoint}`;
    this.machineClientId = machine.id;
    this.appClientId = app.id;
    this.tokenCommand = pulumi.interpolate`aws cognito-idp describe-user-pool-client --region ${args.region} --user-pool-id ${pool.id} --client-id ${machine.id} --query "join('', ['user=', UserPoolClient.ClientId, ':', UserPoolClient.ClientSecret])" --output text | curl --silent --show-error --config - --data grant_type=client_credentials https://${domain.domain}.auth.${args.region}.amazoncognito.com/oauth2/token`;
    this.registerOutputs({ issuer: this.issuer });
  }

  #pool(name: string, args: UserPoolArgs): aws.cognito.UserPool {
    const claim = new PatientClaim(`${name}-token-claims`, args, { parent: this });
    const pool = new aws.cognito.UserPool(
      name,
      {
        // Tokens can be changed before they are signed from this tier on.
        userPoolTier: 'ESSENTIALS',
        usernameAttributes: ['email'],
        usernameConfiguration: { caseSensitive: false },
        autoVerifiedAttributes: ['email'],
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        accountRecoverySetting: { recoveryMechanisms: [{ name: 'verified_email', priority: 1 }] },
        passwordPolicy: {
          minimumLength: 14,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: false,
          temporaryPasswordValidityDays: 7,
        },
        mfaConfiguration: 'OPTIONAL',
        softwareTokenMfaConfiguration: { enabled: true },
        schemas: [patientId],
        lambdaConfig: {
          preTokenGenerationConfig: { lambdaArn: claim.functionArn, lambdaVersion: 'V2_0' },
        },
        deletionProtection: args.deletionProtection ? 'ACTIVE' : 'INACTIVE',
      },
      { parent: this },
    );
    claim.allow(`${name}-token-claims`, pool.arn);
    return pool;
  }

  #clients(
    name: string,
    { appCallbackUrls }: UserPoolArgs,
    pool: aws.cognito.UserPool,
  ): Record<'machine' | 'app', aws.cognito.UserPoolClient> {
    const server = new aws.cognito.ResourceServer(
      name,
      {
        userPoolId: pool.id,
        identifier: resourceServer,
        name: 'Clinic API',
        scopes: Object.entries(scopes).map(([scopeName, scopeDescription]) => ({
          scopeName,
          scopeDescription,
        })),
      },
      { parent: this },
    );
    const common = {
      userPoolId: pool.id,
      allowedOauthFlowsUserPoolClient: true,
      preventUserExistenceErrors: 'ENABLED',
      enableTokenRevocation: true,
      // What is not named here a person can not change: least of all whose patient he is.
      writeAttributes: ['name'],
    };
    const machine = new aws.cognito.UserPoolClient(
      `${name}-machine`,
      {
        ...common,
        generateSecret: true,
        allowedOauthFlows: ['client_credentials'],
        allowedOauthScopes: server.scopeIdentifiers,
        explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      },
      { parent: this, additionalSecretOutputs: ['clientSecret'] },
    );
    const app = new aws.cognito.UserPoolClient(
      `${name}-app`,
      {
        ...common,
        generateSecret: false,
        allowedOauthFlows: ['code'],
        allowedOauthScopes: server.scopeIdentifiers.apply((all) => ['openid', ...all]),
        explicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        supportedIdentityProviders: ['COGNITO'],
        callbackUrls: [...appCallbackUrls],
      },
      { parent: this },
    );
    return { machine, app };
  }
}
