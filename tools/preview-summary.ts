import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readPreview } from './preview-summary/preview.ts';
import { summaryOf } from './preview-summary/summary.ts';
import { answer, Fault } from './terminal.ts';

const help = `Sums up what a preview would change, the dangerous first, as Markdown:

  pulumi preview --json > preview.json
  node --conditions=source tools/preview-summary.ts --stack dev preview.json`;

function run(args: readonly string[]): string {
  const options = { stack: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.help) return help;
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0 || values.stack === undefined)
    throw new Fault(`a stack and one file are needed\n\n${help}`);
  return summaryOf(values.stack, readPreview(readFileSync(file, 'utf8')));
}

await answer('preview-summary', run);
