/**
 * How the SDK writes its models, as far as answers need it: a number for what is simple, to which 64 is added for a list of
 * it and 128 for a map; [1, ..., member] a list, [2, ..., key, value] a map, [3, ..., names, members] a structure. A member
 * may be wrapped in a function, and together with its traits in an array.
 */
type Model = number | readonly unknown[] | (() => Model);
type Enumerations = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** By the number of a simple model. */
const simple: Readonly<Record<number, (value: unknown) => boolean>> = {
  0: (value) => typeof value === 'string',
  1: (value) => typeof value === 'number',
  2: (value) => typeof value === 'boolean',
  4: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
};

/** Where a decoded answer is not what its model says. */
export function faultsOf(
  value: unknown,
  model: unknown,
  enumerations: Enumerations,
  path: readonly string[] = [],
): string[] {
  if (value === undefined) return [];
  const known = model as Model;
  const within = (inner: unknown, part: unknown, key: string): string[] =>
    faultsOf(inner, part, enumerations, [...path, key]);
  const wrong = [`${path.join('.')}: ${JSON.stringify(value)}`];
  if (typeof known === 'function') return faultsOf(value, known(), enumerations, path);
  if (typeof known === 'number') {
    if (known >= 64)
      return isContainer(value, known < 128)
        ? Object.entries(value).flatMap(([key, inner]) => within(inner, known % 64, key))
        : wrong;
    const allowed = enumerations[path.at(-1) ?? ''];
    const listed = !allowed || Object.values<unknown>(allowed).includes(value);
    return simple[known]?.(value) === true && listed ? [] : wrong;
  }
  const [kind, , , , first, second] = known;
  if (typeof kind === 'function') return faultsOf(value, kind, enumerations, path);
  if (!isContainer(value, kind === 1)) return wrong;
  const names = kind === 3 ? (first as readonly string[]) : [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (kind === 1) return within(inner, first, key);
    if (kind === 2) return within(inner, second, key);
    const member = (second as readonly unknown[])[names.indexOf(key)];
    return member === undefined ? [`${[...path, key].join('.')} is no member`] : within(inner, member, key);
  });
}

function isContainer(value: unknown, list: boolean): value is object {
  return typeof value === 'object' && value !== null && Array.isArray(value) === list;
}

/** How many values there are that hold no others. */
export function leavesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Date)
    return value === undefined ? 0 : 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + leavesIn(inner), 0);
}

/** Likewise, without what says how the request went. */
export function leavesOfXml(text: string): number {
  const result = text.replace(/<ResponseMetadata>[^]*<\/ResponseMetadata>/, '');
  return result.match(/<(\w+)>[^<>]+<\/\1>/g)?.filter((leaf) => />\s*\S/.test(leaf)).length ?? 0;
}
