import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { contentTag } from '../content.ts';
import { isValues } from './account.ts';
import type { Mutation } from './mutations/mutation.ts';
import type { LoadedStack, LoadOptions, loadStack } from './stack.ts';

const root = join(import.meta.dirname, '..', '..');

/** All that the program reads. Of the build context, whose content only names images, the catalogue is enough. */
const read = ['infra', 'libs/catalogue', 'package.json', 'Dockerfile', '.dockerignore', 'Pulumi.yaml'];

/** The program as it is in a folder. */
export interface Program {
  readonly folder: string;
  readonly load: (stack: string, options?: LoadOptions) => Promise<LoadedStack>;
  readonly contentTag: typeof contentTag;
}

/** By its sentence: what in a program violates it. */
export type Checks = Readonly<Record<string, (program: Program) => Promise<string[]>>>;

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

/** The folder's own harness loads the program, so that it reads its own configuration and catalogue. */
export async function programIn(folder = root): Promise<Program> {
  const harness: unknown = await import(join(folder, 'infra', 'testing', 'stack.ts'));
  const content: unknown = await import(join(folder, 'infra', 'content.ts'));
  if (!isHarness(harness) || !isContent(content)) throw new Error(`${folder} has no program to load`);
  return {
    folder,
    contentTag: content.contentTag,
    load: (stack, options) => briefly(() => harness.loadStack(stack, options)),
  };
}

/** Pulumi keeps a stack trace with every promise, which would be most of the time that a load takes. */
async function briefly<Value>(load: () => Promise<Value>): Promise<Value> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await load();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function isHarness(value: unknown): value is { readonly loadStack: typeof loadStack } {
  return isValues(value) && typeof value.loadStack === 'function';
}

function isContent(value: unknown): value is { readonly contentTag: typeof contentTag } {
  return isValues(value) && typeof value.contentTag === 'function';
}
