import { isValues, typeOf, type Step, type Values } from './preview.ts';

/** What a reviewer must see before anything else, in this order. */
export const kinds = {
  lost: 'Replaced or deleted',
  exposed: 'Public exposure',
  groups: 'Security groups',
  iam: 'IAM',
  cost: 'Costly',
} as const;

export type Kind = keyof typeof kinds;

/** Why a step wants a look. */
export interface Concern {
  readonly kind: Kind;
  readonly why: string;
}

/** What holds data or the way to it: losing one of these is told in capitals. */
const keepers =
  /^aws:(rds\/|s3\/bucket|ecr\/repository:|cognito\/userPool:|kms\/key:|secretsmanager\/secret:)/;
const groups = /^aws:(ec2|vpc)\/securityGroup/;
const anywhere = /^(0\.0\.0\.0\/0|::\/0)$/;

/** What Pulumi calls a replacement's parts; `replace` is the whole of it. */
const replacing = new Set(['replace', 'create-replacement', 'delete-replaced', 'discard-replaced']);
const deleting = new Set(['delete', 'discard']);

export function isReplacement({ op }: Step): boolean {
  return replacing.has(op);
}

/** Everything about a step that is not harmless. */
export function concernsOf(step: Step): Concern[] {
  const [type, inputs] = [typeOf(step), step.newState?.inputs ?? {}];
  const comes = !deleting.has(step.op) && step.op !== 'delete-replaced';
  return [
    ...losses(step, type),
    ...(comes ? exposures(type, inputs) : []),
    ...(groups.test(type) ? groupChanges(step, inputs, comes) : []),
    ...(type.startsWith('aws:iam/') ? iamChanges(step, inputs, comes) : []),
    ...(comes ? costs(step, type) : []),
  ];
}

function losses(step: Step, type: string): Concern[] {
  const data = keepers.test(type) ? ' - **IT HOLDS DATA**' : '';
  if (isReplacement(step)) {
    const reasons = step.replaceReasons ?? [];
    const because = reasons.length > 0 ? ` because of ${reasons.map(code).join(', ')}` : '';
    return [{ kind: 'lost', why: `is replaced${because}${data}` }];
  }
  return deleting.has(step.op) ? [{ kind: 'lost', why: `is deleted${data}` }] : [];
}

function exposures(type: string, inputs: Values): Concern[] {
  const found: string[] = [];
  if (isOpen(type, inputs)) found.push('lets in anybody from the internet');
  if (inputs.assignPublicIp === true || valueAt(inputs, 'networkConfiguration', 'assignPublicIp') === true)
    found.push('gives tasks a public address');
  if (inputs.publiclyAccessible === true) found.push('makes a database reachable from the internet');
  if (inputs.mapPublicIpOnLaunch === true) found.push('gives whatever starts in a subnet a public address');
  if (/^aws:(lb|alb)\/loadBalancer:/.test(type) && inputs.internal !== true)
    found.push('is a load balancer on the internet');
  if (type.includes('PublicAccessBlock:') && Object.values(inputs).includes(false))
    found.push('no longer blocks public access to a bucket');
  return found.map((why) => ({ kind: 'exposed', why }));
}

/** Whether a security group or one of its rules lets in the whole internet. */
function isOpen(type: string, inputs: Values): boolean {
  if (!groups.test(type)) return false;
  const rules = [inputs, ...listAt(inputs, 'ingress')];
  const inwards = !type.includes('EgressRule:') && inputs.type !== 'egress';
  return inwards && rules.some((rule) => sourcesOf(rule).some((source) => anywhere.test(source)));
}

function sourcesOf(rule: Values): string[] {
  const { cidrIpv4, cidrIpv6, cidrBlocks, ipv6CidrBlocks } = rule;
  return [cidrIpv4, cidrIpv6, cidrBlocks, ipv6CidrBlocks].flat().filter((one) => typeof one === 'string');
}

function groupChanges(step: Step, inputs: Values, comes: boolean): Concern[] {
  if (!comes) return [{ kind: 'groups', why: 'closes' }];
  const rules = [inputs, ...listAt(inputs, 'ingress'), ...listAt(inputs, 'egress')];
  const told = rules
    .filter(
      (rule) => rule.fromPort !== undefined || rule.ipProtocol !== undefined || rule.protocol !== undefined,
    )
    .map(ruleOf);
  return [{ kind: 'groups', why: [verbOf(step), ...told].join('; ') }];
}

