import { isValues, type Values } from './account.ts';
import { all, at, one, statementsOf, waitedFor } from './find.ts';
import { containers, fargate, faulty, given, is, rowsOf, vpc, wrong, type Invariants } from './parts.ts';
import type { LoadedStack } from './stack.ts';

const role = 'aws:iam/role:Role';
const securityGroup = 'aws:ec2/securityGroup:SecurityGroup';

/** Actions that know no resources, so that their permission can name none. */
const unbound = /^(ecr:GetAuthorizationToken|ssmmessages:(Create|Open)(Control|Data)Channel)$/;

/** What a role may be given itself: who takes it, its name, and the boundary of all that it is permitted. */
const widensNothing = new Set(['assumeRolePolicy', 'name', 'permissionsBoundary']);

/** What is attached to the roles of GitHub's workflows: policies that are called after the role, or after it and a part. */
const delivering =
  /^(clinic-\w+-(?:preview|drift|deploy)) arn:aws:iam::123456789012:policy\/\1(?:-(?:network|services|data|roles))?$/;

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

/** The rules of one direction that name addresses instead of a group. */
const rulesFor = (stack: LoadedStack, type: 'Ingress' | 'Egress') =>
  given(
    all(stack, `aws:vpc/securityGroup${type}Rule:SecurityGroup${type}Rule`).filter(
      ({ inputs }) => inputs.referencedSecurityGroupId === undefined,
    ),
  );

/** Those that let in whom the VPC doesn't hold. */
const fromOutside = (stack: LoadedStack) =>
  rulesFor(stack, 'Ingress').filter(({ values }) => values.cidrIpv4 !== at(one(stack, vpc), 'cidrBlock'));

const onlyThisAccount = ({ Condition }: Values): boolean =>
  isValues(Condition) &&
  isValues(Condition.StringEquals) &&
  Condition.StringEquals['aws:SourceAccount'] === '123456789012';

const narrow = ({ Action, Resource }: Values): boolean =>
  !texts(Action).some((action) => action.includes('*')) &&
  (!texts(Resource).includes('*') || texts(Action).every((name) => unbound.test(name)));

/** Who may reach what, and as whom. */
export const accessInvariants: Invariants = {
  'only the load balancer is open to the internet': (stack) =>
    wrong(fromOutside(stack), ({ securityGroupId }) => String(securityGroupId).endsWith('-alb-id')),
  'the load balancer is open on 80 and 443 alone': (stack) =>
    wrong(
      fromOutside(stack),
      ({ fromPort, toPort }) => fromPort === toPort && [80, 443].includes(Number(toPort)),
    ),
  'tasks speak to the internet on 443 alone': (stack) =>
    wrong(rulesFor(stack, 'Egress'), ({ fromPort, toPort }) => fromPort === 443 && toPort === 443),
  // Beside rules of their own, AWS' provider would take each other's away; and they'd be read by none of these.
  'groups of tasks and database are open by rules of their own alone': (stack) =>
    wrong(
      given(all(stack, securityGroup).filter(({ name }) => !name.endsWith('-alb'))),
      (group) => !('ingress' in group) && !('egress' in group),
    ),
  "the load balancer's group is open by rules of their own alone": (stack) =>
    wrong(
      given(all(stack, securityGroup).filter(({ name }) => name.endsWith('-alb'))),
      (group) => !('ingress' in group) && !('egress' in group),
    ),
  'permissions name their actions and resources': (stack) =>
    faulty(all(stack, 'aws:iam/rolePolicy:RolePolicy'), 'policy', (policy) =>
      statementsOf(policy).every(narrow),
    ),
  'a role has the permissions that are written here and no more': (stack) => [
    ...wrong(given(all(stack, role)), (inputs) => Object.keys(inputs).every((key) => widensNothing.has(key))),
    ...stack.resources
      .filter(({ type }) => /^aws:iam\/(rolePolicyAttachment|policyAttachment):/.test(type))
      .filter(({ inputs }) => !delivering.test(`${String(inputs.role)} ${String(inputs.policyArn)}`))
      .map(({ name, type }) => `${name} is ${type}`),
  ],
  'the roles of tasks serve this account alone': (stack) =>
    faulty(
      all(stack, role).filter(({ name }) => /-(execution|task)$/.test(name)),
      'assumeRolePolicy',
      (policy) => statementsOf(policy).every(onlyThisAccount),
    ),
  'a task begins once it has its permissions': (stack) =>
    wrong(
      all(stack, fargate).map((tasks) => ({
        of: tasks.name,
        values: waitedFor(tasks, 'taskDefinitionArgs'),
      })),
      (types) => types.includes('aws:iam/rolePolicy:RolePolicy'),
    ),
  'the owner of the database is known to migrations alone': (stack) =>
    wrong(
      containers(stack),
      (values) => JSON.stringify(values).includes(':secret:') === (values.name === 'migrate'),
    ),
  'no container writes to its root file system': (stack) =>
    wrong(containers(stack), ({ readonlyRootFilesystem }) => readonlyRootFilesystem === true),
  'no container runs as root': (stack) =>
    wrong(containers(stack), ({ user }) => /^[1-9]\d*:[1-9]\d*$/.test(String(user))),
  'a container reaps its children': (stack) =>
    wrong(containers(stack), ({ linuxParameters }) => is({ initProcessEnabled: true })(linuxParameters)),
  'a service begins once its migration has succeeded': (stack) =>
    wrong(containers(stack, 'app'), ({ dependsOn }) =>
      rowsOf(dependsOn).some(
        ({ containerName, condition }) => containerName === 'migrate' && condition === 'SUCCESS',
      ),
    ),
  'an image is deployed by its digest': (stack) =>
    wrong(containers(stack), ({ image }) => /@sha256:[0-9a-f]{64}$/.test(String(image))),
};

/** What holds where AWS is reached inside the VPC. */
export const endpointInvariants: Invariants = {
  'endpoints: their group is the one that the VPC may reach': (stack) =>
    wrong(
      rulesFor(stack, 'Ingress').filter(({ of }) => of.endsWith('-endpoints')),
      ({ securityGroupId, cidrIpv4, fromPort, toPort }) =>
        is(['clinic-dev-endpoints-id', '10.0.0.0/16', 443, 443])([
          securityGroupId,
          cidrIpv4,
          fromPort,
          toPort,
        ]),
    ),
  'endpoints: they are in private subnets, in their own group and under their own names': (stack) => {
    const endpoints = all(stack, 'aws:ec2/vpcEndpoint:VpcEndpoint');
    return [
      ...faulty(endpoints, 'securityGroupIds', is(['clinic-dev-endpoints-id'])),
      ...faulty(endpoints, 'subnetIds', is(['subnet-private-1', 'subnet-private-2'])),
      ...faulty(endpoints, 'privateDnsEnabled', is(true)),
    ];
  },
  'endpoints: a task starts by them': (stack) =>
    ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'].filter(
      (name) =>
        !all(stack, 'aws:ec2/vpcEndpoint:VpcEndpoint').some(({ inputs }) =>
          String(inputs.serviceName).endsWith(`.${name}`),
        ),
    ),
};
