import { parseArgs } from 'node:util';
import { services } from '#catalogue';
import { isDigest, readDigests } from './digests.ts';
import { pulumi, runningDigests } from './pulumi.ts';
import { answer, Fault } from './terminal.ts';

const help = `Names an image by digest for each service in a stack's configuration, so that nothing is built.

  node --conditions=source tools/stack-digests.ts --stack NAME [--digests FILE]

  --digests FILE   JSON, digest by service; default: those that run, and a made-up one for a service that is new`;

const madeUp = `sha256:${'0'.repeat(64)}`;

function run(args: readonly string[]): string {
  const text = { type: 'string' } as const;
  const options = { stack: text, digests: text, help: { type: 'boolean' } } as const;
  const { stack, digests: file, help: asked } = parseArgs({ args: [...args], options }).values;
  if (asked) return help;
  if (stack === undefined) throw new Fault(`--stack is missing\n\n${help}`);
  const digests = file === undefined ? runningDigests(stack) : readDigests(file);
  const known = services.map(({ name }) => {
    const digest = digests[name] ?? (file === undefined ? madeUp : undefined);
    if (!isDigest(digest)) throw new Fault(`there is no digest of ${name}`);
    return { name, digest };
  });
  // All are known to be good before any is named.
  for (const { name, digest } of known)
    pulumi('config', 'set', '--stack', stack, '--path', `clinic:imageDigests.${name}`, digest);
  return known.map(({ name, digest }) => `${name} ${digest}`).join('\n');
}

await answer('stack-digests', run);
