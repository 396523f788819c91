import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { services } from '#catalogue';
import { Fault, readable } from './terminal.ts';
import { openAws } from './verify-deployment/aws.ts';
import { judge } from './verify-deployment/gate.ts';
import { readOutputs } from './verify-deployment/outputs.ts';
import { smokeSession } from './verify-deployment/smoke.ts';

const help = `Judges a deployment by what runs, and fails saying why:

  pulumi stack output --json > outputs.json
  node --conditions=source tools/verify-deployment.ts --outputs outputs.json

  --outputs FILE      the stack's outputs
  --within SECONDS    how long what is under way is waited for; default 900

  AWS_REGION and credentials as for any AWS SDK; SMOKE_TOKEN, an access token, adds a read to the smoke session.`;

const everyMs = 10_000;

async function run(args: readonly string[]): Promise<boolean> {
  const text = { type: 'string' } as const;
  const options = { outputs: text, within: text, help: { type: 'boolean' } } as const;
  const { outputs, within = '900', help: asked } = parseArgs({ args: [...args], options }).values;
  if (asked) {
    console.log(help);
    return true;
  }
  if (outputs === undefined) throw new Fault(`--outputs is missing\n\n${help}`);
  if (!/^\d{1,5}$/.test(within)) throw new Fault('--within takes a number of seconds');
  const stack = readOutputs(readFileSync(outputs, 'utf8'), services);
  // An empty one is a secret that is not set.
  const token = process.env.SMOKE_TOKEN === '' ? undefined : process.env.SMOKE_TOKEN;
  const { passed, lines } = await judge({
    aws: openAws(),
    stack,
    smoke: () => smokeSession(stack, token),
    withinMs: Number(within) * 1000,
    everyMs,
  });
  console.log(lines.join('\n'));
  return passed;
}

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(`verify-deployment: ${readable(error)}`);
  process.exitCode = 1;
}
