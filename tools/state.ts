import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
    return state.pid !== process.pid && commandOf(state.pid)?.includes('start.ts') === true
      ? state
      : undefined;
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
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(state));
  try {
    // Only one of two that start together can make the link.
    if (!runningStack(file)) rmSync(file, { force: true });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const { pid, gateway = 'still starting' } = runningStack(file) ?? {};
    throw new Fault(`already running in this checkout: process ${pid ?? 'unknown'}, ${gateway}`);
  } finally {
    rmSync(draft);
  }
  return (change) => {
    state = { ...state, ...change };
    writeFileSync(draft, JSON.stringify(state));
    renameSync(draft, file);
  };
}
