import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { services } from '#catalogue';
import { requestedService } from './new-service/request.ts';
import { writeService } from './new-service/write.ts';
import { answer, Fault } from './terminal.ts';

const help = `Adds a service: a row of the catalogue and a folder apps/NAME with one resource, its migration and its tests.

  npm run new:service -- NAME [--port N] [--prefix /PATH]

  NAME         lower-case words joined by dashes, up to 24 characters
  --port N     port it listens on, 1024-65535; default: the next after the others'
  --prefix     first segment of its paths; default: /NAME`;

async function run(args: readonly string[]): Promise<string> {
  const text = { type: 'string' } as const;
  const options = { port: text, prefix: text, help: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.help) return help;
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Fault(`one name is needed\n\n${help}`);
  const service = requestedService({ ...values, name }, services);
  const root = join(import.meta.dirname, '..');
  const files = await writeService(root, service);
  return [
    ...files,
    '',
    `The service ${service.name} answers under ${service.prefix} once \`npm run dev\` has started it;`,
    `\`npm test -- apps/${service.name}\` runs its tests.`,
  ].join('\n');
}

await answer('new:service', run);
