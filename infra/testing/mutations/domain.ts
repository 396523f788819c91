import type { Row } from './mutation.ts';

/** What comes with a domain of one's own. */
export const domainRows: readonly Row[] = [
  ['domain: HTTP is redirected to HTTPS', 'infra/ingress.ts', 'secure ? toHttps : noService', 'noService'],
  [
    'domain: TLS is 1.2 at least',
    'infra/ingress.ts',
    'ELBSecurityPolicy-TLS13-1-2-2021-06',
    'ELBSecurityPolicy-2016-08',
  ],
  [
    'domain: the certificate is proved by a record of its own zone',
    'infra/certificate.ts',
    "validationMethod: 'DNS'",
    "validationMethod: 'EMAIL'",
  ],
  [
    'domain: the certificate is proved by a record of its own zone',
    'infra/certificate.ts',
    'name: options.apply((all) => only(all.map((option) => option.resourceRecordName)))',
    'name: args.domain',
  ],
  [
    'domain: the certificate is proved by a record of its own zone',
    'infra/certificate.ts',
    'allowOverwrite: true,',
    '',
  ],
  [
    'domain: HTTPS is served once the certificate is issued',
    'infra/certificate.ts',
    'this.arn = validation.certificateArn',
    'this.arn = certificate.arn',
  ],
];
