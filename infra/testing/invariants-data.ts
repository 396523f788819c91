import { all, at, statementsOf, waitedFor } from './find.ts';
import { fargate, faulty, rowsOf, wrong, type Invariants } from './parts.ts';
import { isValues, type Values } from './account.ts';

const cluster = 'aws:rds/cluster:Cluster';
const repository = 'aws:ecr/repository:Repository';

const on = (value: unknown): boolean => value === true;

const asksByHttp = ({ Effect, Action }: Values): boolean =>
  Effect === 'Allow' && [Action].flat().some((action) => /^(rds-data:|\*$)/.test(String(action)));

/** What each would quote otherwise: messages, statements, details, statements as they begin, slow ones, their values. */
const quiet = {
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

/** What is kept, where, and how well: database, images and logs. */
export const dataInvariants: Invariants = {
  'the database is in isolated subnets': (stack) =>
    faulty(
      all(stack, 'aws:rds/subnetGroup:SubnetGroup'),
      'subnetIds',
      (ids) => Array.isArray(ids) && ids.every((id) => String(id).startsWith('subnet-isolated-')),
    ),
  'the database has no public address': (stack) =>
    faulty(
      all(stack, 'aws:rds/clusterInstance:ClusterInstance'),
      'publiclyAccessible',
      (value) => value === false,
    ),
  'the database takes TLS alone': (stack) =>
    faulty(all(stack, 'aws:rds/clusterParameterGroup:ClusterParameterGroup'), 'parameters', (parameters) =>
      rowsOf(parameters).some(({ name, value }) => name === 'rds.force_ssl' && value === '1'),
    ),
  "the database's log quotes nothing of statements": (stack) =>
    faulty(all(stack, 'aws:rds/clusterParameterGroup:ClusterParameterGroup'), 'parameters', (parameters) =>
      Object.entries(quiet).every(([parameter, quietly]) =>
        rowsOf(parameters).some(({ name, value }) => name === parameter && value === quietly),
      ),
    ),
  'the database is encrypted': (stack) => faulty(all(stack, cluster), 'storageEncrypted', on),
  'services sign in by IAM': (stack) => faulty(all(stack, cluster), 'iamDatabaseAuthenticationEnabled', on),
  'people ask the database by the Data API': (stack) => faulty(all(stack, cluster), 'enableHttpEndpoint', on),
  'no role of the stack asks the database by the Data API': (stack) =>
    stack.resources
      .filter(({ type }) => /^aws:iam\/(policy|rolePolicy):/.test(type))
      .filter((one) => statementsOf(at(one, 'policy')).some(asksByHttp))
      .map(({ name }) => name),
  "the owner's password is known to RDS alone": (stack) => [
    ...faulty(all(stack, cluster), 'manageMasterUserPassword', on),
    ...faulty(all(stack, cluster), 'masterPassword', (value) => value === undefined),
  ],
  'the database is backed up': (stack) =>
    faulty(all(stack, cluster), 'backupRetentionPeriod', (days) => Number(days) >= 1),
  'a change of the database does not wait for a maintenance window': (stack) =>
    faulty(all(stack, cluster), 'applyImmediately', on),
  'tasks begin once the database has a writer': (stack) =>
    wrong(
      all(stack, fargate).map((tasks) => ({
        of: tasks.name,
        values: waitedFor(tasks, 'taskDefinitionArgs'),
      })),
      (types) => types.includes('aws:rds/clusterInstance:ClusterInstance'),
    ),
  'tags of images never move': (stack) =>
    faulty(all(stack, repository), 'imageTagMutability', (value) => value === 'IMMUTABLE'),
  'images are scanned when they come': (stack) =>
    faulty(all(stack, repository), 'imageScanningConfiguration.scanOnPush', on),
  'the last twenty images are kept': (stack) =>
    faulty(all(stack, 'aws:ecr/lifecyclePolicy:LifecyclePolicy'), 'policy', (text) => {
      const policy: unknown = JSON.parse(String(text));
      const counts = rowsOf(isValues(policy) ? policy.rules : undefined).map(({ selection }) =>
        isValues(selection) ? selection.countNumber : undefined,
      );
      return JSON.stringify(counts) === '[20]';
    }),
  'logs are kept for a time, not for ever': (stack) =>
    faulty(all(stack, 'aws:cloudwatch/logGroup:LogGroup'), 'retentionInDays', (days) => Number(days) > 0),
};
