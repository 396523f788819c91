import { expect, it } from '@jest/globals';
import express, { type Express, type RequestHandler } from 'express';
import fc from 'fast-check';
import { RouteTable } from './route-table.ts';
import { layersOf } from './routes.ts';

const words = ['patients', 'merges', 'search', 'docs', 'a.b', 'history'];
const methods = ['get', 'post', 'patch'] as const;

const segment = fc.oneof(fc.constantFrom(...words), fc.constantFrom(':id', ':name'));
const plainPattern = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map((segments) => `/${segments.join('/')}`);
/** Some are of a kind that the table doesn't know. */
const pattern = fc.oneof(
  { weight: 9, arbitrary: plainPattern },
  { weight: 1, arbitrary: fc.constant('/patients/:id.json') },
);
const routes = fc.array(fc.record({ method: fc.constantFrom(...methods), path: pattern }), { maxLength: 12 });
const part = fc.oneof(
  fc.constantFrom(...words),
  fc.constantFrom('', '.', '..', 'Patients', '%64ocs', 'a;b', 'é', '#', '?x=/', '0197-a'),
);
/** Seldom a path of any route. */
const anyTarget = fc.array(part, { maxLength: 5 }).map((parts) => `/${parts.join('/')}`);

/** An application as ours are, that says which of its layers answered. */
function applicationOf(
  register: (app: Express, answering: (name: string) => RequestHandler) => void,
): Express {
  const app = express();
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  register(app, (name) => (request, response) => {
    response.locals.answered = { name, params: { ...request.params } };
  });
  return app;
}

type Answered = { name: string; params: Record<string, string> } | undefined;

function askExpress(app: Express, method: string, url: string): Answered {
  const response = { locals: {} as { answered?: Answered } };
  app.router(
    { method, url } as Parameters<Express['router']>[0],
    response as unknown as Parameters<Express['router']>[1],
    () => undefined,
  );
  return response.locals.answered;
}

function askTable(app: Express, method: string, url: string): Answered {
  const found = new RouteTable(layersOf(app)).find(method, url);
  if (!found) return undefined;
  const response = { locals: {} as { answered?: Answered } };
  const request = { method, url, params: found.params };
  void found.handle(
    request as unknown as Parameters<RequestHandler>[0],
    response as unknown as Parameters<RequestHandler>[1],
    () => undefined,
  );
  return response.locals.answered;
}

/** Mostly a path of one of some routes. */
function targetOf(all: readonly { path: string }[]): fc.Arbitrary<string> {
  if (all.length === 0) return anyTarget;
  const path = fc.tuple(fc.constantFrom(...all), part).map(([route, value]) => fill(route.path, value));
  return fc.oneof({ weight: 4, arbitrary: path }, { weight: 1, arbitrary: anyTarget });
}

/** A path of a pattern. */
function fill(path: string, value: string): string {
  return path.replaceAll(/:\w+/g, value);
}

it('finds what Express would find, or nothing', () => {
  const asked = routes.chain((all) =>
    fc.record({
      all: fc.constant(all),
      method: fc.constantFrom('GET', 'POST', 'PATCH', 'HEAD', 'OPTIONS'),
      url: targetOf(all),
    }),
  );
  let found = 0;
  fc.assert(
    fc.property(asked, ({ all, method, url }) => {
      const app = applicationOf((to, answering) => {
        for (const [index, route] of all.entries())
          to[route.method](route.path, answering(`${index} ${route.path}`));
      });
      const answered = askTable(app, method, url);
      if (answered === undefined) return;
      found += 1;
      expect(answered).toEqual(askExpress(app, method, url));
    }),
    { numRuns: 3_000 },
  );

  expect(found).toBeGreaterThan(100);
});

it('finds every route by a path of it', () => {
  fc.assert(
    fc.property(plainPattern, fc.constantFrom(...methods), (path, method) => {
      const app = applicationOf((to, answering) => to[method](path, answering('it')));
      const url = `${fill(path, '0197-a')}?limit=5`;
      expect(askTable(app, method.toUpperCase(), url)?.name).toBe('it');
    }),
  );
});

it.each<[string, (app: Express, answering: (name: string) => RequestHandler) => void]>([
  ['a layer for all paths', (app, answering) => app.use(answering('first'))],
  ['a layer of a folder', (app, answering) => app.use('/patients', answering('first'))],
  ['a layer of a folder with a slash', (app, answering) => app.use('/patients/', answering('first'))],
  ['a layer of a parameter', (app, answering) => app.use('/:service', answering('first'))],
  ['a layer of a pattern', (app, answering) => app.use(/^\/patients/, answering('first'))],
  ['a route of another kind', (app, answering) => app.get('/patients/*rest', answering('first'))],
  ['a route of all methods', (app, answering) => app.all('/patients/:id', answering('first'))],
  ['a route of the same pattern', (app, answering) => app.get('/patients/:number', answering('first'))],
  [
    'a route that has several handlers',
    (app, answering) => app.get('/patients/:id', answering('first'), answering('second')),
  ],
])('leaves to Express what comes after %s', (_what, register) => {
  const app = applicationOf((to, answering) => {
    register(to, answering);
    to.get('/patients/:id', answering('last'));
  });
  expect(askTable(app, 'GET', '/patients/1')).toBeUndefined();
  expect(askExpress(app, 'GET', '/patients/1')?.name).toBe('first');
});

it('knows what is beside a folder', () => {
  const app = applicationOf((to, answering) => {
    to.use('/patients/docs', answering('files'));
    to.get('/patients/:id', answering('patient'));
  });
  expect(askTable(app, 'GET', '/patients/docs')).toBeUndefined();
  expect(askTable(app, 'GET', '/patients/1')).toEqual({ name: 'patient', params: { id: '1' } });
});
