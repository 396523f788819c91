import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadStack } from '../testing/stack.ts';
import { startPack, type Analyzer, type Said } from './analyzer.fixtures.ts';
import { cases } from './cases.fixtures.ts';
import { rules, stackRules } from './policies.ts';

let pack: Analyzer;

beforeAll(async () => {
  pack = await startPack(import.meta.dirname);
});

afterAll(async () => {
  await pack.close();
});

describe('the pack, run as Pulumi runs it', () => {
  it('has all rules', async () => {
    expect(await pack.info()).toEqual({
      name: 'clinic',
      rules: [...rules, ...stackRules].map(({ name }) => name),
    });
  });

  it.each(rules.map(({ name }) => name))(
    'judges resources by %s, and nothing that is not known yet',
    async (name) => {
      for (const { members, faults } of cases[name] ?? []) {
        const answers: Said[] = [];
        for (const member of members) answers.push(...(await pack.analyze(member)));
        expect(answers.filter(({ rule }) => rule === name).map(({ message }) => message)).toEqual(faults);
        expect(answers.every(({ mandatory }) => mandatory)).toBe(true);
      }
    },
  );

  it.each(stackRules.map(({ name }) => name))('judges a stack by %s', async (name) => {
    for (const { members, faults } of cases[name] ?? []) {
      const answers = await pack.analyzeStack(members);
      expect(answers.filter(({ rule }) => rule === name).map(({ message }) => message)).toEqual(faults);
      expect(answers.every(({ mandatory, urn }) => mandatory && urn !== '')).toBe(true);
    }
  });

  it('has nothing to say of all that the program makes for prod, delivered from GitHub', async () => {
    const { resources } = await loadStack('prod', { config: { deliveryRepository: 'clinic-org/clinic' } });
    expect(resources.map(({ type }) => type)).toContain('clinic:delivery:Delivery');
    const answers: Said[] = [];
    for (const { inputs, ...resource } of resources)
      answers.push(...(await pack.analyze({ ...resource, props: inputs, needs: {} })));
    expect(answers).toEqual([]);
  });
});
