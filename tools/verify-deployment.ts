import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { services } from '#catalogue';
import { readDigests } from './digests.ts';
import { Fault, readable } from './terminal.ts';
import { openAws } from './verify-deployment/aws.ts';
import { judge } from './verify-deployment/gate.ts';
import { readOutputs } from './verify-deployment/outputs.ts';
import { smokeSession } from './verify-deployment/smoke.ts';
import { smokeTokens } from './verify-deployment/token.ts';

const help = `Judges a deployment by what runs, and fails saying why:

  pulumi stack output --json > outputs.json
  node --conditions=source tools/verify-deployment.ts --outputs outputs.json

  --outputs FILE      the stack's outputs
  --digests FILE      JSON, digest by service that is to run, if \`up\` may have broken off; default: what the outputs say
  --since TIME        when \`up\` began (2026-11-20T09:05:00Z): alarms of database and jobs from before fail nothing
  --within SECONDS    how long what is under way is waited for; default 900

  AWS_REGION and credentials as for any AWS SDK. The smoke session reads too where there is a token: by the stack's output
  tokenCommand, or of an outside issuer for SMOKE_CLIENT_ID and SMOKE_CLIENT_SECRET by client credentials, with
  SMOKE_TOKEN_FIELDS (audience=...&scope=...) besides.`;

const everyMs = 10_000;

async function run(args: readonly string[]): Promise<boolean> {
  const text = { type: 'string' } as const;
  const given = { outputs: text, digests: text, since: text, within: text } as const;
  const { values } = parseArgs({ args: [...args], options: { ...given, help: { type: 'boolean' } } });
  const { outputs, digests, since, within = '900', help: asked } = values;
  if (asked) {
    console.log(help);
    return true;
  }
  if (outputs === undefined) throw new Fault(`--outputs is missing\n\n${help}`);
  if (!/^\d{1,5}$/.test(within)) throw new Fault('--within takes a number of seconds');
  const began = since === undefined ? undefined : instantOf(since);
  const meant = digests === undefined ? {} : readDigests(digests);
  const stack = readOutputs(readFileSync(outputs, 'utf8'), services, meant);
  const tokens = smokeTokens(stack, process.env, (token) => {
    // So that GitHub takes it out of the log, should anything ever print it.
    if (process.env.GITHUB_ACTIONS === 'true') console.log(`::add-mask::${token}`);
  });
  const { passed, lines } = await judge({
    aws: openAws(),
    stack,
    async smoke() {
      const { token, refused } = await tokens();
      return [...refused, ...(await smokeSession(stack, token))];
    },
    began,
    withinMs: Number(within) * 1000,
    everyMs,
  });
  console.log(lines.join('\n'));
  return passed;
}

/** @throws Fault when the text is no instant: one that is misread would hide alarms */
function instantOf(text: string): Date {
  const instant = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) || Number.isNaN(instant.getTime()))
    throw new Fault('--since takes an instant of UTC, 2026-11-20T09:05:00Z');
  return instant;
}

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(`verify-deployment: ${readable(error)}`);
  process.exitCode = 1;
}
