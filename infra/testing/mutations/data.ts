import type { Row } from './mutation.ts';

/** What is kept, and how well. */
export const dataRows: readonly Row[] = [
  [
    'the database has no public address',
    'infra/database.ts',
    'publiclyAccessible: false',
    'publiclyAccessible: true',
  ],
  [
    'the database takes TLS alone',
    'infra/database.ts',
    "name: 'rds.force_ssl', value: '1'",
    "name: 'rds.force_ssl', value: '0'",
  ],
  ["the database's log quotes nothing of statements", 'infra/database.ts', ', ...logParameters', ''],
  ...[
    ["'log_min_messages', value: 'log'", "'log_min_messages', value: 'error'"],
    ["'log_min_error_statement', value: 'panic'", "'log_min_error_statement', value: 'error'"],
    ["'log_error_verbosity', value: 'terse'", "'log_error_verbosity', value: 'default'"],
    ["'log_statement', value: 'none'", "'log_statement', value: 'all'"],
    ["'log_min_duration_statement', value: '-1'", "'log_min_duration_statement', value: '0'"],
    ["'log_parameter_max_length', value: '0'", "'log_parameter_max_length', value: '-1'"],
    ["'log_parameter_max_length_on_error', value: '0'", "'log_parameter_max_length_on_error', value: '-1'"],
  ].map(([from = '', to = '']): Row => [
    "the database's log quotes nothing of statements",
    'libs/catalogue/src/database-log.ts',
    from,
    to,
  ]),
  ['the database is encrypted', 'infra/database.ts', 'storageEncrypted: true', 'storageEncrypted: false'],
  [
    'services sign in by IAM',
    'infra/database.ts',
    'iamDatabaseAuthenticationEnabled: true',
    'iamDatabaseAuthenticationEnabled: false',
  ],
  [
    'people ask the database by the Data API',
    'infra/database.ts',
    'enableHttpEndpoint: true',
    'enableHttpEndpoint: false',
  ],
  [
    'no role of the stack asks the database by the Data API',
    'infra/roles.ts',
    "allow(['secretsmanager:GetSecretValue'], args.ownerSecretArn)",
    "allow(['secretsmanager:GetSecretValue', 'rds-data:ExecuteStatement'], args.ownerSecretArn)",
  ],
  [
    'no role of the stack asks the database by the Data API',
    'infra/delivery/data.ts',
    "'DisableHttpEndpoint', 'EnableHttpEndpoint'",
    "'DisableHttpEndpoint', 'EnableHttpEndpoint'), ...actions('rds-data', 'ExecuteStatement'), ...actions('rds'",
  ],
  [
    "the owner's password is known to RDS alone",
    'infra/database.ts',
    'manageMasterUserPassword: true',
    "masterPassword: 'clinic'",
  ],
  ['the database is backed up', 'infra/database.ts', 'backupRetentionPeriod: args.backupRetentionDays,', ''],
  [
    'tasks begin once the database has a writer',
    'infra/database.ts',
    'after(cluster.endpoint, ...made)',
    'after(cluster.endpoint)',
  ],
  ['tags of images never move', 'infra/repository.ts', "'IMMUTABLE'", "'MUTABLE'"],
  ['images are scanned when they come', 'infra/repository.ts', 'scanOnPush: true', 'scanOnPush: false'],
  ['the last twenty images are kept', 'infra/repository.ts', 'imagesKept = 20', 'imagesKept = 1'],
  [
    'logs are kept for a time, not for ever',
    'infra/service.ts',
    ', retentionInDays: args.logRetentionDays',
    '',
  ],
  [
    'a change of the database does not wait for a maintenance window',
    'infra/database.ts',
    'applyImmediately: true',
    'applyImmediately: false',
  ],
];
