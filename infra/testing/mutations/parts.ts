import type { Row } from './mutation.ts';

/** What a configuration may be, and what an image is tagged by. */
export const partsRows: readonly Row[] = [
  ['configuration: a number is within its bounds', 'infra/reading.ts', 'value < min || value > max || ', ''],
  [
    'configuration: a flag is true or false',
    'infra/reading.ts',
    "if (value === undefined && text !== '')",
    "if (value === undefined && text === '')",
  ],
  [
    'configuration: all that is wrong is told',
    'infra/reading.ts',
    'fault.startsWith(`${key}: `)',
    "fault.startsWith('clinic:')",
  ],
  [
    'configuration: a domain needs its zone',
    'infra/config.ts',
    '(ingress.domain === undefined) !== (ingress.hostedZoneId === undefined)',
    'ingress.domain === undefined && ingress.hostedZoneId !== undefined',
  ],
  [
    'configuration: a task has a size that Fargate has',
    'infra/config.ts',
    '[256, [512, 1024, 2048]]',
    '[256, [512, 1024, 2048, 4096]]',
  ],
  [
    'configuration: a task has a size that Fargate has',
    'infra/config.ts',
    '!sizes.includes(service.taskMemoryMiB)',
    'sizes.length === 0',
  ],
  [
    'configuration: at most is no less than at least',
    'infra/config.ts',
    'service.minTasks > service.maxTasks',
    'service.minTasks < service.maxTasks',
  ],
  [
    'configuration: at most is no less than at least',
    'infra/config.ts',
    'database.minAcu > database.maxAcu',
    'database.minAcu < database.maxAcu',
  ],
  [
    'configuration: logs are kept as long as CloudWatch can',
    'infra/config.ts',
    '1, 3, 5, 7, 14',
    '1, 3, 5, 7, 8, 14',
  ],
  [
    'configuration: tokens are for an audience or a client',
    'infra/config.ts',
    'issuer !== undefined && !named',
    'issuer !== undefined && named',
  ],
  ['configuration: an image is named by digest', 'infra/config.ts', '/^sha256:[0-9a-f]{64}$/', '/^/'],
  ['configuration: a list is a list', 'infra/reading.ts', 'return Number.NaN;', 'return undefined;'],

  ['image: its tag covers all that it is made of', 'infra/content.ts', 'add(platform, ', 'add('],
  [
    'image: its tag covers all that it is made of',
    'infra/content.ts',
    'add(platform, JSON.stringify(Object.entries(args).sort(byName)))',
    'add(platform)',
  ],
  [
    'image: its tag covers all that it is made of',
    'infra/content.ts',
    "add(readFileSync(join(root, 'Dockerfile')));",
    '',
  ],
  [
    'image: its tag covers all that it is made of',
    'infra/content.ts',
    ', readFileSync(join(root, path)));',
    ');',
  ],
  [
    'image: its tag covers all that it is made of',
    'infra/content.ts',
    "executable ? 'x' : '-'",
    "executable ? '-' : '-'",
  ],
  ['image: its tag covers all that it is made of', '.dockerignore', '!package.json\n', ''],
  ['image: its tag covers nothing else', '.dockerignore', '**/*.spec.ts', ''],
  ['image: its tag covers nothing else', '.dockerignore', '\n*\n', '\n'],
  [
    'image: its tag covers nothing else',
    'infra/content.ts',
    '} else if (!ignored(rules, path)) files.push(path);',
    '} else files.push(path);',
  ],
  [
    'image: its tag does not depend on the order in which the build is told things',
    'infra/content.ts',
    '.sort(byName)',
    '',
  ],
];
