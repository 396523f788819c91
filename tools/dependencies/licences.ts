import { licenceOf, lockedDependencies } from './lock.ts';

/** Licences of what is in the images. One that is not here needs somebody to read it first. */
const allowed = new Set([
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', '(MIT OR CC0-1.0)'],
  // argparse, which comes with js-yaml for its command line, and that with @nestjs/swagger.
  'Python-2.0',
]);

/** By licence the production dependencies that are under it, as `docs/licences.md` lists them. */
export function licences(): Map<string, string[]> {
  const names = new Map<string, Set<string>>();
  for (const dependency of lockedDependencies().filter(({ production }) => production)) {
    const licence = licenceOf(dependency) ?? 'none';
    names.set(licence, (names.get(licence) ?? new Set()).add(dependency.name));
  }
  return new Map([...names].sort().map(([licence, packages]) => [licence, [...packages].sort()]));
}

/** The licences that nobody has allowed, each with its packages. */
export function refusedLicences(found: ReadonlyMap<string, readonly string[]>): string[] {
  return [...found]
    .filter(([licence]) => !allowed.has(licence))
    .map(([licence, packages]) => `${licence}: ${packages.join(', ')}`);
}

/** The page that lists them. */
export function licencePage(found: ReadonlyMap<string, readonly string[]>): string {
  const rows = [...found].map(([licence, packages]) => `## ${licence}\n\n${packages.join(', ')}\n`);
  return ['# Licences', 'Of the packages that are in the images. Written by `npm run licences`.\n', ...rows]
    .join('\n\n')
    .replaceAll(/\n{3,}/g, '\n\n');
}
