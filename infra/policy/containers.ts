import { eachContainer } from './task.ts';
import { each, must, rule, type Rule } from './rule.ts';

/** The one that may change schema and roles, and has the database's owner for it. */
const migration = 'migrate';

/** RDS names the secrets that it keeps `rds!cluster-...`: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html */
const ownerSecret = ':secret:rds!';

const ownerForMigrations = rule(
  'owner-secret-for-migrations-only',
  "Only the container `migrate` is given the secret of the database's owner",
  ...eachContainer((container, name) =>
    each(
      () => container.secrets,
      (secret) => [
        must(
          () => name === migration || !secret.name.includes('OWNER'),
          `remove the secret ${secret.name} from container ${name}; only ${migration} is given it`,
        ),
        must(
          () => name === migration || !secret.valueFrom.includes(ownerSecret),
          `remove the database owner's secret from container ${name}; only ${migration} is given it`,
        ),
      ],
    ),
  ),
);

const noPlainSecret = rule(
  'no-secret-in-the-environment',
  'Secrets are given to containers by reference, not as text that everyone reads who may describe a task',
  ...eachContainer((container, name) =>
    each(
      () => container.environment,
      (variable) => [
        must(
          () => !/(PASSWORD|SECRET|TOKEN|PRIVATE_KEY)$/i.test(variable.name ?? ''),
          `move ${variable.name} of container ${name} to its secrets`,
        ),
        must(
          () => !/^\w+:\/\/[^/@:]*:[^/@]+@/.test(variable.value ?? ''),
          `take the password out of ${variable.name} of container ${name}`,
        ),
      ],
    ),
  ),
);

const confined = rule(
  'containers-are-confined',
  'Containers run without root and write nowhere but to volumes',
  ...eachContainer((container, name) => [
    must(
      () => container.readonlyRootFilesystem === true,
      `set readonlyRootFilesystem of container ${name} to true`,
    ),
    must(
      () => /^[1-9]\d*(:\d+)?$/.test(container.user ?? ''),
      `set the user of container ${name} to a number other than 0`,
    ),
    must(() => container.privileged !== true, `set privileged of container ${name} to false`),
  ]),
);

export const containerRules: readonly Rule[] = [ownerForMigrations, noPlainSecret, confined];