function ruleOf(rule: Values): string {
  const { fromPort, toPort, ipProtocol, protocol, referencedSecurityGroupId, sourceSecurityGroupId } = rule;
  const ports =
    fromPort === undefined
      ? 'all ports'
      : fromPort === toPort
        ? fromPort
        : `${text(fromPort)}-${text(toPort)}`;
  const peers = [...sourcesOf(rule), referencedSecurityGroupId ?? sourceSecurityGroupId ?? []].flat();
  return `${text(ipProtocol ?? protocol ?? 'tcp')} ${text(ports)} with ${peers.map(text).join(', ') || 'a group'}`;
}

function iamChanges(step: Step, inputs: Values, comes: boolean): Concern[] {
  if (!comes) return [{ kind: 'iam', why: 'is taken away' }];
  const statements = [inputs.policy, inputs.assumeRolePolicy, inputs.inlinePolicies].flatMap(statementsIn);
  const wide = statements.filter(isWide).map((statement) => `allows ${wordsOf(statement)}`);
  const managed = [inputs.policyArn, inputs.managedPolicyArns].flat().map(text);
  const admin = managed.filter((arn) => /AdministratorAccess|PowerUserAccess|FullAccess/.test(arn));
  const why = [verbOf(step), ...wide.map(bold), ...admin.map((arn) => bold(`attaches ${arn}`))].join('; ');
  return [{ kind: 'iam', why }];
}

/** The statements of a policy document, however it is wrapped. */
function statementsIn(policy: unknown): Values[] {
  if (Array.isArray(policy)) return policy.flatMap((one) => statementsIn(isValues(one) ? one.policy : one));
  if (typeof policy !== 'string')
    return isValues(policy) ? [policy.Statement ?? []].flat().filter(isValues) : [];
  try {
    return statementsIn(JSON.parse(policy) as unknown);
  } catch {
    // Not known before it is deployed.
    return [];
  }
}

function isWide({ Effect, Action, Resource, NotAction, Principal }: Values): boolean {
  if (Effect !== 'Allow') return false;
  const wildcardActions = [Action ?? []].flat().some((action) => /^(\*|[\w-]+:\*)$/.test(text(action)));
  const anyPrincipal = Principal === '*' || (isValues(Principal) && [Principal.AWS].flat().includes('*'));
  return (
    anyPrincipal ||
    NotAction !== undefined ||
    wildcardActions ||
    (text(Action) === '*' && text(Resource) === '*')
  );
}

function wordsOf({ Action, NotAction, Resource, Principal }: Values): string {
  const who = Principal === undefined ? '' : ` to ${text(Principal)}`;
  const what = NotAction === undefined ? text(Action) : `all but ${text(NotAction)}`;
  return `${what} on ${text(Resource ?? 'itself')}${who}`;
}

/** What is paid for by the hour whether or not it is used. */
const paidByTheHour: readonly [RegExp, string][] = [
  [/^aws:ec2\/natGateway:/, 'is a NAT gateway, paid by the hour and by the gigabyte'],
  [/^aws:rds\/(cluster)?[iI]nstance:/, 'is a database instance, paid by the hour'],
  [/^aws:ec2\/vpcEndpoint:/, 'is a VPC endpoint, paid by the hour and zone unless it is a gateway'],
  [/^aws:(lb|alb)\/loadBalancer:/, 'is a load balancer, paid by the hour'],
];

function costs({ op }: Step, type: string): Concern[] {
  if (op !== 'create') return [];
  return paidByTheHour
    .filter(([of]) => of.test(type))
    .map(([, why]) => ({ kind: 'cost', why: `${why}: new` }));
}

function verbOf({ op, diffReasons }: Step): string {
  if (op === 'create') return 'is new';
  const reasons = diffReasons ?? [];
  return reasons.length > 0 ? `changes in ${reasons.map(code).join(', ')}` : 'changes';
}

function listAt(values: Values, key: string): Values[] {
  const list = values[key];
  return Array.isArray(list) ? list.filter(isValues) : [];
}

function valueAt(values: Values, outer: string, inner: string): unknown {
  const nested = values[outer];
  return isValues(nested) ? nested[inner] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

const code = (word: string): string => `\`${word}\``;
const bold = (words: string): string => `**${words}**`;
