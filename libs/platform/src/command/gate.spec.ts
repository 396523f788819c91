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
