import { accepts, given, refuses, unknown, type Cases } from './case.fixtures.ts';

const cluster = 'aws:rds/cluster:Cluster';
const member = 'aws:rds/clusterInstance:ClusterInstance';
const instance = 'aws:rds/instance:Instance';
const parameters = 'aws:rds/clusterParameterGroup:ClusterParameterGroup';

const kept = { manageMasterUserPassword: true, iamDatabaseAuthenticationEnabled: true };

export const databaseCases: Cases = {
  'database-is-not-public': [
    accepts('a private instance', given(member, { publiclyAccessible: false, clusterIdentifier: unknown })),
    ...[member, instance].flatMap((type) => [
      refuses(
        `a public ${type}`,
        given(type, { publiclyAccessible: true }),
        'set publiclyAccessible to false',
      ),
      refuses(`a ${type} left to its subnets`, given(type, {}), 'set publiclyAccessible to false'),
    ]),
  ],
  'database-is-encrypted': [
    accepts('an encrypted cluster', given(cluster, { storageEncrypted: true })),
    accepts(
      'TLS alone',
      given(parameters, {
        family: 'aurora-postgresql17',
        parameters: [{ name: 'rds.force_ssl', value: '1', applyMethod: 'immediate' }],
      }),
    ),
    refuses('a cluster that is not', given(cluster, { engine: 'x' }), 'set storageEncrypted to true'),
    refuses('an instance that is not', given(instance, {}), 'set storageEncrypted to true'),
    refuses(
      'connections without TLS',
      given(parameters, {
        family: 'aurora-postgresql17',
        parameters: [{ name: 'rds.force_ssl', value: '0' }],
      }),
      'set the parameter rds.force_ssl to 1',
    ),
    refuses(
      'what the engine has by itself',
      given(parameters, { family: 'postgres14' }),
      'set the parameter rds.force_ssl to 1',
    ),
  ],
  'database-password-is-kept-by-rds': [
    accepts('a password that nobody knows', given(cluster, kept)),
    refuses(
      'a password of ours',
      given(cluster, { masterPassword: 'not a real one', iamDatabaseAuthenticationEnabled: true }),
      'set manageMasterUserPassword to true',
      'remove masterPassword',
    ),
    refuses(
      "an instance's password of ours",
      given(instance, { ...kept, password: 'not a real one' }),
      'remove password',
    ),
    refuses(
      'services that need passwords',
      given(cluster, { manageMasterUserPassword: true }),
      'set iamDatabaseAuthenticationEnabled to true',
    ),
  ],
  'database-is-backed-up': [
    accepts('a day of backups', given(cluster, { backupRetentionPeriod: 1 })),
    accepts('what RDS does by itself', given(cluster, {})),
    refuses(
      'no backups',
      given(instance, { backupRetentionPeriod: 0 }),
      'set backupRetentionPeriod to 1 or more',
    ),
  ],
};
