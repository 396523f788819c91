import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** A package as package-lock.json has it. */
interface LockedPackage {
  readonly name?: string;
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

export interface Dependency {
  readonly name: string;
  /** Its folder below the root of the repository. */
  readonly folder: string;
  readonly version: string;
  /** An SPDX expression, or null when the lock file has none. */
  readonly license: string | null;
  /** Whether it is in the images. */
  readonly production: boolean;
  readonly hasInstallScript: boolean;
}

/** Everything that `npm ci` installs. */
export function lockedDependencies(): Dependency[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  return Object.entries(lock.packages)
    .filter(([folder]) => folder !== '')
    .map(([folder, { name, version, license, dev, devOptional, hasInstallScript }]) => ({
      // A package under another name says its own.
      name: name ?? folder.replace(/^.*node_modules\//, ''),
      folder,
      version,
      license: license ?? null,
      production: dev !== true && devOptional !== true,
      hasInstallScript: hasInstallScript === true,
    }));
}

/** The licence of a package: by the lock file, or, where that has none, by the list of an older package.json. */
export function licenceOf({ folder, license }: Dependency): string | undefined {
  if (license !== null) return license;
  const { licenses = [] } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    licenses?: { type: string }[];
  };
  return licenses.map(({ type }) => type).join(' OR ') || undefined;
}
