import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

export const root = join(import.meta.dirname, '..', '..');

/** Names of variables and their values, which may be expressions. */
export type Variables = Readonly<Record<string, string | number | boolean>>;

interface Defaults {
  readonly run?: { readonly shell?: string };
}

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Variables;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: object;
  readonly uses?: string;
  readonly secrets?: unknown;
  readonly 'runs-on'?: string;
  readonly env?: Variables;
  readonly defaults?: Defaults;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix?: Readonly<Record<string, readonly string[]>> };
  readonly steps?: readonly Step[];
}

/** A workflow as GitHub reads it, as far as tests look at it. */
export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly concurrency?: object;
  readonly env?: Variables;
  readonly defaults?: Defaults;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const workflows = globSync('.github/workflows/*.yml', { cwd: root })
  .sort()
  .map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return { file: basename(file), text, workflow: parse(text) as Workflow };
  });
