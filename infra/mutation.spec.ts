import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsOf, membersOf } from './policy/judge.fixtures.ts';
import { refusedChanges, rulesAgainst } from './policy/refused.fixtures.ts';
import { checks, loadProd, views } from './testing/checks.ts';
import { mutate, programIn } from './testing/mutant.ts';
import { mutations } from './testing/mutations.ts';

const folder = mkdtempSync(join(tmpdir(), 'clinic-mutation-'));
const program = await programIn();

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(Object.keys(views))('%s', (view) => {
  it.each(Object.entries(views[view] ?? {}))('%s', async (_, violations) => {
    expect(await violations(program)).toEqual([]);
  });
});

describe('a change of one line breaks that', () => {
  it.each(mutations.map((mutation, index) => ({ ...mutation, index })))(
    '$invariant: $file, $from',
    async ({ invariant, index, ...change }) => {
      const copy = join(folder, String(index));
      mutate(copy, change);
      const mutant = await programIn(copy);
      expect(await checks[invariant]?.(mutant)).toContainEqual(expect.any(String));
      const silent: string[] = [];
      for (const rule of rulesAgainst(change.from))
        if (faultsOf(membersOf(await loadProd(mutant)), rule).length === 0) silent.push(rule);
      expect(silent).toEqual([]);
    },
  );

  it('which is there, where a policy is to refuse it', () => {
    const changes = new Set(mutations.map(({ from }) => from));
    const gone = Object.values(refusedChanges).flatMap((refused) =>
      refused.filter((from) => !changes.has(from)),
    );
    expect(gone).toEqual([]);
  });

  it('for every invariant', () => {
    const broken = new Set(mutations.map(({ invariant }) => invariant));
    expect(Object.keys(checks).filter((name) => !broken.has(name))).toEqual([]);
  });
});

describe('a mutation that the program has outgrown', () => {
  it('says so', () => {
    const gone = { file: 'infra/clinic.ts', from: 'no such line', to: '' };
    expect(() => {
      mutate(join(folder, 'gone'), gone);
    }).toThrow(new RangeError('infra/clinic.ts has no such line 0 times, not once'));
  });
});
