import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { commandOf } from './processes.ts';
import { Fault } from './terminal.ts';

/** `.data/stack.json`: the run of this checkout; it is there only meanwhile. */
export interface StackState {
  readonly pid: number;
  readonly gateway?: string;
  readonly issuer?: string;
}

/** The run that the file tells of, when it is still there. */
export function runningStack(file: string): StackState | undefined {
  try {
    const state = JSON.parse(readFileSync(file, 'utf8')) as StackState;
    const isThere = state.pid !== process.pid && commandOf(state.pid)?.includes('start.ts') === true;
    return isThere ? state : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes this the one run of the checkout.
 * @returns what notes where it is
 * @throws Fault when there is a run already
 */
export function claim(file: string): (change: Partial<StackState>) => void {
  let state: StackState = { pid: process.pid };
  // Of two that start together only one can create the file.
  while (!created(file, JSON.stringify(state))) {
    const other = runningStack(file);
    if (!other) removeLeftOver(file);
    else
      throw new Fault(`already running here, as process ${other.pid}: ${other.gateway ?? 'still starting'}`);
  }
  return (change) => {
    state = { ...state, ...change };
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  };
}

/** By a move, so that what another start has put there meanwhile is noticed and put back. */
function removeLeftOver(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    // Another start was faster; it is met at the next try.
    return;
  }
  if (runningStack(aside)) created(file, readFileSync(aside, 'utf8'));
  rmSync(aside, { force: true });
}

function created(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
