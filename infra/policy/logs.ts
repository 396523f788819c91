import { must, on, rule, type Rule } from './rule.ts';

const retained = rule(
  'logs-are-kept-for-a-time',
  'Logs are kept for a time, not for ever',
  on('aws:cloudwatch/logGroup:LogGroup', (group) => [
    // 0 is what AWS calls never.
    must(
      () => (group.retentionInDays ?? 0) > 0,
      'set retentionInDays, for the program by clinic:logRetentionDays',
    ),
  ]),
);

export const logRules: readonly Rule[] = [retained];
