import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What an image is made from besides the files: anything that the build is told. */
export interface BuildInputs {
  readonly platform: string;
  readonly args: Readonly<Record<string, string>>;
}

/** As long as a git commit's usual short form; a tag has room for 128. */
const tagLength = 16;

/**
 * The tag of an image, which follows from what goes into it and from nothing else: the Dockerfile, what it is told, and
 * the path, content and executable bit of every file that .dockerignore lets through, wherever the folder is and
 * whenever, by whom and in which order its files were written. All services share these files, as the Dockerfile builds
 * them together and bundles share chunks; so the tag changes when the provider would build again, and no tag is pushed
 * twice to a repository whose tags can't be moved. (The provider also tells one umask from another.)
 */
export function contentTag(root: string, { platform, args }: BuildInputs): string {
  const hash = createHash('sha256');
  const add = (...parts: (string | Buffer)[]): void => {
    for (const part of parts) hash.update(`${part.length}:`).update(part);
  };
  add(platform, JSON.stringify(Object.entries(args).sort(byName)));
  add(readFileSync(join(root, 'Dockerfile')));
  for (const path of contextFiles(root)) {
    const executable = (statSync(join(root, path)).mode & 0o100) !== 0;
    add(path, executable ? 'x' : '-', readFileSync(join(root, path)));
  }
  return hash.digest('hex').slice(0, tagLength);
}

/** Paths of the build context's files, in the order of their bytes. */
export function contextFiles(root: string): string[] {
  const rules = ignoreRules(readFileSync(join(root, '.dockerignore'), 'utf8'));
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (mayHold(rules, path)) walk(path);
      } else if (!ignored(rules, path)) files.push(path);
    }
  };
  walk('');
  return files.sort();
}

interface IgnoreRule {
  readonly pattern: string;
  readonly matches: RegExp;
  readonly exception: boolean;
}

function ignoreRules(text: string): IgnoreRule[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const pattern = line.replace(/^!/, '');
      return { pattern, matches: patternOf(pattern), exception: line.startsWith('!') };
    });
}

/** As Docker reads it, names that begin with a dot are names like others, which `path.matchesGlob` does not think. */
function patternOf(pattern: string): RegExp {
  const translated = new Map([
    ['**/', '(.*/)?'],
    ['**', '.*'],
    ['*', '[^/]*'],
    ['?', '[^/]'],
  ]);
  const source = pattern.replaceAll(
    /\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g,
    (part) => translated.get(part) ?? `\\${part}`,
  );
  return new RegExp(`^${source}$`, 's');
}

/** The last rule that matches a path or a folder above it decides: https://docs.docker.com/build/concepts/context/#dockerignore-files */
function ignored(rules: readonly IgnoreRule[], path: string): boolean {
  const parts = path.split('/');
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  return rules.reduce(
    (verdict, { matches, exception }) =>
      paths.some((candidate) => matches.test(candidate)) ? !exception : verdict,
    false,
  );
}

/** Spares the walk what is left out whole, node_modules above all. */
function mayHold(rules: readonly IgnoreRule[], folder: string): boolean {
  return (
    !ignored(rules, folder) ||
    rules.some(({ pattern, exception }) => exception && pattern.startsWith(`${folder}/`))
  );
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
