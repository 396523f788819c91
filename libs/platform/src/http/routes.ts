import type { Express, Request } from 'express';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  match(path: string): boolean;
}

/** Nest's own last route, which answers whatever no other did. */
const catchAll = '{/*splat}';

/**
 * The methods that a path answers, by Express' own matching; empty for an unknown path. A route that spells the path out
 * hides those that would take its last part for an id.
 */
export function allowedMethods(app: Express, path: string): string[] {
  const layers = (app.router as unknown as { stack: Layer[] }).stack;
  const matching = layers.filter(
    (layer) => layer.route && layer.route.path !== catchAll && matches(layer, path),
  );
  const literal = matching.filter(({ route }) => route?.path === path);
  const methods = (literal.length > 0 ? literal : matching).flatMap(({ route }) =>
    Object.keys(route?.methods ?? {}),
  );
  if (methods.includes('get')) methods.push('head');
  return [...new Set(methods)].map((method) => method.toUpperCase()).sort();
}

/** The pattern of the route that took a request; undefined when none did. */
export function routePattern(request: Request): string | undefined {
  const { path } = (request.route ?? {}) as { path?: string };
  return path === catchAll ? undefined : path;
}

function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match(path);
  } catch {
    return false;
  }
}
