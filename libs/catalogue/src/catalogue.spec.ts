import { describe, expect, it } from '@jest/globals';
import {
  faultsOf,
  livePath,
  pathPatterns,
  readyPath,
  routeOf,
  serviceNamed,
  services,
  type Service,
} from './index.ts';

const clinic: Service = { name: 'clinic', port: 4000, prefix: '/clinic', needs: [], scopes: {} };
const clinics: Service = { name: 'clinics', port: 4001, prefix: '/clinics', needs: [], scopes: {} };

describe('the table of services', () => {
  it('has no faults', () => {
    expect(faultsOf(services)).toEqual([]);
  });

  it('is looked up by name', () => {
    expect(serviceNamed('patient').prefix).toBe('/patients');
    expect(() => serviceNamed('Patient')).toThrow(RangeError);
  });
});

describe('a request goes to', () => {
  it.each([
    ['the service whose prefix is its path', '/clinic', 'clinic'],
    ['the same below the prefix', '/clinic/a/b', 'clinic'],
    ['the same with nothing below the slash', '/clinic/', 'clinic'],
    ['the one with the longer name, not its beginning', '/clinics/a', 'clinics'],
    ['its service whatever the query says', '/clinic?next=/clinics/a', 'clinic'],
    ['its service although the path climbs out of it', '/clinic/../other', 'clinic'],
    ['no service when only the beginning of a segment agrees', '/clinical', undefined],
    ['no service when the case differs', '/Clinic', undefined],
    ['no service when the prefix is percent-encoded', '/%63linic', undefined],
    ['no service when the prefix comes later', '/a/clinic', undefined],
    ['no service when the path is doubled at its start', '//clinic', undefined],
    ['no service for an absolute target', 'http://host/clinic', undefined],
    ['no service for the root', '/', undefined],
    ['no service for nothing', '', undefined],
  ])('%s', (_, target, name) => {
    expect(routeOf([clinic, clinics], target)?.name).toBe(name);
  });

  it('a service exactly when one of its path patterns would match', () => {
    expect(pathPatterns(clinic)).toEqual(['/clinic', '/clinic/*']);
  });

  it('health below the prefix of its service', () => {
    expect([livePath(clinic), readyPath(clinic)]).toEqual(['/clinic/health/live', '/clinic/health/ready']);
  });
});

describe('a table is faulty when', () => {
  it.each([
    ['a name is not lower-case', { name: 'Clinic' }],
    ['a name begins with a digit', { name: '1clinic' }],
    ['a name ends with a dash', { name: 'clinic-' }],
    ['a name has two dashes in a row', { name: 'my--clinic' }],
    ['a name has 25 characters', { name: 'a'.repeat(25) }],
    ['a prefix has no slash', { prefix: 'clinic' }],
    ['a prefix has two segments', { prefix: '/clinic/a' }],
    ['a prefix ends in a slash', { prefix: '/clinic/' }],
    ['a prefix holds a wildcard', { prefix: '/cl*' }],
    ['a port is privileged', { port: 80 }],
    ['a port is beyond 65535', { port: 65_536 }],
    ['a port is no whole number', { port: 3000.5 }],
    ['a scope has no dot', { scopes: { read: 'Read' } }],
    ['a scope names its API', { scopes: { 'clinic/clinics.read': 'Read' } }],
  ])('%s', (_, change) => {
    expect(faultsOf([{ ...clinic, ...change }])).toHaveLength(1);
  });

  it.each(['name', 'port', 'prefix'] as const)('two services share a %s', (key) => {
    const faults = faultsOf([clinic, { ...clinics, [key]: clinic[key] }]);
    expect(faults).toEqual([`${key} ${clinic[key]} is used by more than one service`]);
  });

  it('and says so of every row at once', () => {
    expect(
      faultsOf([
        { ...clinic, name: '' },
        { ...clinics, port: 1 },
      ]),
    ).toHaveLength(2);
  });
});
