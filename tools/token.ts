import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scopes, signToken } from './issuer.ts';
import { readSecrets } from './secrets.ts';
import { runningStack } from './state.ts';
import { answer, Fault } from './terminal.ts';

const help = `Prints an access token for the local stack:  npm run --silent token [-- options]

  --scope "NAME ..."   only these scopes; default: all, or what a patient's app needs
                       ${scopes.join(' ')}
  --patient ID         this patient's own token
  --expires SECONDS    how long it is valid; default 8 hours`;

/** @throws Fault */
async function token(args: readonly string[]): Promise<string> {
  const text = { type: 'string' } as const;
  const options = { scope: text, patient: text, expires: text, help: { type: 'boolean' } } as const;
  const { scope, patient, expires, help: asked } = parseArgs({ args: [...args], options }).values;
  if (asked) return help;
  const names = scope?.split(/[\s,]+/).filter(Boolean);
  const unknown = names?.find((name) => !scopes.includes(name.replace(/^clinic\//, '')));
  if (unknown !== undefined) throw new Fault(`there is no scope ${unknown}; there are ${scopes.join(' ')}`);
  if (patient === '') throw new Fault('--patient takes the id of a patient');
  if (!/^[1-9]\d{0,8}$/.test(expires ?? '1')) throw new Fault('--expires takes a number of seconds');
  const data = join(import.meta.dirname, '..', '.data');
  const issuer = runningStack(join(data, 'stack.json'))?.issuer;
  const { signingKey } = readSecrets(join(data, 'secrets.json'));
  if (issuer === undefined || !signingKey) throw new Fault('the local stack is not running here: npm start');
  const expiresInSeconds = expires === undefined ? undefined : Number(expires);
  return signToken(issuer, signingKey, { scopes: names, patientId: patient, expiresInSeconds });
}

await answer('token', token);
