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
  --within SECONDS    how long what is under way is waited for; default 900

  AWS_REGION and credentials as for any AWS SDK. The smoke session reads too where there is a token: by the stack's output
  tokenCommand, or of an outside issuer for SMOKE_CLIENT_ID and SMOKE_CLIENT_SECRET by client credentials, with
  SMOKE_TOKEN_FIELDS (audience=...&scope=...) besides.`;

const everyMs = 10_000;

async function run(args: readonly string[]): Promise<boolean> {
  const text = { type: 'string' } as const;
  const options = { outputs: text, digests: text, within: text, help: { type: 'boolean' } } as const;
  const { outputs, digests, within = '900', help: asked } = parseArgs({ args: [...args], options }).values;
  if (asked) {
    console.log(help);
    return true;
  }
  if (outputs === undefined) throw new Fault(`--outputs is missing\n\n${help}`);
  if (!/^\d{1,5}$/.test(within)) throw new Fault('--within takes a number of seconds');
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
