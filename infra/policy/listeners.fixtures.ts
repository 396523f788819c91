import { accepts, given, refuses, unknown, type Cases } from './case.fixtures.ts';

const balancer = 'aws:lb/loadBalancer:LoadBalancer';
const component = 'awsx:lb:ApplicationLoadBalancer';
const listener = 'aws:lb/listener:Listener';
const listenerRule = 'aws:lb/listenerRule:ListenerRule';

const toHttps = [{ type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } }];
const notFound = [
  { type: 'fixed-response', fixedResponse: { contentType: 'text/plain', statusCode: '404' } },
];
const forward = [{ type: 'forward', targetGroupArn: unknown }];

const http = (defaultActions: unknown) =>
  given(listener, { loadBalancerArn: unknown, port: 80, protocol: 'HTTP', defaultActions }, { name: 'it-0' });
const https = given(
  listener,
  {
    loadBalancerArn: unknown,
    port: 443,
    protocol: 'HTTPS',
    sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    certificateArn: unknown,
    defaultActions: notFound,
  },
  { name: 'it-https' },
);
const ruleOf = (urn: string) =>
  given(listenerRule, { listenerArn: unknown, actions: forward }, { needs: { listenerArn: [urn] } });

const redirect = 'make the default action of the HTTP listener a redirect to HTTPS';

export const listenerCases: Cases = {
  'load-balancer-is-hardened': [
    accepts('one that drops invalid headers', given(balancer, { dropInvalidHeaderFields: true })),
    accepts('TLS 1.2 and 1.3', https),
    accepts('plain HTTP, as far as it goes', http(notFound)),
    refuses(
      'one that passes invalid headers on',
      given(balancer, { loadBalancerType: 'application', subnets: unknown }),
      'set dropInvalidHeaderFields to true',
    ),
    refuses(
      'TLS 1.0',
      given(listener, { port: 443, protocol: 'HTTPS', sslPolicy: 'ELBSecurityPolicy-2016-08' }),
      'set sslPolicy to one of TLS 1.2 and newer, such as ELBSecurityPolicy-TLS13-1-2-2021-06',
    ),
  ],
  'no-plain-listener-beside-tls': [
    accepts('plain HTTP where there is no certificate', http(notFound), ruleOf(http(notFound).urn)),
    accepts('HTTP redirected to HTTPS', http(toHttps), https, ruleOf(https.urn)),
    accepts('a listener whose actions are not known yet', http(unknown), https),
    accepts(
      'a component whose listeners are resources of their own',
      given(component, { listeners: [unknown], loadBalancer: unknown }),
      http(toHttps),
      https,
    ),
    accepts(
      'a component that redirects',
      given(component, { listener: { port: 80, protocol: 'HTTP', defaultActions: toHttps } }),
      https,
    ),
    refuses('an answer without TLS', [http(notFound), https], `it-0: ${redirect}`),
    refuses(
      'HTTP alone where there is a certificate',
      [given('aws:acm/certificate:Certificate', { domainName: 'api.clinic.example' }), http(notFound)],
      `it-0: ${redirect}`,
    ),
    refuses(
      'a component that answers without TLS',
      [given(component, { listener: { port: 80, protocol: 'HTTP', defaultActions: notFound } }), https],
      redirect,
    ),
    refuses(
      'a component that forwards, as it does by itself',
      [given(component, { listener: { port: 80 } }), https],
      redirect,
    ),
    refuses(
      'a service behind the listener that redirects all else',
      [http(toHttps), https, ruleOf(http(toHttps).urn)],
      'take the listenerArn of the HTTPS listener',
    ),
  ],
};
