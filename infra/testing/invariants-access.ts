import { isValues } from './account.ts';
import { all, at, statementsOf, waitedFor } from './find.ts';
import { containers, fargate, rowsOf, type Invariants } from './parts.ts';

/** Actions that know no resources, so that their permission can name none. */
const unbound = /^(ecr:GetAuthorizationToken|ssmmessages:(Create|Open)(Control|Data)Channel)$/;

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

/** Who may reach what, and as whom. */
export const accessInvariants: Invariants = {
  'only the load balancer is open to the internet': (stack) =>
    all(stack, 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule')
      .filter(
        ({ inputs }) =>
          inputs.referencedSecurityGroupId === undefined &&
          !String(inputs.securityGroupId).endsWith('-alb-id'),
      )
      .map(({ name }) => name),
  'the load balancer is open on 80 and 443 alone': (stack) =>
    all(stack, 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule')
      .filter(({ inputs }) => inputs.cidrIpv4 !== undefined)
      .filter(({ inputs }) => inputs.fromPort !== inputs.toPort || ![80, 443].includes(Number(inputs.toPort)))
      .map(({ name }) => name),
  'tasks speak to the internet on 443 alone': (stack) =>
    all(stack, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule')
      .filter(({ inputs }) => inputs.cidrIpv4 !== undefined)
      .filter(({ inputs }) => inputs.fromPort !== 443 || inputs.toPort !== 443)
      .map(({ name }) => name),
  'permissions name their actions and resources': (stack) =>
    all(stack, 'aws:iam/rolePolicy:RolePolicy').flatMap((role) =>
      statementsOf(at(role, 'policy'))
        .filter(({ Action, Resource }) => {
          const wild = texts(Action).some((action) => action.includes('*'));
          return (
            wild || (texts(Resource).includes('*') && !texts(Action).every((name) => unbound.test(name)))
          );
        })
        .map((statement) => `${role.name}: ${JSON.stringify(statement)}`),
    ),
  'the roles of tasks serve this account alone': (stack) =>
    all(stack, 'aws:iam/role:Role')
      .filter((role) => /-(execution|task)$/.test(role.name))
      .filter((role) =>
        statementsOf(at(role, 'assumeRolePolicy')).some(
          ({ Condition }) =>
            !isValues(Condition) ||
            !isValues(Condition.StringEquals) ||
            Condition.StringEquals['aws:SourceAccount'] !== '123456789012',
        ),
      )
      .map(({ name }) => name),
  'a task begins once it has its permissions': (stack) =>
    all(stack, fargate)
      .filter((tasks) => !waitedFor(tasks, 'taskDefinitionArgs').includes('aws:iam/rolePolicy:RolePolicy'))
      .map(({ name }) => name),
  'the owner of the database is known to migrations alone': (stack) =>
    containers(stack)
      .filter(({ of, values }) => !of.endsWith(' migrate') && JSON.stringify(values).includes(':secret:'))
      .map(({ of }) => of),
  'no container writes to its root file system': (stack) =>
    containers(stack)
      .filter(({ values }) => values.readonlyRootFilesystem !== true)
      .map(({ of }) => of),
  'no container runs as root': (stack) =>
    containers(stack)
      .filter(({ values }) => !/^[1-9]\d*:[1-9]\d*$/.test(String(values.user)))
      .map(({ of }) => of),
  'a container reaps its children': (stack) =>
    containers(stack)
      .filter(({ values }) => !isValues(values.linuxParameters) || !values.linuxParameters.initProcessEnabled)
      .map(({ of }) => of),
  'a service begins once its migration has succeeded': (stack) =>
    containers(stack, 'app')
      .filter(
        ({ values }) =>
          !rowsOf(values.dependsOn).some(
            ({ containerName, condition }) => containerName === 'migrate' && condition === 'SUCCESS',
          ),
      )
      .map(({ of }) => of),
  'an image is deployed by its digest': (stack) =>
    containers(stack)
      .filter(({ values }) => !/@sha256:[0-9a-f]{64}$/.test(String(values.image)))
      .map(({ of }) => of),
};
