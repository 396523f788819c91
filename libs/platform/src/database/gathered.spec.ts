import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from './database.ts';
import { Gathered } from './gathered.ts';

const reader = {} as Connection;
const unavailable = expect.objectContaining({ code: 'unavailable' });

/** As long as it takes a statement to begin. */
async function moment(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await nextTurn();
}

/** Statements that end when they are told to, and what they were asked for together. */
function held() {
  const asked: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const gathered = new Gathered<number, number>(
    reader,
    (_, keys) => {
      asked.push(keys);
      return new Promise((resolve) => {
        ends.push(() => {
          resolve(keys.map((key) => -key));
        });
      });
    },
    (key) => key,
  );
  /** Ends one of those under way: the oldest, if nothing else is said. */
  const end = async (answered: readonly Promise<unknown>[], nth = 0) => {
    await moment();
    ends.splice(nth, 1)[0]?.();
    await Promise.all(answered);
  };
  return { asked, end, gathered };
}

beforeEach(() => void jest.useFakeTimers({ now: 0 }));
afterEach(() => void jest.useRealTimers());

describe('statements gathered', () => {
  it('share the next one while two are under way, each answered by its key, and begin anew after a pause', async () => {
    const { asked, end, gathered } = held();
    const first = gathered.get(reader, 1);
    await moment();
    const second = gathered.get(reader, 2);
    await moment();
    const others = [3, 4].map((key) => gathered.get(reader, key));
    await moment();
    expect(asked).toEqual([[1], [2]]);
    await end([first]);
    await end([second]);
    await end(others);
    expect(await Promise.all([first, second, ...others])).toEqual([-1, -2, -3, -4]);
    await end([gathered.get(reader, 5)]);
    expect(asked).toEqual([[1], [2], [3, 4], [5]]);
  });

  it('share the first one when they are asked for at once, or one turn of the event loop after the other', async () => {
    const { asked, end, gathered } = held();
    const all = [1, 2, 3].map((key) => gathered.get(reader, key));
    await nextTurn();
    all.push(gathered.get(reader, 4));
    await end(all);
    expect(asked).toEqual([[1, 2, 3, 4]]);
  });

  it('begin after three turns though each brings somebody', async () => {
    const { asked, end, gathered } = held();
    const all: Promise<number>[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      all.push(gathered.get(reader, 1), gathered.get(reader, 1));
      await nextTurn();
    }
    await end(all.slice(0, 6));
    await end(all.slice(6));
    expect(asked.map(({ length }) => length)).toEqual([6, 6]);
  });

  it('go together as far as their weight allows, one at least', async () => {
    const { asked, end, gathered } = held();
    const keys = [5_000, 1_500, 500, 1, 1];
    const all = keys.map((key) => gathered.get(reader, key));
    await moment();
    for (const [from, to] of [
      [0, 1],
      [1, 3],
      [3, 5],
    ])
      await end(all.slice(from, to));
    expect(asked).toEqual([[5_000], [1_500, 500], [1, 1]]);
  });

  it('are refused beyond so many that wait, and those before are answered', async () => {
    const { asked, end, gathered } = held();
    const all = Array.from({ length: 10_000 }, () => gathered.get(reader, 1));
    await expect(gathered.get(reader, 1)).rejects.toEqual(unavailable);
    for (let from = 0; from < all.length; from += 32) await end(all.slice(from, from + 32));
    expect(asked.flat()).toHaveLength(10_000);
    expect(Math.max(...asked.map(({ length }) => length))).toBe(32);
  });

  it('are refused while neither of those under way is answered in time, and so are those that waited for them', async () => {
    const { asked, end, gathered } = held();
    const first = gathered.get(reader, 1);
    await moment();
    const second = gathered.get(reader, 2);
    await moment();
    const old = gathered.get(reader, 3);
    jest.advanceTimersByTime(3_000);
    const younger = gathered.get(reader, 4);
    jest.advanceTimersByTime(2_001);
    await expect(gathered.get(reader, 5)).rejects.toEqual(unavailable);
    await end([first]);
    await expect(old).rejects.toEqual(unavailable);
    await end([second]);
    await end([younger]);
    expect(asked).toEqual([[1], [2], [4]]);
  });

  it('go on by one while the other is not answered', async () => {
    const { asked, end, gathered } = held();
    const stuck = gathered.get(reader, 1);
    await moment();
    for (const key of [2, 4, 6]) {
      const answer = gathered.get(reader, key);
      await moment();
      jest.advanceTimersByTime(4_000);
      const next = gathered.get(reader, key + 1);
      await end([answer], 1);
      await end([next], 1);
    }
    await end([stuck]);
    expect(asked).toEqual([[1], [2], [3], [4], [5], [6], [7]]);
  });

  it('go on after some that fail', async () => {
    const failure = new Error('away');
    const read = jest.fn<(connection: Connection, keys: readonly number[]) => Promise<readonly number[]>>();
    read.mockRejectedValueOnce(failure).mockRejectedValueOnce(failure).mockResolvedValueOnce([3]);
    const gathered = new Gathered<number, number>(reader, read);
    for (const key of [1, 2]) await expect(gathered.get(reader, key)).rejects.toBe(failure);
    expect(await gathered.get(reader, 3)).toBe(3);
  });

  it('go on after all that waited were refused', async () => {
    const { asked, end, gathered } = held();
    const first = gathered.get(reader, 1);
    await moment();
    const second = gathered.get(reader, 2);
    await moment();
    const old = gathered.get(reader, 3);
    jest.advanceTimersByTime(5_001);
    await end([first]);
    await expect(old).rejects.toEqual(unavailable);
    await end([second]);
    await end([gathered.get(reader, 4)]);
    expect(asked).toEqual([[1], [2], [4]]);
  });
});
