import { must, on, rule, type Rule } from './rule.ts';

const closed = rule(
  'database-is-not-public',
  'No instance of a database has a public address',
  on(['aws:rds/clusterInstance:ClusterInstance', 'aws:rds/instance:Instance'], (instance) => [
    // Unset, RDS decides by the subnets.
    must(() => instance.publiclyAccessible === false, 'set publiclyAccessible to false'),
  ]),
);

const encrypted = rule(
  'database-is-encrypted',
  'Data and backups of a database are encrypted where they lie, and on their way',
  on(['aws:rds/cluster:Cluster', 'aws:rds/instance:Instance'], (database) => [
    must(() => database.storageEncrypted === true, 'set storageEncrypted to true'),
  ]),
  on('aws:rds/clusterParameterGroup:ClusterParameterGroup', (group) => [
    must(
      () =>
        !group.family.includes('postgres') ||
        (group.parameters ?? []).some(({ name, value }) => name === 'rds.force_ssl' && value === '1'),
      'set the parameter rds.force_ssl to 1',
    ),
  ]),
);

const owned = rule(
  'database-password-is-kept-by-rds',
  "RDS makes and keeps the owner's password, and the services sign in by IAM",
  on(['aws:rds/cluster:Cluster', 'aws:rds/instance:Instance'], (database) => [
    must(() => database.manageMasterUserPassword === true, 'set manageMasterUserPassword to true'),
    must(
      () => database.iamDatabaseAuthenticationEnabled === true,
      'set iamDatabaseAuthenticationEnabled to true',
    ),
  ]),
  on('aws:rds/cluster:Cluster', (cluster) => [
    must(() => cluster.masterPassword === undefined, 'remove masterPassword'),
  ]),
  on('aws:rds/instance:Instance', (instance) => [
    must(() => instance.password === undefined, 'remove password'),
  ]),
);

const backedUp = rule(
  'database-is-backed-up',
  'A database is backed up every day',
  on(['aws:rds/cluster:Cluster', 'aws:rds/instance:Instance'], (database) => [
    must(() => (database.backupRetentionPeriod ?? 1) >= 1, 'set backupRetentionPeriod to 1 or more'),
  ]),
);

export const databaseRules: readonly Rule[] = [closed, encrypted, owned, backedUp];
