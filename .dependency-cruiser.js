/** The arrows between the rooms, as docs/architecture.md draws them. */
const room = (path) => ({ path: `^${path}/` });
const only = (from, ...allowed) => ({
  name: `${from.replace('/', '-')}-reaches-only-its-own`,
  severity: 'error',
  from: room(from),
  to: { path: '^(apps|libs|infra|tools|test)/', pathNot: [from, ...allowed].map((path) => `^${path}/`) },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-app-in-another',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    only('apps', 'libs/platform', 'libs/contracts', 'libs/catalogue', 'test/harness'),
    only('libs/platform', 'libs/contracts', 'libs/catalogue'),
    only('libs/contracts'),
    only('libs/catalogue'),
    only('infra', 'libs/catalogue'),
    only('tools', 'libs/catalogue', 'libs/platform'),
    {
      name: 'nothing-reaches-infra',
      severity: 'error',
      from: { pathNot: '^infra/' },
      to: { path: '^infra/' },
    },
    {
      name: 'catalogue-is-plain-data',
      severity: 'error',
      from: { path: '^libs/catalogue/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/catalogue/' },
    },
    {
      name: 'contracts-know-no-database-and-no-server',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      to: { path: 'node_modules/(@nestjs/(core|common|platform-express)|pg|drizzle-orm|pg-boss)/' },
    },
    {
      name: 'rooms-are-entered-by-name',
      comment: 'Across rooms import #catalogue, #contracts or #platform, never a relative path.',
      severity: 'error',
      from: { path: '^(apps|libs|infra|tools|test)/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index\\.ts$', dependencyTypesNot: ['local'] },
    },
    {
      name: 'no-test-in-product',
      comment: "A service's own tests, beside its code, run it by the harness of all tests.",
      severity: 'error',
      from: {
        path: '^(apps|libs|infra|tools)/',
        pathNot: '(\\.(spec|fixtures)\\.ts$|^infra/(testing/|plan))',
      },
      to: { path: '(\\.(spec|fixtures)\\.ts$|^test/|^infra/testing/)' },
    },
    {
      name: 'the-model-is-not-the-product',
      comment: 'A model that shared code with the book would share its faults.',
      severity: 'error',
      from: { path: '^test/model/' },
      to: { path: '^(apps|libs)/' },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.(spec|fixtures)\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.data)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
    },
  },
};
