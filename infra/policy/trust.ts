import { eachAllowed, type Statement } from './document.ts';
import { must, on, rule, type Rule } from './rule.ts';

const gitHub = 'token.actions.githubusercontent.com';

const trust = rule(
  'roles-trust-somebody',
  'A role is for those it names; GitHub takes it for one environment of one repository alone',
  on('aws:iam/role:Role', (role) =>
    eachAllowed(
      () => role.assumeRolePolicy,
      (statement) => [
        must(() => !isForAnyone(statement), 'name who may take the role instead of *'),
        must(
          () => !isForGitHub(statement) || isBound(statement),
          `let StringEquals ${gitHub}:aud be sts.amazonaws.com and ${gitHub}:sub be repo:OWNER/NAME:environment:STACK`,
        ),
      ],
    ),
  ),
);

function isForGitHub({ principals }: Statement): boolean {
  return principals.some(([kind, who]) => kind === 'Federated' && who.endsWith(gitHub));
}

/** https://docs.github.com/en/actions/reference/security/oidc */
function isBound({ conditions }: Statement): boolean {
  const audience = conditions.get(`stringequals ${gitHub}:aud`) ?? [];
  const subjects = conditions.get(`stringequals ${gitHub}:sub`) ?? [];
  return (
    audience.join() === 'sts.amazonaws.com' &&
    subjects.length > 0 &&
    subjects.every((subject) => /^repo:[^/:*?]+\/[^/:*?]+:environment:[^:*?]+$/.test(subject))
  );
}

const resources = rule(
  'nothing-is-shared-with-everyone',
  'What policies of buckets, repositories, topics and queues allow, they allow somebody or under a condition',
  on(
    [
      'aws:ecr/repositoryPolicy:RepositoryPolicy',
      'aws:s3/bucketPolicy:BucketPolicy',
      'aws:sns/topicPolicy:TopicPolicy',
      'aws:sqs/queuePolicy:QueuePolicy',
    ],
    (owner) =>
      eachAllowed(
        () => owner.policy,
        (statement) => [
          must(
            () => !isForAnyone(statement),
            'name who is allowed instead of *, or the condition under which',
          ),
        ],
      ),
  ),
);

function isForAnyone({ principals, conditions }: Statement): boolean {
  return principals.some(([, who]) => who === '*') && conditions.size === 0;
}

export const trustRules: readonly Rule[] = [trust, resources];
