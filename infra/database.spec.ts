import { beforeAll, describe, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { all, at, environmentOf, one, statementsOf } from './testing/find.ts';
import { loadStack, type LoadedStack } from './testing/stack.ts';

let dev: LoadedStack;
let prod: LoadedStack;

beforeAll(async () => {
  dev = await loadStack('dev');
  prod = await loadStack('prod');
});

const cluster = 'aws:rds/cluster:Cluster';
const instance = 'aws:rds/clusterInstance:ClusterInstance';

const names = services.map(({ name }) => name).sort();

describe('the database', () => {
  it('is Aurora PostgreSQL 17 Serverless v2', () => {
    expect(one(dev, cluster).inputs).toMatchObject({
      engine: 'aurora-postgresql',
      engineMode: 'provisioned',
      engineVersion: '17.7',
      serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 1 },
    });
    for (const { inputs } of all(prod, instance))
      expect(inputs).toMatchObject({ engine: 'aurora-postgresql', instanceClass: 'db.serverless' });
  });

  it('is in the isolated subnets and not public', () => {
    expect(one(dev, 'aws:rds/subnetGroup:SubnetGroup').inputs).toMatchObject({
      subnetIds: ['subnet-isolated-1', 'subnet-isolated-2'],
    });
    expect(one(dev, cluster).inputs).toMatchObject({ dbSubnetGroupName: 'clinic-dev' });
    expect(one(dev, instance).inputs).toMatchObject({ publiclyAccessible: false });
  });

  it('is encrypted', () => {
    expect(one(dev, cluster).inputs).toMatchObject({ storageEncrypted: true });
  });

  it('refuses connections without TLS', () => {
    expect(one(dev, 'aws:rds/clusterParameterGroup:ClusterParameterGroup').inputs).toMatchObject({
      family: 'aurora-postgresql17',
      parameters: expect.arrayContaining([{ name: 'rds.force_ssl', value: '1' }]),
    });
    expect(one(dev, cluster).inputs).toMatchObject({ dbClusterParameterGroupName: 'clinic-dev' });
  });

  it('writes neither statements nor what their errors quote to its log', () => {
    expect(one(dev, 'aws:rds/clusterParameterGroup:ClusterParameterGroup').inputs).toMatchObject({
      parameters: expect.arrayContaining(
        [
          ['log_min_messages', 'log'],
          ['log_min_error_statement', 'panic'],
          ['log_error_verbosity', 'terse'],
          ['log_statement', 'none'],
          ['log_min_duration_statement', '-1'],
          ['log_parameter_max_length', '0'],
          ['log_parameter_max_length_on_error', '0'],
        ].map(([name, value]) => ({ name, value })),
      ),
    });
  });

  it('has a reader beside the writer in prod alone', () => {
    expect(all(dev, instance)).toHaveLength(1);
    expect(all(prod, instance)).toHaveLength(2);
  });

  it('is backed up, kept from deletion and kept as a snapshot as the stack says', () => {
    expect(one(dev, cluster).inputs).toMatchObject({
      backupRetentionPeriod: 1,
      deletionProtection: false,
      skipFinalSnapshot: true,
    });
    expect(one(prod, cluster).inputs).toMatchObject({
      backupRetentionPeriod: 14,
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: 'clinic-prod-final',
    });
  });

  it("is open to the services' groups on its port and to nobody else", () => {
    expect(one(dev, cluster).inputs).toMatchObject({
      port: 5432,
      vpcSecurityGroupIds: ['clinic-dev-database-id'],
    });
    const openings = all(dev, 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule')
      .filter(({ inputs }) => inputs.securityGroupId === 'clinic-dev-database-id')
      .map(({ inputs }) => [
        inputs.referencedSecurityGroupId,
        inputs.fromPort,
        inputs.toPort,
        inputs.cidrIpv4,
      ]);
    expect(openings).toEqual(names.map((name) => [`clinic-dev-${name}-id`, 5432, 5432, undefined]));
  });

  it('is asked by people through the Data API, which no role of the stack may use', () => {
    expect(one(dev, cluster).inputs).toMatchObject({ enableHttpEndpoint: true });
    for (const own of all(dev, 'aws:iam/rolePolicy:RolePolicy'))
      expect(String(at(own, 'policy'))).not.toContain('rds-data:');
  });

  it('may speak to nobody by itself', () => {
    const rules = all(dev, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule');
    expect(rules.filter(({ inputs }) => inputs.securityGroupId === 'clinic-dev-database-id')).toEqual([]);
  });
});

describe("the owner's password", () => {
  it('is made and kept by RDS', () => {
    expect(one(dev, cluster).inputs).toMatchObject({ manageMasterUserPassword: true });
    expect(one(dev, cluster).inputs).not.toHaveProperty('masterPassword');
  });

  it('is given to the migration container alone', () => {
    for (const tasks of all(dev, 'awsx:ecs:FargateService')) {
      expect(at(tasks, 'taskDefinitionArgs.containers.migrate.secrets')).toEqual([
        {
          name: 'DATABASE_OWNER_USER',
          valueFrom: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:owner:username::',
        },
        {
          name: 'DATABASE_OWNER_PASSWORD',
          valueFrom: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:owner:password::',
        },
      ]);
      expect(at(tasks, 'taskDefinitionArgs.containers.app.secrets')).toBeUndefined();
    }
  });

  it('is readable by the execution roles and by no task role', () => {
    const readers = all(dev, 'aws:iam/rolePolicy:RolePolicy').filter((policy) =>
      JSON.stringify(statementsOf(at(policy, 'policy'))).includes('secretsmanager'),
    );
    expect(readers.map(({ name }) => name)).toEqual(names.map((name) => `clinic-dev-${name}-execution`));
  });
});

describe('the roles of the services', () => {
  it('sign in by IAM', () => {
    expect(one(dev, cluster).inputs).toMatchObject({ iamDatabaseAuthenticationEnabled: true });
    for (const container of ['app', 'migrate'])
      expect(
        environmentOf(one(dev, 'awsx:ecs:FargateService', 'clinic-dev-patient'), container),
      ).toMatchObject({
        DATABASE_AUTH: 'iam',
        AWS_REGION: 'eu-central-1',
        DATABASE_URL: 'postgres://patient@clinic-dev.cluster.rds.example:5432/clinic',
      });
  });

  it('have no password anywhere in the stack', () => {
    // A registry takes a token as one, and people sign in to the pool by theirs.
    const others = dev.resources.filter(({ type }) => !/^(docker|aws:cognito)/.test(type));
    const text = JSON.stringify(others.map(({ inputs }) => inputs));
    const mentions = new Set([...text.matchAll(/[^",]*password[^",]*/gi)].map(([mention]) => mention));
    expect([...mentions].sort()).toEqual([
      'DATABASE_OWNER_PASSWORD',
      'arn:aws:secretsmanager:eu-central-1:123456789012:secret:owner:password::',
      'manageMasterUserPassword',
    ]);
    expect(text).not.toMatch(/postgres:\/\/[^@"]*:[^@"]*@/);
  });
});
