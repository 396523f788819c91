import {
  fault,
  known,
  knownOf,
  membersOf,
  must,
  on,
  rule,
  type Member,
  type Rule,
  type StackRule,
} from './rule.ts';

interface Listener {
  readonly port?: number | undefined;
  readonly protocol?: string | undefined;
  readonly defaultActions?: readonly Action[] | undefined;
}

interface Action {
  readonly type: string;
  readonly redirect?: { readonly protocol?: string | undefined } | undefined;
}

const hardened = rule(
  'load-balancer-is-hardened',
  'Load balancers drop invalid headers and speak TLS 1.2 or newer',
  on('aws:lb/loadBalancer:LoadBalancer', (balancer) => [
    must(() => balancer.dropInvalidHeaderFields === true, 'set dropInvalidHeaderFields to true'),
  ]),
  on('aws:lb/listener:Listener', (listener) => [
    must(
      () => !isTls(listener) || /^ELBSecurityPolicy-TLS13-1-[23]-/.test(listener.sslPolicy ?? ''),
      'set sslPolicy to one of TLS 1.2 and newer, such as ELBSecurityPolicy-TLS13-1-2-2021-06',
    ),
  ]),
);

const redirected: StackRule = {
  name: 'no-plain-listener-beside-tls',
  description: 'Where there is a certificate, HTTP is redirected to HTTPS and serves nothing itself',
  faultsAmong: (members) => {
    const listeners = listenersAmong(members);
    const secure =
      members.some(({ type }) => type === 'aws:acm/certificate:Certificate') ||
      listeners.some(({ listener }) => known(() => isTls(listener)) === true);
    const plain = secure ? listeners.filter(({ listener }) => known(() => isTls(listener)) === false) : [];
    return [
      ...plain
        .filter(({ listener }) => known(() => leadToTls(listener.defaultActions)) === false)
        .map(({ member }) =>
          fault(member, 'make the default action of the HTTP listener a redirect to HTTPS'),
        ),
      ...membersOf(members, 'aws:lb/listenerRule:ListenerRule')
        .filter(({ member: { needs } }) =>
          plain.some(({ member }) => needs.listenerArn?.includes(member.urn)),
        )
        .filter(({ props }) => known(() => leadToTls(props.actions)) === false)
        .map(({ member }) => fault(member, 'take the listenerArn of the HTTPS listener')),
    ];
  },
};

/** Under mocks a component has its listeners as it is given them; from the engine it has their ids, and each is a resource. */
function listenersAmong(members: readonly Member[]): { member: Member; listener: Listener }[] {
  const ofComponents = membersOf(members, 'awsx:lb:ApplicationLoadBalancer').flatMap(({ member, props }) =>
    [known(() => props.listener), ...knownOf(() => props.listeners)]
      .filter((listener) => typeof listener === 'object')
      .map((listener) => ({ member, listener })),
  );
  return [
    ...membersOf(members, 'aws:lb/listener:Listener').map(({ member, props }) => ({
      member,
      listener: props,
    })),
    ...ofComponents,
  ];
}

function isTls({ port, protocol }: Listener): boolean {
  return protocol === undefined ? port === 443 : protocol === 'HTTPS';
}

function leadToTls(actions: readonly Action[] = []): boolean {
  return (
    actions.length > 0 &&
    actions.every(({ type, redirect }) => type === 'redirect' && redirect?.protocol === 'HTTPS')
  );
}

export const listenerRules: readonly Rule[] = [hardened];
export const listenerStackRules: readonly StackRule[] = [redirected];
