import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { logParameters } from '#catalogue';
import { after, only } from './order.ts';

export interface DatabaseArgs {
  readonly vpcId: pulumi.Input<string>;
  /** To the minor version: beside a vaguer one, every later change of the cluster would ask for RDS' default of that day. */
  readonly engineVersion: string;
  readonly subnetIds: pulumi.Input<string[]>;
  /** Aurora capacity units, in halves. */
  readonly minAcu: pulumi.Input<number>;
  readonly maxAcu: pulumi.Input<number>;
  readonly reader: boolean;
  readonly backupRetentionDays: pulumi.Input<number>;
  readonly deletionProtection: pulumi.Input<boolean>;
  readonly finalSnapshot: boolean;
}

const engine = aws.rds.EngineType.AuroraPostgresql;
const databaseName = 'clinic';
const port = 5432;

/**
 * Aurora PostgreSQL Serverless v2. Nobody but RDS sets or sees the owner's password; the roles of the services have none
 * and sign in by IAM. Who may connect, each service adds to its security group. People ask it by the RDS Data API.
 */
export class Database extends pulumi.ComponentResource {
  /** The writer's, known once there is one. */
  readonly host: pulumi.Output<string>;
  readonly port = port;
  readonly databaseName = databaseName;
  /** Names the cluster in permissions to connect. */
  readonly resourceId: pulumi.Output<string>;
  readonly ownerSecretArn: pulumi.Output<string>;
  /** Names the cluster in metrics; known once there is an instance to measure. */
  readonly clusterId: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:database:Database', name, {}, opts);
    const child = { parent: this };
    const { engineVersion } = args;
    const group = new aws.ec2.SecurityGroup(
      `${name}-database`,
      { vpcId: args.vpcId, description: 'Database, open to the services' },
      child,
    );
    const subnets = new aws.rds.SubnetGroup(name, { subnetIds: args.subnetIds }, child);
    const parameters = new aws.rds.ClusterParameterGroup(
      name,
      {
        family: `aurora-postgresql${majorOf(engineVersion)}`,
        parameters: [{ name: 'rds.force_ssl', value: '1' }, ...logParameters],
      },
      child,
    );
    const cluster = new aws.rds.Cluster(
      name,
      {
        clusterIdentifierPrefix: `${name}-`,
        engine,
        engineMode: aws.rds.EngineMode.Provisioned,
        engineVersion,
        databaseName,
        port,
        serverlessv2ScalingConfiguration: { minCapacity: args.minAcu, maxCapacity: args.maxAcu },
        masterUsername: 'clinic_owner',
        manageMasterUserPassword: true,
        iamDatabaseAuthenticationEnabled: true,
        // The way in for people, by the account's permissions: the network has none.
        enableHttpEndpoint: true,
        storageEncrypted: true,
        dbSubnetGroupName: subnets.name,
        dbClusterParameterGroupName: parameters.name,
        vpcSecurityGroupIds: [group.id],
        backupRetentionPeriod: args.backupRetentionDays,
        copyTagsToSnapshot: true,
        deletionProtection: args.deletionProtection,
        skipFinalSnapshot: !args.finalSnapshot,
        ...(args.finalSnapshot && { finalSnapshotIdentifier: `${name}-final` }),
        // What was deployed is what runs, not what will run after the next maintenance window.
        applyImmediately: true,
      },
      child,
    );
    // Which of them writes is decided by failovers, not by their names.
    const instances = (args.reader ? [1, 2] : [1]).map(
      (number) =>
        new aws.rds.ClusterInstance(
          `${name}-${number}`,
          {
            identifierPrefix: `${name}-${number}-`,
            clusterIdentifier: cluster.id,
            engine,
            // The stack's configuration says which version runs.
            autoMinorVersionUpgrade: false,
            instanceClass: 'db.serverless',
            publiclyAccessible: false,
            // An instance of the tiers 0 and 1 is always as large as the writer, whose place it may take.
            promotionTier: 1,
          },
          child,
        ),
    );
    const made = instances.map((instance) => instance.id);
    this.host = after(cluster.endpoint, ...made);
    this.clusterId = after(cluster.id, ...made);
    this.resourceId = cluster.clusterResourceId;
    this.ownerSecretArn = cluster.masterUserSecrets.apply((secrets) =>
      only(secrets.map((secret) => secret.secretArn)),
    );
    this.securityGroupId = group.id;
    this.registerOutputs({ host: this.host });
  }
}

function majorOf(version: string): string {
  return version.replace(/\..*/, '');
}
