import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { services } from '#catalogue';
import { runningDigests } from './pulumi.ts';
import { answer, Fault } from './terminal.ts';
import { lastVerified, overlay } from './verified-digests/choose.ts';
import { openHistory } from './verified-digests/history.ts';

const help = `Finds the digests that a stack was verified on last and that it was not given last, to roll back to.

  node --conditions=source tools/verified-digests.ts --stack NAME --to FILE

  --to FILE   where to write them: JSON, digest by service

  GITHUB_REPOSITORY and GH_TOKEN as a workflow has them; gh and pulumi are on the PATH.`;

async function run(args: readonly string[]): Promise<string> {
  const text = { type: 'string' } as const;
  const options = { stack: text, to: text, help: { type: 'boolean' } } as const;
  const { stack, to, help: asked } = parseArgs({ args: [...args], options }).values;
  if (asked) return help;
  if (stack === undefined || to === undefined) throw new Fault(`--stack and --to are needed\n\n${help}`);
  const repository = process.env.GITHUB_REPOSITORY;
  if (!repository) throw new Fault('GITHUB_REPOSITORY is missing; it must be ORG/REPO');
  const names = services.map(({ name }) => name);
  const running = runningDigests(stack);
  const found = await lastVerified(openHistory(repository, stack), names, running);
  if (!found)
    throw new Fault(`no run of the last 90 days on main has verified ${stack} on other digests than it has`);
  const { digests, kept } = overlay(names, found.digests, running);
  writeFileSync(to, JSON.stringify(digests));
  return [
    `back to what run ${found.run} verified`,
    ...names.map((name) =>
      kept.includes(name)
        ? `${name} keeps ${digests[name] ?? ''}: it was not there yet`
        : `${name} ${digests[name] ?? ''}`,
    ),
  ].join('\n');
}

await answer('verified-digests', run);
