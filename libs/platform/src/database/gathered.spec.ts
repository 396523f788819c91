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
  const end = async (answered: readonly Promise<unknown>[]) => {
    await moment();
    ends.shift()?.();
    await Promise.all(answered);
  };
  return { asked, end, gathered };
}

beforeEach(() => void jest.useFakeTimers({ now: 0 }));
afterEach(() => void jest.useRealTimers());

describe('statements gathered', () => {
  it('share the next one while one is under way, each answered by its key, and begin anew after a pause', async () => {
    const { asked, end, gathered } = held();
    const first = gathered.get(reader, 1);
    await moment();
    const others = [2, 3].map((key) => gathered.get(reader, key));
    await end([first]);
    await end(others);
    expect(await Promise.all([first, ...others])).toEqual([-1, -2, -3]);
    await moment();
    const later = gathered.get(reader, 4);
    await moment();
    await end([later]);
    expect(asked).toEqual([[1], [2, 3], [4]]);
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
    for (let from = 0; from < all.length; from += 64) await end(all.slice(from, from + 64));
    expect(asked.flat()).toHaveLength(10_000);
  });

  it('are refused while the one under way is not answered in time, and so are those that waited for it', async () => {
    const { asked, end, gathered } = held();
    const first = gathered.get(reader, 1);
    await moment();
    const old = gathered.get(reader, 2);
    jest.advanceTimersByTime(3_000);
    const younger = gathered.get(reader, 3);
    jest.advanceTimersByTime(2_001);
    await expect(gathered.get(reader, 4)).rejects.toEqual(unavailable);
    await end([first]);
    await expect(old).rejects.toEqual(unavailable);
    await end([younger]);
    expect(asked).toEqual([[1], [3]]);
  });
});
