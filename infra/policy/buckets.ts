import { fault, membersOf, must, on, rule, type Rule, type StackRule } from './rule.ts';

/** S3 encrypts whatever it is given, unless it is told by what: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html */
const closed = rule(
  'buckets-are-closed',
  'Buckets are closed to the public, by every means there is',
  on('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', (block) =>
    (['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'] as const).map(
      (way) => must(() => block[way] === true, `set ${way} to true`),
    ),
  ),
  on('aws:s3/bucketAcl:BucketAcl', ({ acl }) => [
    must(() => !(acl ?? '').startsWith('public-'), 'set acl to private'),
  ]),
);

const blocked: StackRule = {
  name: 'buckets-have-a-public-access-block',
  description: 'Each bucket has a public access block',
  faultsAmong: (members) => {
    const blocks = membersOf(members, 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock');
    return membersOf(members, 'aws:s3/bucket:Bucket')
      .filter(({ member: { urn } }) => !blocks.some(({ member }) => member.needs.bucket?.includes(urn)))
      .map(({ member }) => fault(member, 'add a BucketPublicAccessBlock whose bucket is its id'));
  },
};

export const bucketRules: readonly Rule[] = [closed];
export const bucketStackRules: readonly StackRule[] = [blocked];
