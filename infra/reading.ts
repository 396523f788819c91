/** The value of a stack's configuration key as the engine hands it over: lists and objects are JSON. */
export type Lookup = (key: string) => string | undefined;

/** Reads typed values and remembers what is wrong with which key, so that all of it can be told at once. */
export class Reading {
  readonly faults: string[] = [];
  readonly #lookup: Lookup;
  readonly #asked = new Set<string>();

  constructor(lookup: Lookup) {
    this.#lookup = (key) => {
      this.#asked.add(key);
      return lookup(key);
    };
  }

  /** Whether the key has been read. */
  knows(key: string): boolean {
    return this.#asked.has(key);
  }

  /** The first fault of a key is told; what follows from it is not. */
  fault(key: string, what: string): void {
    if (!this.faults.some((fault) => fault.startsWith(`${key}: `))) this.faults.push(`${key}: ${what}`);
  }

  /** Undefined when it is missing or empty. */
  optional(key: string, pattern: RegExp, what: string): string | undefined {
    const value = this.#lookup(key);
    if (value === undefined || value === '') return undefined;
    if (!pattern.test(value)) this.fault(key, `must be ${what}`);
    return value;
  }

  text(key: string, pattern: RegExp, what: string): string {
    const value = this.optional(key, pattern, what);
    if (value === undefined) this.fault(key, `is missing; it must be ${what}`);
    return value ?? '';
  }

  oneOf<const Value extends string>(key: string, values: readonly [Value, ...Value[]]): Value {
    const text = this.text(key, /^/, values.join(' or '));
    const value = values.find((one) => one === text);
    if (value === undefined && text !== '') this.fault(key, `must be ${values.join(' or ')}`);
    return value ?? values[0];
  }

  flag(key: string): boolean {
    return this.oneOf(key, ['false', 'true']) === 'true';
  }

  /** @param step 1 for whole numbers */
  number(key: string, min: number, max: number, step = 1): number {
    const what = `${step === 1 ? 'a whole number' : `a multiple of ${step}`} from ${min} to ${max}`;
    const text = this.text(key, /^\d+(\.\d+)?$/, what);
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && (value < min || value > max || value % step !== 0))
      this.fault(key, `must be ${what}`);
    return value;
  }

  /** A list of texts; empty when it is missing. */
  texts(key: string): readonly string[] {
    const value = this.#json(key) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.fault(key, 'must be a list of strings');
    return [];
  }

  /** Texts by name; empty when it is missing. */
  entries(key: string): ReadonlyMap<string, string> {
    const value = this.#json(key) ?? {};
    const entries = new Map<string, string>();
    if (typeof value !== 'object' || Array.isArray(value)) this.fault(key, 'must be an object of strings');
    else
      for (const [name, item] of Object.entries(value)) {
        if (typeof item === 'string') entries.set(name, item);
        else this.fault(`${key}.${name}`, 'must be a string');
      }
    return entries;
  }

  /** The tags that a provider is told to give to all it makes; none when it is told nothing. */
  tags(key: string): Readonly<Record<string, unknown>> {
    const value = this.#json(key);
    const tags = typeof value === 'object' && value !== null && 'tags' in value ? value.tags : undefined;
    return typeof tags === 'object' && tags !== null ? { ...tags } : {};
  }

  #json(key: string): unknown {
    const value = this.#lookup(key);
    try {
      return value === undefined || value === '' ? undefined : JSON.parse(value);
    } catch {
      return Number.NaN;
    }
  }
}
