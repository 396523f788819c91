import { describe, expect, it } from '@jest/globals';
import { Fault } from '../terminal.ts';
import { readPreview, type Step, type Values } from './preview.ts';
import { refusalOf, summaryOf } from './summary.ts';

function step(op: string, type: string, name: string, inputs: Values = {}, more: Partial<Step> = {}): Step {
  const urn = `urn:pulumi:dev::clinic::clinic:service:Service$${type}::${name}`;
  return { op, urn, newState: { type, inputs }, ...more };
}

function lines(...steps: Step[]): string[] {
  const text = JSON.stringify({ steps, changeSummary: {}, duration: 7_500_000_000 });
  return summaryOf('dev', readPreview(text)).split('\n').slice(3);
}

const tasks = step('update', 'aws:ecs/service:Service', 'clinic-dev-patient');
const rule = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';

describe('a summary names first', () => {
  it.each<[string, string, string, Step[]]>([
    [
      'a group that is opened to the internet',
      '#### Public exposure',
      `- \`${rule}\` **ssh** lets in anybody from the internet`,
      [step('create', rule, 'ssh', { cidrIpv4: '0.0.0.0/0', fromPort: 22, toPort: 22, ipProtocol: 'tcp' })],
    ],
    [
      'a group that is opened by a rule of its own',
      '#### Public exposure',
      '- `aws:ec2/securityGroup:SecurityGroup` **tasks** lets in anybody from the internet',
      [
        step('update', 'aws:ec2/securityGroup:SecurityGroup', 'tasks', {
          ingress: [{ ipv6CidrBlocks: ['::/0'], fromPort: 0, toPort: 0, protocol: '-1' }],
        }),
      ],
    ],
    [
      'a policy with a wildcard',
      '#### IAM',
      '- `aws:iam/rolePolicy:RolePolicy` **task** is new; **allows s3:* on ***',
      [
        step('create', 'aws:iam/rolePolicy:RolePolicy', 'task', {
          policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }),
        }),
      ],
    ],
    [
      'a database that is replaced, once and by its reason',
      '#### Replaced or deleted',
      '- `aws:rds/cluster:Cluster` **clinic-dev** is replaced because of `masterUsername` - **IT HOLDS DATA**',
      ['create-replacement', 'replace', 'delete-replaced'].map((op) =>
        step(op, 'aws:rds/cluster:Cluster', 'clinic-dev', {}, { replaceReasons: ['masterUsername'] }),
      ),
    ],
    [
      'a bucket that is deleted',
      '#### Replaced or deleted',
      '- `aws:s3/bucket:Bucket` **logs** is deleted - **IT HOLDS DATA**',
      [step('delete', 'aws:s3/bucket:Bucket', 'logs')],
    ],
    [
      'a NAT gateway that is new',
      '#### Costly',
      '- `aws:ec2/natGateway:NatGateway` **clinic-dev-2** is a NAT gateway, paid by the hour and by the gigabyte: new',
      [step('create', 'aws:ec2/natGateway:NatGateway', 'clinic-dev-2')],
    ],
    [
      'a task with a public address',
      '#### Public exposure',
      '- `aws:ecs/service:Service` **clinic-dev-patient** gives tasks a public address',
      [
        step('update', 'aws:ecs/service:Service', 'clinic-dev-patient', {
          networkConfiguration: { assignPublicIp: true },
        }),
      ],
    ],
  ])('%s', (_, title, line, steps) => {
    // Whatever else changes, and in whatever order.
    expect(lines(tasks, ...steps).slice(0, 3)).toEqual([title, '', line]);
    expect(lines(...steps, tasks).at(-2)).toMatch(/^(Harmless besides: 1 update|Nothing else changes)\.$/);
  });

  it('what is lost, then what is exposed, then groups, then IAM, then what costs', () => {
    const titles = lines(
      step('create', 'aws:ec2/natGateway:NatGateway', 'nat'),
      step('update', 'aws:iam/role:Role', 'role'),
      step('create', rule, 'open', { cidrIpv4: '0.0.0.0/0' }),
      step('delete', 'aws:lb/targetGroup:TargetGroup', 'group'),
    ).filter((line) => line.startsWith('####'));
    expect(titles).toEqual(
      ['Replaced or deleted', 'Public exposure', 'Security groups', 'IAM', 'Costly'].map(
        (title) => `#### ${title}`,
      ),
    );
  });
});

describe('a summary', () => {
  it('takes harmless changes together in one line', () => {
    const same = step('same', 'aws:ecs/cluster:Cluster', 'clinic-dev');
    const logs = step('create', 'aws:cloudwatch/logGroup:LogGroup', 'logs');
    expect(lines(same, tasks, logs)).toEqual(['Harmless: 1 update, 1 create.', '']);
    expect(lines(same)).toEqual(['Nothing changes.', '']);
  });

  it('is no alarm for a narrow policy or a way between two groups', () => {
    const policy = JSON.stringify({
      Statement: [{ Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: '*' }],
    });
    const text = lines(
      step('update', 'aws:iam/rolePolicy:RolePolicy', 'execution', { policy }, { diffReasons: ['policy'] }),
      step('create', rule, 'alb', {
        referencedSecurityGroupId: 'sg-1',
        fromPort: 3000,
        toPort: 3000,
        ipProtocol: 'tcp',
      }),
    ).join('\n');
    expect(text).toContain('**execution** changes in `policy`');
    expect(text).toContain('**alb** is new; tcp 3000 with sg-1');
    expect(text).not.toMatch(/allows|anybody/);
  });

  it('mentions nobody and opens no tag, whatever things are called', () => {
    expect(lines(step('delete', 'aws:iam/role:Role', '@everyone <!--')).join('\n')).not.toMatch(/@|<!--/);
  });

  it('is not made of a preview that failed or was cut', () => {
    const failed = { steps: [tasks], changeSummary: {}, diagnostics: [{ severity: 'error', message: 'no' }] };
    for (const text of ['', '{', '[]', '{"steps":[]}', JSON.stringify(failed)])
      expect(() => readPreview(text)).toThrow(Fault);
  });
});

describe('a preview that was refused', () => {
  const printed = [
    'Previewing update (prod)',
    ' +  aws:ec2/securityGroup:SecurityGroup ssh create',
    'Policies:',
    '    [mandatory]  ingress-is-the-load-balancers  (aws:ec2/securityGroup:SecurityGroup: ssh)',
    '    ```',
    '    close port 22 to @everyone',
  ];

  it('is told in the same comment, with what refuses it and as text that nothing can leave', () => {
    expect(refusalOf('prod', printed.join('\n')).split('\n')).toEqual([
      '<!-- preview-summary prod -->',
      '### Preview of `prod`: refused',
      '',
      ...printed.slice(2).map((line) => `    ${line}`),
      '',
    ]);
  });

  it('is told whole when it says nothing of policies, and never longer than a comment may be', () => {
    expect(refusalOf('dev', 'error: no stack named dev')).toContain('\n    error: no stack named dev\n');
    const long = refusalOf('dev', `Diagnostics:\n${'x\n'.repeat(40_000)}the end`);
    expect(long.length).toBeLessThan(65_536);
    expect(long).toMatch(/the end\n$/);
  });
});
