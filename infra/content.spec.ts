import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, cp, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentTag, contextFiles } from './content.ts';

const root = join(import.meta.dirname, '..');
const patient = { platform: 'linux/amd64', args: { SERVICE: 'patient', PORT: '3000' } };
let scratch: string;
let folder: string;
let tag: string;

/** A copy of what matters, elsewhere, with other times, written in another order. */
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'clinic-content-'));
  folder = await copyOf('copy');
  tag = contentTag(root, patient);
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

async function copyOf(name: string): Promise<string> {
  const copy = join(scratch, name);
  for (const path of [...contextFiles(root), '.dockerignore', 'Dockerfile'].reverse()) {
    await mkdir(join(copy, path, '..'), { recursive: true });
    await cp(join(root, path), join(copy, path));
    await utimes(join(copy, path), 0, 0);
  }
  return copy;
}

describe('the tag of an image', () => {
  it('is the same for the same tree in two folders, whatever the times and the order of its files', () => {
    expect(contentTag(folder, patient)).toBe(tag);
    expect(tag).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    'README.md',
    'apps/patient/README.md',
    'docs/architecture.md',
    'infra/index.ts',
    'test/e2e/new.spec.ts',
    'apps/patient/src/new.spec.ts',
    'libs/contracts/src/new.fixtures.ts',
    'tools/start.ts',
    'node_modules/new/index.js',
    'dist/services/patient/main.js',
    '.data/secret',
  ])('is not changed by %s', async (path) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), 'new');
    expect(contentTag(folder, patient)).toBe(tag);
  });

  it.each([
    'apps/patient/src/new.ts',
    'apps/patient/migrations/9999_new.sql',
    'libs/platform/src/new.ts',
    'tools/bundle.ts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'Dockerfile',
  ])('is changed by %s', async (path) => {
    const copy = await copyOf('changed');
    await writeFile(join(copy, path), 'new');
    expect(contentTag(copy, patient)).not.toBe(tag);
    await rm(copy, { recursive: true });
  });

  it('is changed by a file that moves or becomes executable', async () => {
    const [moved, executable] = [await copyOf('moved'), await copyOf('executable')];
    await cp(join(moved, 'tsconfig.json'), join(moved, 'libs', 'tsconfig.json'));
    await rm(join(moved, 'tsconfig.json'));
    await chmod(join(executable, 'tsconfig.json'), 0o755);
    expect(new Set([tag, contentTag(moved, patient), contentTag(executable, patient)]).size).toBe(3);
  });

  it('is another for each service and platform', () => {
    const others = [
      { ...patient, args: { SERVICE: 'appointment', PORT: '3001' } },
      { ...patient, platform: 'linux/arm64' },
    ];
    expect(new Set([tag, ...others.map((inputs) => contentTag(root, inputs))]).size).toBe(3);
  });

  it('does not depend on the order in which the build is told things', () => {
    const reversed = { ...patient, args: { PORT: '3000', SERVICE: 'patient' } };
    expect(contentTag(root, reversed)).toBe(tag);
  });
});

it('nothing of the program, of tests or of documents goes into an image', () => {
  const files = contextFiles(root);
  expect(files).toEqual(
    expect.arrayContaining(['package.json', 'apps/patient/src/main.ts', 'tools/bundle.ts']),
  );
  expect(
    files.filter((path) => /^(infra|test|docs|node_modules|dist|Pulumi)|\.spec\.ts$/.test(path)),
  ).toEqual([]);
});
