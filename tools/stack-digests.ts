import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { services } from '#catalogue';
import { answer, Fault } from './terminal.ts';

const help = `Names an image by digest for each service in a stack's configuration, so that nothing is built.

  node --conditions=source tools/stack-digests.ts --stack NAME [--digests FILE]

  --digests FILE   JSON, digest by service; default: those that run, and a made-up one for a service that is new`;

const madeUp = `sha256:${'0'.repeat(64)}`;

type Digests = Readonly<Record<string, string | undefined>>;

function pulumi(...args: string[]): string {
  return execFileSync('pulumi', [...args, '--non-interactive'], { encoding: 'utf8' });
}

function deployed(stack: string): Digests {
  const outputs = JSON.parse(pulumi('stack', 'output', '--stack', stack, '--json')) as { images?: Digests };
  return Object.fromEntries(
    services.map(({ name }) => [name, outputs.images?.[name]?.split('@')[1] ?? madeUp]),
  );
}

function digestOf(name: string, digests: Digests): string {
  const digest = digests[name] ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Fault(`there is no digest of ${name}`);
  return digest;
}

function run(args: readonly string[]): string {
  const text = { type: 'string' } as const;
  const options = { stack: text, digests: text, help: { type: 'boolean' } } as const;
  const { stack, digests: file, help: asked } = parseArgs({ args: [...args], options }).values;
  if (asked) return help;
  if (stack === undefined) throw new Fault(`--stack is missing\n\n${help}`);
  const digests = file === undefined ? deployed(stack) : (JSON.parse(readFileSync(file, 'utf8')) as Digests);
  const known = services.map(({ name }) => ({ name, digest: digestOf(name, digests) }));
  // All are known to be good before any is named.
  for (const { name, digest } of known)
    pulumi('config', 'set', '--stack', stack, '--path', `clinic:imageDigests.${name}`, digest);
  return known.map(({ name, digest }) => `${name} ${digest}`).join('\n');
}

await answer('stack-digests', run);
