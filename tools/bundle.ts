import { readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { services } from '#catalogue';

// What the compiler wrote and the packages it imports, as a few files per build: Node reads 20 files instead of 2,300,
// so a service is ready in a third of the time, which counts most on a quarter of a CPU.

const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist', 'services');

/** Never imported by what we use of Nest and pg, or (swagger-ui-dist) files that are served as they are. */
const external = [
  '@fastify/*',
  '@nestjs/microservices',
  '@nestjs/websockets',
  'class-transformer/storage',
  'fastify',
  'pg-cloudflare',
  'pg-native',
  'swagger-ui-dist',
];

/** What a service can be started by: each serves, migrates, verifies its access log, and some rebuild what they keep of others. */
function entriesOf(name: string): string[] {
  const files = readdirSync(join(root, 'dist', 'apps', name, 'src'));
  const names = files.flatMap((file) => /^(main|migrate|rebuild|verify)\.js$/.exec(file)?.[1] ?? []);
  return names.sort();
}

const entryPoints = services.flatMap(({ name }) =>
  entriesOf(name).map((entry) => ({
    in: join(root, 'dist', 'apps', name, 'src', `${entry}.js`),
    out: `${name}/${entry}`,
  })),
);

/**
 * Nest's mapped types (PartialType) look into class-validator and class-transformer through a `require` that they make
 * themselves. A bundler can't follow that: they would find another copy of the packages, empty, or none in an image.
 */
const followMappedTypes: Plugin = {
  name: 'follow-mapped-types',
  setup(bundler) {
    bundler.onLoad({ filter: /@nestjs.mapped-types.dist.type-helpers\.utils\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace('const require = createRequire(import.meta.url);', '');
      if (contents === source)
        throw new Error('@nestjs/mapped-types has changed: look whether this is still needed');
      return { contents };
    });
  },
};

/**
 * With keepNames esbuild gives each function its name whenever it is made, those that every request makes anew too. Only
 * classes need it, which take theirs once, and `type: () => Dto`, by whose name Nest's Swagger knows a type told later.
 */
async function nameOnlyClasses(): Promise<void> {
  const helper = '=> __defProp(target, "name", { value, configurable: true });';
  const ofClass = /__name\(this, ("[^"]+")\)/;
  let [helpers, classes] = [0, 0];
  for (const name of readdirSync(outdir).filter((file) => file.endsWith('.js'))) {
    const file = join(outdir, name);
    const text = await readFile(file, 'utf8');
    if (text.includes(helper)) helpers += 1;
    if (ofClass.test(text)) classes += 1;
    const ofClasses = text
      .replace(helper, helper.replace('=>', '=> value !== "type" ? target :'))
      .replace(
        new RegExp(ofClass, 'g'),
        'Object.defineProperty(this, "name", { value: $1, configurable: true })',
      );
    await writeFile(file, ofClasses);
  }
  if (helpers !== 1 || classes === 0)
    throw new Error('esbuild gives classes their names in another way than it did');
}

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints,
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node26',
  // Errors and providers are told by the names of their classes.
  keepNames: true,
  external,
  plugins: [followMappedTypes],
  banner: {
    js: "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);",
  },
  logLevel: 'warning',
});
await nameOnlyClasses();
