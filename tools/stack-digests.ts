import { parseArgs } from 'node:util';
import { services } from '#catalogue';
import { isDigest, readDigests } from './digests.ts';
import { pulumi, runningDigests } from './pulumi.ts';
import { answer, Fault } from './terminal.ts';

const help = `Names an image by digest for each service in a stack's configuration, so that nothing is built.

  node --conditions=source tools/stack-digests.ts --stack NAME [--digests FILE | --running]

  --digests FILE   JSON, digest by service; default: those that run, and a made-up one for a service that is new
  --running        those that run and no others: \`up\` builds a service that is new (npm run infra:digests)`;

const madeUp = `sha256:${'0'.repeat(64)}`;

function run(args: readonly string[]): string {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { stack: text, digests: text, running: flag, help: flag } as const;
  const { stack, digests: file, running, help: asked } = parseArgs({ args: [...args], options }).values;
  if (asked) return help;
  if (stack === undefined) throw new Fault(`--stack is missing\n\n${help}`);
  if (running && file !== undefined) throw new Fault(`--digests and --running exclude each other\n\n${help}`);
  const digests = file === undefined ? runningDigests(stack) : readDigests(file);
  const known = services
    .filter(({ name }) => !running || digests[name] !== undefined)
    .map(({ name }) => {
      const digest = digests[name] ?? (file === undefined ? madeUp : undefined);
      if (!isDigest(digest)) throw new Fault(`there is no digest of ${name}`);
      return { name, digest };
    });
  // All are known to be good before any is named.
  for (const { name, digest } of known)
    pulumi('config', 'set', '--stack', stack, '--path', `clinic:imageDigests.${name}`, digest);
  const named = known.map(({ name, digest }) => `${name} ${digest}`);
  return named.length > 0 ? named.join('\n') : 'nothing runs yet';
}

await answer('stack-digests', run);
