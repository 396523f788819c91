import type { Operation } from './document.ts';

/** What is wrong with a request, and how it is to be refused. */
export interface Wrong {
  /** For whoever reads of a failure. */
  wrong: string;
  /** In place of the operation's own. */
  method?: string;
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  body?: string | Buffer | undefined;
  /** Whether the path is none of the document's. */
  isBeside?: boolean;
  /** The statuses any of which will do, each with its code. */
  refusals: Record<number, string>;
  /** With validation_failed the part to be named: itself, a part of it, or what holds it. */
  part?: string;
}

export interface BadRequest extends Wrong {
  operation: Operation;
}

export const invalid = { 400: 'validation_failed' };
export const malformed = { 400: 'malformed_json' };
