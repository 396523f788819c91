import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readPreview } from './preview-summary/preview.ts';
import { refusalOf, summaryOf } from './preview-summary/summary.ts';
import { answer, Fault } from './terminal.ts';

const help = `Sums up what a preview would change, the dangerous first, as Markdown:

  pulumi preview --json > preview.json
  node --conditions=source tools/preview-summary.ts --stack dev preview.json

  --refused FILE   instead: what \`pulumi preview\` printed when it was refused`;

function run(args: readonly string[]): string {
  const word = { type: 'string' } as const;
  const options = { stack: word, refused: word, help: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.help) return help;
  const { stack, refused } = values;
  const [file, ...more] = refused === undefined ? positionals : [refused, ...positionals];
  if (file === undefined || more.length > 0 || stack === undefined)
    throw new Fault(`a stack and one file are needed\n\n${help}`);
  const text = readFileSync(file, 'utf8');
  return refused === undefined ? summaryOf(stack, readPreview(text)) : refusalOf(stack, text);
}

await answer('preview-summary', run);
