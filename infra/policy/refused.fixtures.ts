/** By rule: the changes of one line in the program that it refuses, by what they replace. */
export const refusedChanges: Readonly<Record<string, readonly string[]>> = {
  'no-public-task': ['assignPublicIp: false'],
  'ingress-through-the-load-balancer': [
    'securityGroupId: to, referencedSecurityGroupId: from',
    'secure ? [80, 443] : [80]',
  ],
  'load-balancer-is-hardened': ['ELBSecurityPolicy-TLS13-1-2-2021-06'],
  'no-plain-listener-beside-tls': ['secure ? toHttps : noService'],
  'weighty-actions-name-resources': ["['secretsmanager:GetSecretValue'], args.ownerSecretArn"],
  'database-is-not-public': ['publiclyAccessible: false'],
  'database-is-encrypted': ['storageEncrypted: true', "name: 'rds.force_ssl', value: '1'"],
  'database-password-is-kept-by-rds': [
    'manageMasterUserPassword: true',
    'iamDatabaseAuthenticationEnabled: true',
  ],
  'tags-never-move': ["'IMMUTABLE'"],
  'images-are-scanned': ['scanOnPush: true'],
  'images-by-digest': ['return image.repoDigest'],
  'owner-secret-for-migrations-only': ['essential: true,'],
  'containers-are-confined': ['readonlyRootFilesystem: true', "user: '1000:1000'"],
  'logs-are-kept-for-a-time': [', retentionInDays: args.logRetentionDays'],
  'prod-is-not-deleted-by-mistake': ['clinic:deletionProtection: true', 'clinic:finalSnapshot: true'],
  'prod-has-no-shell': ['clinic:ecsExec: false'],
};

/** The rules that must refuse a change. */
export function rulesAgainst(from: string): string[] {
  return Object.entries(refusedChanges)
    .filter(([, changes]) => changes.includes(from))
    .map(([rule]) => rule);
}
