import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { only } from './order.ts';

export interface CertificateArgs {
  readonly domain: pulumi.Input<string>;
  readonly hostedZoneId: pulumi.Input<string>;
}

/** A certificate for one host name, proved by a record in its hosted zone. */
export class Certificate extends pulumi.ComponentResource {
  /** Known once the certificate is issued. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:ingress:Certificate', name, {}, opts);
    const certificate = new aws.acm.Certificate(
      name,
      { domainName: args.domain, validationMethod: 'DNS' },
      { parent: this },
    );
    const options = certificate.domainValidationOptions;
    const record = new aws.route53.Record(
      `${name}-validation`,
      {
        zoneId: args.hostedZoneId,
        name: options.apply((all) => only(all.map((option) => option.resourceRecordName))),
        type: options.apply((all) => only(all.map((option) => option.resourceRecordType))),
        records: [options.apply((all) => only(all.map((option) => option.resourceRecordValue)))],
        ttl: 300,
        // The record follows from the name alone; another stack, or the certificate before this, may have made it.
        allowOverwrite: true,
      },
      { parent: this },
    );
    const validation = new aws.acm.CertificateValidation(
      name,
      { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
      { parent: this },
    );
    this.arn = validation.certificateArn;
    this.registerOutputs({ arn: this.arn });
  }
}
