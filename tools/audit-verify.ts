import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, parseEnv } from 'node:util';
import { services } from '#catalogue';
import { build } from './build.ts';
import { launch } from './processes.ts';
import { scriptOf } from './service.ts';
import { Fault, readable } from './terminal.ts';

const root = join(import.meta.dirname, '..');
const names: readonly string[] = services.map(({ name }) => name);

const help = `Looks whether the access log is as it was written:  npm run audit:verify [-- options]

  --service NAME          this service's alone: ${names.join(' ')}
  --head POSITION:HASH    a head that was kept elsewhere, from a line "access log sealed"; any number of times
  --from POSITION:HASH    looks only at what comes after this head, which is trusted

  DATABASE_URL            the database, as a role that may read the log; default: the local stack's

Exit code 1 when something is not as it was, or was not sealed in time.`;

/** @returns the exit code */
async function verify(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const options = {
    service: text,
    from: text,
    head: { ...text, multiple: true },
    help: { type: 'boolean' },
  } as const;
  const { service, help: asked, from, head = [] } = parseArgs({ args: [...args], options }).values;
  if (asked) {
    console.log(help);
    return 0;
  }
  if (service !== undefined && !names.includes(service))
    throw new Fault(`there is no service ${service}; there are ${names.join(' ')}`);
  if (service === undefined && (from !== undefined || head.length > 0))
    throw new Fault('a head is of one service: say which by --service');
  const heads = head.flatMap((each) => ['--head', each]);
  const chain = from === undefined ? heads : [...heads, '--from', from];
  const environments = (service === undefined ? names : [service]).map(
    (name) => [name, environmentOf(name)] as const,
  );
  await build(root);
  let code = 0;
  // One after the other, so that their lines stay together.
  for (const [name, environment] of environments) code = Math.max(code, await run(name, environment, chain));
  return code;
}

/** As the environment says, or as the local stack has noted for running the service by hand. */
function environmentOf(service: string): NodeJS.ProcessEnv {
  if (process.env.DATABASE_URL) return {};
  const file = join(root, '.data', `${service}.env`);
  if (!existsSync(file)) throw new Fault('there is no local stack here: npm start, or set DATABASE_URL');
  return parseEnv(readFileSync(file, 'utf8'));
}

/** The same program as in the service's image. */
async function run(
  service: string,
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<number> {
  const { exited } = launch(process.execPath, [scriptOf(root, service, 'verify'), ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return (await exited) === 'exit code 0' ? 0 : 1;
}

try {
  process.exitCode = await verify(process.argv.slice(2));
} catch (error) {
  console.error(`audit:verify: ${readable(error)}`);
  process.exitCode = 1;
}
