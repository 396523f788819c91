import type { RequestHandler } from 'express';
import type { Layer, Route } from './routes.ts';

/** A route that a path is for, what answers there, and what its path says. */
export interface Found {
  readonly route: Route;
  readonly handle: RequestHandler;
  readonly params: Record<string, string>;
}

interface Entry {
  readonly route: Route;
  readonly segments: readonly Segment[];
  /** Undefined where several layers have one pattern, of which the first may pass on to the next. */
  handle: RequestHandler | undefined;
}

/** Either a word or the name of what stands in its place. */
interface Segment {
  readonly word?: string;
  readonly name?: string;
}

/** A target whose path is of unreserved characters alone (RFC 3986, 2.3), so that nobody reads it in another way. */
const plainTarget = /^(\/[\w.~/-]*)(?:\?|$)/;
const plainSegment = /^(?::\w+|[\w.~-]*)$/;
const plainMount = /^[\w.~/-]+$/;

/**
 * The routes of an application by method and number of segments, where Express asks each layer in turn whether the path
 * matches its pattern. It holds those alone that Express would find first; whoever isn't found here may be there.
 */
export class RouteTable {
  /** By method, then by number of segments; in Express' order. */
  readonly #entries = new Map<string, Entry[][]>();
  /** Below these Express would ask somebody else first, such as a folder of files. */
  readonly #mounts: string[] = [];

  /** @param layers of an Express whose routing is strict and case sensitive, but for those that let everything through */
  constructor(layers: readonly Layer[]) {
    for (const layer of layers) if (!this.#add(layer)) break;
  }

  find(method: string, target: string): Found | undefined {
    const path = plainTarget.exec(target)?.[1];
    if (path === undefined || this.#mounts.some((mount) => path.startsWith(mount))) return undefined;
    const parts = path.split('/');
    for (const { route, handle, segments } of this.#entries.get(method)?.[parts.length] ?? []) {
      const params = paramsOf(segments, parts);
      if (params) return handle && { route, handle, params };
    }
    return undefined;
  }

  /** @returns whether what comes after it may be here too */
  #add({ route, slash, rawPath }: Layer): boolean {
    if (!route) {
      if (slash || typeof rawPath !== 'string' || !plainMount.test(rawPath)) return false;
      this.#mounts.push(rawPath.replace(/\/+$/, ''));
      return true;
    }
    const parts = route.path.split('/');
    const [only, ...more] = route.stack;
    if (!parts.every((part) => plainSegment.test(part)) || !only?.method || more.length > 0) return false;
    const segments = parts.map((part) => (part.startsWith(':') ? { name: part.slice(1) } : { word: part }));
    const method = only.method.toUpperCase();
    const byLength = this.#entries.get(method) ?? [];
    this.#entries.set(method, byLength);
    const entries = (byLength[parts.length] ??= []);
    const same = entries.find((entry) => shapeOf(entry.segments) === shapeOf(segments));
    if (same) same.handle = undefined;
    else entries.push({ route, segments, handle: only.handle });
    return true;
  }
}

/** The same for patterns that take the same paths. */
function shapeOf(segments: readonly Segment[]): string {
  return segments.map(({ word }) => word ?? ':').join('/');
}

/** What the parts of a path say for as many segments; undefined where they are not of that pattern. */
function paramsOf(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (let index = 0; index < segments.length; index += 1) {
    const { word, name = '' } = segments[index] ?? {};
    const part = parts[index] ?? '';
    if (word === undefined ? part === '' : part !== word) return undefined;
    if (word === undefined) params[name] = part;
  }
  return params;
}
