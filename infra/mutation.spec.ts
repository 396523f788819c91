import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsOf, membersOf } from './policy/judge.fixtures.ts';
import { refusedChanges, rulesAgainst } from './policy/refused.fixtures.ts';
import { invariants, invariantsOfProd } from './testing/invariants.ts';
import { loadProd, mutate } from './testing/mutant.ts';
import { mutations } from './testing/mutations.ts';
import { loadStack, type LoadedStack } from './testing/stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'clinic-mutation-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each([
  { stack: 'dev', load: () => loadStack('dev'), holding: invariants },
  { stack: 'prod', load: () => loadProd(), holding: invariantsOfProd },
])('in $stack', ({ load, holding }) => {
  let loaded: LoadedStack;

  beforeAll(async () => {
    loaded = await load();
  });

  it.each(Object.keys(holding))('%s', (name) => {
    expect(holding[name]?.(loaded)).toEqual([]);
  });
});

describe('a change of one line breaks that', () => {
  it.each(mutations.map((mutation, index) => ({ ...mutation, index })))(
    '$invariant: $file, $from',
    async ({ invariant, index, ...change }) => {
      const copy = join(folder, String(index));
      mutate(copy, change);
      const loaded = await loadProd(copy);
      expect(invariantsOfProd[invariant]?.(loaded)).toContainEqual(expect.any(String));
      const silent = rulesAgainst(change.from).filter(
        (rule) => faultsOf(membersOf(loaded), rule).length === 0,
      );
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
    expect(Object.keys(invariantsOfProd).filter((name) => !broken.has(name))).toEqual([]);
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
