import { accepts, account, given, refuses, unknown, type Cases } from './case.fixtures.ts';

type Values = Readonly<Record<string, unknown>>;

const repository = 'aws:ecr/repository:Repository';
const url = `${account}.dkr.ecr.eu-central-1.amazonaws.com/clinic-dev/patient`;
const digest = `${url}@sha256:${'d'.repeat(64)}`;
const ownerArn = `arn:aws:secretsmanager:eu-central-1:${account}:secret:rds!cluster-1:password::`;

const right = { image: digest, user: '1000:1000', readonlyRootFilesystem: true, essential: true };
const ownersPassword = { name: 'DATABASE_OWNER_PASSWORD', valueFrom: ownerArn };

/** A task as ECS is given it: all that runs in it as one JSON text. */
const defined = (...containers: readonly Values[]) =>
  given('aws:ecs/taskDefinition:TaskDefinition', {
    family: 'clinic-dev-patient',
    containerDefinitions: JSON.stringify(containers),
  });
const app = (values: Values) => defined({ ...right, name: 'app', ...values });
const migrate = { ...right, name: 'migrate', secrets: [ownersPassword] };

/** A task as the program asks awsx for it. */
const asked = (containers: Values) =>
  given('awsx:ecs:FargateService', { taskDefinitionArgs: { containers } });

const still = given('aws:ecs/taskDefinition:TaskDefinition', { containerDefinitions: unknown });

export const taskCases: Cases = {
  'tags-never-move': [
    accepts('tags that stay', given(repository, { imageTagMutability: 'IMMUTABLE' })),
    refuses(
      'tags that move',
      given(repository, { imageTagMutability: 'MUTABLE' }),
      'set imageTagMutability to IMMUTABLE',
    ),
    refuses('what ECR does by itself', given(repository, {}), 'set imageTagMutability to IMMUTABLE'),
  ],
  'images-are-scanned': [
    accepts('a scan on push', given(repository, { imageScanningConfiguration: { scanOnPush: true } })),
    refuses('none', given(repository, {}), 'set imageScanningConfiguration.scanOnPush to true'),
  ],
  'no-image-is-latest': [
    accepts('a tag by content', given('docker:index/image:Image', { imageName: `${url}:0123abcd` })),
    accepts('a name that is not known yet', given('docker:index/image:Image', { imageName: unknown })),
    ...[`${url}:latest`, url].map((imageName) =>
      refuses(
        imageName,
        given('docker:index/image:Image', { imageName }),
        'end imageName with a tag that follows from the content',
      ),
    ),
  ],
  'images-by-digest': [
    accepts('a digest', app({})),
    accepts('containers that are not known yet', still),
    accepts('an image that is still to be built', asked({ app: { ...right, image: unknown } })),
    refuses(
      'a tag',
      app({ image: `${url}:latest` }),
      'name the image of container app by digest, REPOSITORY@sha256:...',
    ),
    refuses(
      'a tag beside what is not known yet',
      asked({ app: unknown, migrate: { ...right, image: `${url}:1` } }),
      'name the image of container migrate by digest, REPOSITORY@sha256:...',
    ),
    refuses(
      'a tag in a task without a service',
      given('awsx:ecs:FargateTaskDefinition', { container: { ...right, name: 'job', image: 'node:26' } }),
      'name the image of container job by digest, REPOSITORY@sha256:...',
    ),
  ],
  'owner-secret-for-migrations-only': [
    accepts('a migration that has it', defined({ ...right, name: 'app' }, migrate)),
    accepts(
      'an app with a secret of its own',
      app({ secrets: [{ name: 'API_KEY', valueFrom: 'arn:other' }] }),
    ),
    accepts(
      'a secret that is still to be made',
      asked({
        app: right,
        migrate: { ...right, secrets: [{ name: 'DATABASE_OWNER_USER', valueFrom: unknown }] },
      }),
    ),
    refuses(
      'an app that has it too',
      app({ secrets: [ownersPassword] }),
      'remove the secret DATABASE_OWNER_PASSWORD from container app; only migrate is given it',
      "remove the database owner's secret from container app; only migrate is given it",
    ),
    refuses(
      'an app that has it under another name',
      app({ secrets: [{ name: 'DATABASE_PASSWORD', valueFrom: ownerArn }] }),
      "remove the database owner's secret from container app; only migrate is given it",
    ),
    refuses(
      'an app that asks for it before it is made',
      asked({ app: { ...right, secrets: [{ name: 'DATABASE_OWNER_PASSWORD', valueFrom: unknown }] } }),
      'remove the secret DATABASE_OWNER_PASSWORD from container app; only migrate is given it',
    ),
  ],
  'no-secret-in-the-environment': [
    accepts(
      'a role without a password',
      app({ environment: [{ name: 'DATABASE_URL', value: 'postgres://patient@db.example:5432/clinic' }] }),
    ),
    accepts(
      'an address that is not known yet',
      asked({ app: { environment: [{ name: 'DATABASE_URL', value: unknown }] } }),
    ),
    refuses(
      'a password in the open',
      app({ environment: [{ name: 'DATABASE_OWNER_PASSWORD', value: 'not a real one' }] }),
      'move DATABASE_OWNER_PASSWORD of container app to its secrets',
    ),
    refuses(
      'a password inside an address',
      app({
        environment: [{ name: 'DATABASE_URL', value: 'postgres://patient:none@db.example:5432/clinic' }],
      }),
      'take the password out of DATABASE_URL of container app',
    ),
  ],
  'containers-are-confined': [
    accepts('a user without rights, and nothing to write to', app({})),
    accepts('containers that are not known yet', still),
    refuses(
      'root, whose files it may change',
      app({ user: '0:0', readonlyRootFilesystem: false, privileged: true }),
      'set readonlyRootFilesystem of container app to true',
      'set the user of container app to a number other than 0',
      'set privileged of container app to false',
    ),
    refuses(
      'what an image says by itself',
      defined({ name: 'app', image: digest }),
      'set readonlyRootFilesystem of container app to true',
      'set the user of container app to a number other than 0',
    ),
  ],
};
