import { beforeAll, describe, expect, it } from '@jest/globals';
import { services, type Service } from '#catalogue';
import { targetGroupName } from './naming.ts';
import { loadStack, type LoadedStack, type Registered } from './testing/stack.ts';

const added: Service = { name: 'added', port: 2999, prefix: '/added', needs: ['database'], scopes: {} };

describe.each(['dev', 'prod'])('the stack %s', (stack) => {
  let loaded: LoadedStack;

  beforeAll(async () => {
    loaded = await loadStack(stack);
  });

  it('names what it made', () => {
    const url = `http://clinic-${stack}.elb.example`;
    expect(loaded.outputs).toEqual({
      url,
      albDnsName: `clinic-${stack}.elb.example`,
      serviceUrls: each(({ prefix }) => `${url}${prefix}`),
      repositories: each(
        ({ name }) => `123456789012.dkr.ecr.eu-central-1.amazonaws.com/clinic-${stack}/${name}`,
      ),
      cluster: `clinic-${stack}`,
      logGroups: each(({ name }) => `/clinic-${stack}/${name}`),
      images: each(
        ({ name }) =>
          `123456789012.dkr.ecr.eu-central-1.amazonaws.com/clinic-${stack}/${name}@sha256:${'d'.repeat(64)}`,
      ),
      taskDefinitions: each(
        ({ name }) => `arn:aws:ecs:eu-central-1:123456789012:task-definition/clinic-${stack}-${name}:1`,
      ),
      ecsServices: each(({ name }) => `clinic-${stack}-${name}-8f7e6d5`),
      targetGroups: each(
        ({ name }) =>
          `arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/${targetGroupName(`clinic-${stack}`, name)}/1`,
      ),
      issuer: `https://cognito-idp.eu-central-1.amazonaws.com/clinic-${stack}-id`,
      clientIds: { machine: `clinic-${stack}-machine-id`, app: `clinic-${stack}-app-id` },
      deliveryRoles: {},
      tokenCommand: expect.stringContaining('/oauth2/token'),
    });
  });

  it('is the same however often it is loaded', async () => {
    const again = await loadStack(stack);
    expect(again.resources.map(comparable)).toEqual(loaded.resources.map(comparable));
  });

  it('has every resource under its component, and no two of one name', () => {
    const urns = loaded.resources.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
    const components = new Set(urns.filter((urn) => /[:$]clinic:\w+:\w+::/.test(urn)));
    const atTheTop = loaded.resources.filter(({ parent }) => parent === '').map(({ type }) => type);
    expect(new Set(atTheTop)).toEqual(
      new Set([
        'aws:ecs/cluster:Cluster',
        'clinic:database:Database',
        'clinic:identity:UserPool',
        'clinic:ingress:Ingress',
        'clinic:network:Network',
        'clinic:operations:Dashboard',
        'clinic:operations:Notices',
        'clinic:operations:StackAlarms',
        'clinic:service:Service',
      ]),
    );
    for (const { parent } of loaded.resources) expect(parent === '' || components.has(parent)).toBe(true);
  });

  describe('given one more service', () => {
    let made: Registered[];
    let before: Registered[];

    beforeAll(async () => {
      const more = await loadStack(stack, { catalogue: [added, ...services] });
      const known = new Set(loaded.resources.map(({ urn }) => urn));
      made = more.resources.filter(({ urn }) => !known.has(urn));
      before = more.resources.filter(({ urn }) => known.has(urn));
    });

    it('changes nothing of the others', () => {
      expect(before.map(comparable)).toEqual(loaded.resources.map(comparable));
    });

    it('makes for it what it made for each of them', () => {
      const ofPatient = loaded.resources.filter(({ name }) => name.startsWith(`clinic-${stack}-patient`));
      const named = (resources: readonly Registered[], name: string): string[] =>
        resources.map((resource) => `${resource.type} ${resource.name.replace(name, 'NAME')}`).sort();
      expect(named(made, added.name)).toEqual(named(ofPatient, 'patient'));
      expect(made.map(({ type }) => type)).toEqual(
        expect.arrayContaining([
          'aws:ecr/repository:Repository',
          'docker:index/image:Image',
          'aws:lb/targetGroup:TargetGroup',
          'aws:lb/listenerRule:ListenerRule',
          'awsx:ecs:FargateService',
          'aws:iam/role:Role',
        ]),
      );
    });
  });
});

function comparable({ type, urn, parent, inputs, waitsFor }: Registered): unknown {
  return { type, urn, parent, inputs, waitsFor: [...waitsFor] };
}

/** By service name. */
function each(value: (service: Service) => string): Record<string, string> {
  return Object.fromEntries(services.map((service) => [service.name, value(service)]));
}
