import { describe, expect, it } from '@jest/globals';
import { loadStack } from '../testing/stack.ts';
import { cases } from './cases.fixtures.ts';
import { faultsOf, membersOf } from './judge.fixtures.ts';
import { rules, stackRules } from './policies.ts';

const names = [...rules, ...stackRules].map(({ name }) => name);

describe.each(names)('%s', (name) => {
  const [content, faulty] = [true, false].map((none) =>
    (cases[name] ?? []).filter(({ faults }) => (faults.length === 0) === none),
  );

  it.each(content ?? [])('accepts $title', ({ members }) => {
    expect(faultsOf(members, name)).toEqual([]);
  });

  it.each(faulty ?? [])('refuses $title, and says what to change', ({ members, faults }) => {
    expect(faultsOf(members, name).map(({ message }) => message)).toEqual(faults);
  });

  it('has a case of each kind', () => {
    expect(content).not.toEqual([]);
    expect(faulty).not.toEqual([]);
  });
});

describe('the rules', () => {
  it('have a name of their own each, and no case is without a rule', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(cases).sort()).toEqual([...names].sort());
  });

  const domain = { domain: 'api.clinic.example', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
  it.each([
    { stack: 'dev', config: {} },
    { stack: 'dev', config: { ...domain, interfaceEndpoints: true, flowLogs: true, accessLogs: true } },
    { stack: 'prod', config: {} },
    { stack: 'prod', config: domain },
    { stack: 'prod', config: { ...domain, deliveryRepository: 'clinic-org/clinic' } },
  ])(
    'find nothing to say of all that the program makes for $stack with $config',
    async ({ stack, config }) => {
      const members = membersOf(await loadStack(stack, { config }));
      expect(members.length).toBeGreaterThan(50);
      expect(faultsOf(members)).toEqual([]);
    },
  );

  it('find what was changed for the worse', async () => {
    const config = { deletionProtection: false, finalSnapshot: false, ecsExec: true };
    const found = faultsOf(membersOf(await loadStack('prod', { config })));
    expect(found.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'clinic-prod: set deletionProtection to true, clinic:deletionProtection',
        'clinic-prod: set skipFinalSnapshot to false, clinic:finalSnapshot',
        'clinic-prod: set enableDeletionProtection to true, clinic:deletionProtection',
        'clinic-prod-patient: set forceDelete to false, clinic:deletionProtection',
        'clinic-prod-appointment: set enableExecuteCommand to false, clinic:ecsExec',
      ]),
    );
  });
});
