import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isValues } from './account.ts';
import type { Mutation } from './mutations.ts';
import type { LoadedStack, loadStack } from './stack.ts';

const root = join(import.meta.dirname, '..', '..');

/** All that the program reads. Of the build context, whose content only names images, the catalogue is enough. */
const read = [
  'infra',
  'libs/catalogue',
  'package.json',
  'Dockerfile',
  '.dockerignore',
  'Pulumi.yaml',
  'Pulumi.dev.yaml',
  'Pulumi.prod.yaml',
];

/**
 * Copies the program into a folder that is not there yet and changes one line of the copy.
 * @throws RangeError when the line is not there, or there twice: the program has moved on, and its mutation has not
 */
export function mutate(folder: string, { file, from, to }: Omit<Mutation, 'invariant'>): void {
  const pieces = readFileSync(join(root, file), 'utf8').split(from);
  if (pieces.length !== 2) throw new RangeError(`${file} has ${from} ${pieces.length - 1} times, not once`);
  mkdirSync(folder);
  for (const path of read) cpSync(join(root, path), join(folder, path), { recursive: true });
  // Resolved to where they are, so that the SDKs are loaded once for all copies.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, file), pieces.join(to));
}

/**
 * The program of a folder as prod under a domain and delivered from GitHub, where every invariant holds. The folder's own harness loads it, so
 * that it reads its own configuration and catalogue.
 */
export async function loadProd(folder = root): Promise<LoadedStack> {
  const harness: unknown = await import(join(folder, 'infra', 'testing', 'stack.ts'));
  if (!isHarness(harness)) throw new Error(`${folder} has no program to load`);
  const config = {
    domain: 'api.clinic.example',
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    deliveryRepository: 'clinic-org/clinic',
  };
  return harness.loadStack('prod', { config });
}

function isHarness(value: unknown): value is { readonly loadStack: typeof loadStack } {
  return isValues(value) && typeof value.loadStack === 'function';
}
