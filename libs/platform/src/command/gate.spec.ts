import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Gate } from './gate.ts';

/** Work that goes on until it is told to end. */
function lasting(): { work: () => Promise<unknown>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  return {
    work: () => promise,
    end: () => {
      resolve(undefined);
    },
  };
}

it('lets so many in at a time, the others in the order they came', async () => {
  const gate = new Gate(2);
  const [first, second] = [lasting(), lasting()];
  const entered: [string, boolean][] = [];
  const enter = (name: string, work: () => Promise<unknown>) =>
    gate.run(1_000, async (hasWaited) => {
      entered.push([name, hasWaited]);
      await work();
    });
  const all = [enter('first', first.work), enter('second', second.work)];
  for (const name of ['third', 'fourth']) all.push(enter(name, () => Promise.resolve(name)));
  expect(entered.map(([name]) => name)).toEqual(['first', 'second']);
  second.end();
  first.end();
  await Promise.all(all);
  expect(entered).toEqual([
    ['first', false],
    ['second', false],
    ['third', true],
    ['fourth', true],
  ]);
});

it('turns away who has waited too long, and keeps no place for them', async () => {
  const gate = new Gate(1);
  const { work, end } = lasting();
  const first = gate.run(20, work);
  await expect(gate.run(20, work)).rejects.toMatchObject({ code: 'unavailable' });
  end();
  await first;
  expect(await gate.run(20, (hasWaited) => Promise.resolve(hasWaited))).toBe(false);
});

it('lets the next in when work fails', async () => {
  const gate = new Gate(1);
  const failing = gate.run(1_000, () => Promise.reject(new Error('failed')));
  const next = gate.run(1_000, (hasWaited) => Promise.resolve(hasWaited));
  await expect(failing).rejects.toThrow('failed');
  expect(await next).toBe(true);
});

it('lets those who wait in together while many may be in, once half of these have left', async () => {
  let most = 1;
  const gate = new Gate(1, () => most);
  const [first, ...crowd] = Array.from({ length: 12 }, lasting);
  let entered = 0;
  const all = [first, ...crowd].map((each) =>
    gate.run(1_000, () => {
      entered += 1;
      return each?.work() ?? Promise.resolve();
    }),
  );
  const left = async (...leaving: (typeof first)[]) => {
    for (const each of leaving) each?.end();
    await sleep(0);
    return entered;
  };
  most = 9;
  expect(await left(first)).toBe(10);
  expect(await left(...crowd.slice(0, 3))).toBe(10);
  expect(await left(crowd[3])).toBe(12);
  await left(...crowd);
  await Promise.all(all);
});

it('lets in who comes while many may be in, before anybody leaves', async () => {
  const gate = new Gate(1, () => 5);
  const seen: boolean[] = [];
  const work = (isCrowded: boolean) => {
    seen.push(isCrowded);
    return new Promise(() => undefined);
  };
  for (let index = 0; index < 3; index += 1) void gate.run(1_000, work);
  await Promise.resolve();
  expect(seen).toEqual([false, true, true]);
});

it('lets nobody more in than there are places when no longer many may be in', async () => {
  let most = 5;
  const gate = new Gate(1, () => most);
  const working = Array.from({ length: 8 }, lasting);
  let within = 0;
  const all = working.map(({ work }) =>
    gate.run(1_000, async () => {
      within += 1;
      await work();
      within -= 1;
    }),
  );
  const left = async ({ end }: { end: () => void }) => {
    end();
    await sleep(0);
    return within;
  };
  const seen = [];
  for (const each of working) {
    seen.push(await left(each));
    most = 1;
  }
  expect(seen).toEqual([5, 4, 3, 2, 1, 1, 1, 0]);
  await Promise.all(all);
});
