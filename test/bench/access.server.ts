import type { NestExpressApplication } from '@nestjs/platform-express';

// node access.server.ts BUILT: the patient service as it was built there, with its environment, in a process of its own.
// It tells its parent when it listens, and takes from it whether to check tokens and log reads from then on; it answers which
// share of the time since the last such message it was busy.

const dist = `${process.argv[2] ?? ''}/dist`;
const platform = `${dist}/libs/platform/src`;
const [{ createApp, readConfig }, { definition }, { TokenVerifier }, { AccessLog }] = (await Promise.all(
  [`${platform}/index.js`, `${dist}/apps/patient/src/service.js`]
    .concat(['access/token-verifier', 'audit/access-log'].map((file) => `${platform}/${file}.js`))
    .map((file) => import(file)),
)) as [
  typeof import('#platform'),
  typeof import('../../apps/patient/src/service.ts'),
  typeof import('../../libs/platform/src/access/token-verifier.ts'),
  typeof import('../../libs/platform/src/audit/access-log.ts'),
];

const config = readConfig(definition.service, process.env);
const app: NestExpressApplication = await createApp(definition, config);
const [tokens, log] = [app.get(TokenVerifier), app.get(AccessLog)];
const [recall, verify] = [tokens.recall.bind(tokens), tokens.verify.bind(tokens)];
const logRead = log.logRead.bind(log);
const anybody = { subject: 'anybody', scopes: new Set(['patients.read']) };

let since = performance.eventLoopUtilization();

process.on('message', (isWhole) => {
  tokens.recall = isWhole === true ? recall : () => anybody;
  tokens.verify = isWhole === true ? verify : () => Promise.resolve(anybody);
  log.logRead = isWhole === true ? logRead : () => Promise.resolve();
  const now = performance.eventLoopUtilization();
  process.send?.(performance.eventLoopUtilization(now, since).utilization);
  since = now;
});
await app.listen(config.port, config.host);
process.send?.('listening');
