import { describe, expect, it, jest } from '@jest/globals';
import { Line } from './line.ts';

const limits = {
  places: 4,
  waiting: 8,
  rush: 5,
  rushPatienceMs: 10_000,
  standing: 0,
  patienceMs: 500,
  placeMs: 60_000,
};

/** Who has waited too long is looked for now and then. */
const lookMs = 25;

jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'setImmediate'] });

/** A line, and what became of everybody in it. */
class Hall {
  readonly line = new Line(limits);
  readonly entered: string[] = [];
  readonly refused: string[] = [];
  readonly #ends = new Map<string, () => void>();

  join(...names: string[]): (() => void)[] {
    return names.map((name) => {
      const leave = this.line.join({
        enter: (giveBack) => {
          this.entered.push(name);
          this.#ends.set(name, giveBack);
        },
        refuse: () => this.refused.push(name),
      });
      return leave ?? (() => undefined);
    });
  }

  async end(...names: string[]): Promise<void> {
    for (const name of names) this.#ends.get(name)?.();
    await Promise.resolve();
  }

  /** So many, all named alike. */
  crowd(name: string, size: number): void {
    this.join(...Array.from({ length: size }, (_, index) => `${name}${index}`));
  }
}

describe('a line', () => {
  it('lets so many work at once, the others in the order they came', async () => {
    const hall = new Hall();
    hall.join('a', 'b', 'c', 'd', 'e', 'f', 'g');
    expect(hall.entered).toEqual(['a', 'b', 'c', 'd']);
    await hall.end('c', 'a');
    expect(hall.entered).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect([hall.line.atWork, hall.line.waiting]).toEqual([4, 1]);
  });

  it('gives a place back once, however often it is told', async () => {
    const hall = new Hall();
    hall.join('a', 'b', 'c', 'd', 'e', 'f');
    await hall.end('a', 'a', 'a');
    expect(hall.entered).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('refuses at once who finds it full', () => {
    const hall = new Hall();
    hall.crowd('', limits.places + limits.waiting);
    hall.join('late');
    expect(hall.refused).toEqual(['late']);
  });

  it('keeps no place for who has gone', async () => {
    const hall = new Hall();
    const [, , , , leave] = hall.join('a', 'b', 'c', 'd', 'gone', 'next');
    leave?.();
    await hall.end('a');
    expect(hall.entered).toEqual(['a', 'b', 'c', 'd', 'next']);
    expect(hall.refused).toEqual([]);
  });

  it('refuses nobody who goes because another is refused', () => {
    const line = new Line({ ...limits, places: 0 });
    const refused: string[] = [];
    line.join({
      enter: () => undefined,
      refuse: () => {
        refused.push('first');
        leave?.();
      },
    });
    const leave = line.join({ enter: () => undefined, refuse: () => refused.push('gone') });
    jest.advanceTimersByTime(limits.rushPatienceMs + lookMs);
    expect([refused, line.waiting]).toEqual([['first'], 0]);
  });

  it('has whoever comes in a rush wait long, and those who make it more than a rush only shortly', () => {
    const hall = new Hall();
    hall.crowd('work', limits.places);
    hall.crowd('rush', limits.rush);
    hall.crowd('late', 2);
    jest.advanceTimersByTime(limits.patienceMs - 1);
    expect(hall.refused).toEqual([]);
    jest.advanceTimersByTime(1 + lookMs);
    expect(hall.refused).toEqual(['late0', 'late1']);
    jest.advanceTimersByTime(limits.rushPatienceMs + lookMs);
    expect(hall.refused).toHaveLength(2 + limits.rush);
    expect(hall.line.waiting).toBe(0);
  });

  it('takes what comes for a new rush once half of the places were free', async () => {
    const hall = new Hall();
    hall.crowd('work', limits.places);
    hall.crowd('rush', limits.rush);
    jest.advanceTimersByTime(limits.rushPatienceMs + lookMs);
    await hall.end('work0');
    hall.join('again');
    hall.join('late');
    jest.advanceTimersByTime(limits.patienceMs + lookMs);
    expect(hall.refused.at(-1)).toBe('late');
    await hall.end('again', 'work1', 'work2');
    hall.crowd('work', 3);
    hall.join('patient');
    jest.advanceTimersByTime(limits.patienceMs + lookMs);
    expect(hall.refused.at(-1)).toBe('late');
  });

  it('lets the next in when work takes too long', async () => {
    const hall = new Hall();
    hall.join('a', 'b', 'c', 'd');
    jest.advanceTimersByTime(limits.placeMs - 1);
    hall.join('next');
    expect(hall.entered).not.toContain('next');
    jest.advanceTimersByTime(1);
    await Promise.resolve();
    expect(hall.entered).toContain('next');
    await hall.end('a', 'b', 'c', 'd');
    expect(hall.line.atWork).toBe(1);
  });

  it('lets whoever finds few waiting wait for long, however many came before', () => {
    const line = new Line({ ...limits, rush: 0, standing: 2 });
    const refused: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'first', 'second', 'third'])
      line.join({ enter: () => undefined, refuse: () => refused.push(name) });
    jest.advanceTimersByTime(limits.patienceMs + lookMs);
    expect(refused).toEqual(['third']);
    jest.advanceTimersByTime(limits.rushPatienceMs - limits.patienceMs);
    expect(refused).toEqual(['third', 'first', 'second']);
  });

  it('survives a line of thousands whose work ends as it begins', async () => {
    const line = new Line({ ...limits, places: 1, waiting: 20_000, rush: 20_000 });
    let giveBackFirst = (): void => undefined;
    let entered = 0;
    line.join({ enter: (giveBack) => (giveBackFirst = giveBack), refuse: () => undefined });
    for (let count = 0; count < 20_000; count += 1)
      line.join({
        enter: (giveBack) => {
          entered += 1;
          giveBack();
        },
        refuse: () => undefined,
      });
    giveBackFirst();
    await new Promise((resolve) => setImmediate(resolve));
    expect(entered).toBe(20_000);
  });
});
