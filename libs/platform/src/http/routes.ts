import type { Express, Request, RequestHandler } from 'express';

export interface Route {
  path: string;
  methods: Record<string, boolean>;
  /** What answers, in turn; without a method, whatever that is. */
  stack: { method?: string; handle: RequestHandler }[];
}

/** What Express asks in turn whether a request is for it: a route, or what stands before some or all of them. */
export interface Layer {
  route?: Route;
  /** What it was registered for. */
  rawPath: unknown;
  /** Whether it is for whatever path. */
  slash: boolean;
  match(path: string): boolean;
}

export function layersOf(app: Express): readonly Layer[] {
  return (app.router as unknown as { stack: Layer[] }).stack;
}

/** Nest's own last route, which answers whatever no other did. */
const catchAll = '{/*splat}';

/** The methods that a path answers; empty for an unknown path. */
export function allowedMethods(app: Express, path: string): string[] {
  const methods = routesOf(app, path).flatMap((route) => Object.keys(route.methods));
  if (methods.includes('get')) methods.push('head');
  return [...new Set(methods)].map((method) => method.toUpperCase()).sort();
}

/**
 * The pattern of the route that took a request, or that its path would be for, by another method or had it not been
 * answered before; undefined for an unknown path.
 */
export function routePattern(request: Request): string | undefined {
  const { path } = (request.route ?? {}) as Partial<Route>;
  return path === undefined || path === catchAll
    ? routesOf(request.app as Express, request.path)[0]?.path
    : path;
}

/**
 * The routes for a path, by Express' own matching. A route that spells the path out hides those that would take its last
 * part for an id.
 */
function routesOf(app: Express, path: string): Route[] {
  const routes = layersOf(app).flatMap((layer) =>
    layer.route && layer.route.path !== catchAll && matches(layer, path) ? [layer.route] : [],
  );
  const literal = routes.filter((route) => route.path === path);
  return literal.length > 0 ? literal : routes;
}

function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false;
  }
}
