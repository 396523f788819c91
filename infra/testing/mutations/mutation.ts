/** A change of one line that breaks an invariant. */
export interface Mutation {
  readonly invariant: string;
  /** Below the root of the repository. */
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** One as the tables of this folder write it. */
export type Row = readonly [invariant: string, file: string, from: string, to: string];
