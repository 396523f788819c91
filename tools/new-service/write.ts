import { existsSync, globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Service } from '#catalogue';
import { ServiceRefused } from './request.ts';

const templates = join(import.meta.dirname, 'template');
const catalogue = 'libs/catalogue/src/index.ts';
const endOfTable = '] as const satisfies readonly Service[];';

/** Adds the row and the folder; returns the files it wrote. */
export async function writeService(root: string, service: Service): Promise<string[]> {
  const folder = join('apps', service.name);
  if (existsSync(join(root, folder))) throw new ServiceRefused([`${folder} is there already`]);
  const files = new Map([[catalogue, await withRow(root, service)]]);
  for (const template of globSync('**/*.template', { cwd: templates }).sort()) {
    const file = join(folder, filled(template.replace(/\.template$/, ''), service));
    files.set(file, filled(await readFile(join(templates, template), 'utf8'), service));
  }
  // All is known to be good before anything is written.
  const formatted = await Promise.all([...files].map(([file, text]) => inOurForm(join(root, file), text)));
  for (const [path, text] of formatted) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return [...files.keys()];
}

async function withRow(root: string, service: Service): Promise<string> {
  const text = await readFile(join(root, catalogue), 'utf8');
  if (text.split(endOfTable).length !== 2)
    throw new ServiceRefused([`${catalogue}: the table of services doesn't end as it used to`]);
  const { name, port, prefix, needs, scopes } = service;
  const lists = `needs: ${JSON.stringify(needs)}, scopes: ${JSON.stringify(scopes)}`;
  const row = `{ name: '${name}', port: ${port}, prefix: '${prefix}', ${lists} },\n`;
  return text.replace(endOfTable, () => row + endOfTable);
}

/** A template with the names of a service in its places. */
function filled(template: string, { name, prefix }: Service): string {
  const words = name.split('-');
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  const names: Readonly<Record<string, string>> = {
    name,
    Name: words.map(capital).join(''),
    table: words.join('_'),
    noun: words.join(' '),
    Title: capital(words.join(' ')),
    prefix: prefix.slice(1),
  };
  return template.replace(/\{\{(\w+)\}\}/g, (place, key: string) => names[key] ?? place);
}

async function inOurForm(path: string, text: string): Promise<[path: string, text: string]> {
  if (!/\.(ts|json|md)$/.test(path)) return [path, text];
  return [path, await format(text, { ...(await resolveConfig(path)), filepath: path })];
}
