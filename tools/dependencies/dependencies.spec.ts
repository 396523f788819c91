import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { verdictOf } from './advisories.ts';
import type { Bill } from './bill.ts';
import { licencePage, licences, refusedLicences } from './licences.ts';
import { lockedDependencies } from './lock.ts';

const root = join(import.meta.dirname, '..', '..');
const production = lockedDependencies().filter((dependency) => dependency.production);

describe('licences of what is in the images', () => {
  it('are all allowed', () => {
    expect(refusedLicences(licences())).toEqual([]);
  });

  it('are refused when nobody has read them', () => {
    const found = new Map([
      ['MIT', ['a']],
      ['AGPL-3.0', ['b', 'c']],
      ['none', ['d']],
    ]);
    expect(refusedLicences(found)).toEqual(['AGPL-3.0: b, c', 'none: d']);
  });

  it('are listed in docs/licences.md (npm run licences)', () => {
    expect(readFileSync(join(root, 'docs', 'licences.md'), 'utf8')).toBe(licencePage(licences()));
  });
});

describe('install scripts', () => {
  const { allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    allowScripts: Record<string, boolean>;
  };

  it('are allowed or refused by name, each that there is and no other', () => {
    const having = lockedDependencies().filter(({ hasInstallScript }) => hasInstallScript);
    expect([...new Set(having.map(({ name }) => name))].sort()).toEqual(Object.keys(allowScripts).sort());
  });

  it('run for none of the packages in the images', () => {
    expect(production.filter(({ name }) => allowScripts[name] === true)).toEqual([]);
  });

  it('that are in neither list stop an install', () => {
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toContain('strict-allow-scripts=true');
  });
});

describe('the bill of materials', () => {
  it('is CycloneDX and has every package of the images that is installed, with its version', () => {
    const { stdout } = spawnSync('npm', ['run', '--silent', 'sbom'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    const bill = JSON.parse(stdout) as Bill;
    expect([bill.bomFormat, bill.metadata.component.name]).toEqual(['CycloneDX', 'clinic']);
    const named = (name: string, version: string) => `${name}@${version}`;
    const listed = new Set(bill.components.map(({ name, version }) => named(name, version)));
    const wanted = new Set(production.map(({ name, version }) => named(name, version)));
    expect([...wanted].filter((one) => !listed.has(one))).toEqual([]);
    expect([...listed].filter((one) => !wanted.has(one))).toEqual([]);
    const refs = new Set(bill.dependencies.map(({ ref }) => ref));
    expect(
      bill.dependencies.flatMap(({ dependsOn = [] }) => dependsOn).filter((ref) => !refs.has(ref)),
    ).toEqual([]);
  });
});

describe('advisories', () => {
  const metadata = { dependencies: { prod: 181 } };

  it('are none only when the registry says so', () => {
    expect(verdictOf(JSON.stringify({ vulnerabilities: {}, metadata }))).toEqual({
      exitCode: 0,
      lines: ['no advisory is known of 181 production dependencies'],
    });
  });

  it('are told by severity, package and versions', () => {
    const vulnerabilities = { qs: { severity: 'high', range: '<6.0.0' } };
    expect(verdictOf(JSON.stringify({ vulnerabilities, metadata }))).toEqual({
      exitCode: 1,
      lines: ['high: qs <6.0.0'],
    });
  });

  it.each([
    '',
    'null',
    '{}',
    '<html>',
    JSON.stringify({ message: '405 Method Not Allowed - POST https://registry.example/advisories/bulk' }),
  ])('are unknown when it doesn’t: %s', (output) => {
    const { exitCode, lines } = verdictOf(output);
    expect(exitCode).toBe(2);
    expect(lines.join()).toContain('did not say');
    expect(lines.join()).not.toContain('registry.example');
  });
});
