import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { answersOf } from './together.ts';

async function failLate(error: Error): Promise<never> {
  await nextTurn();
  throw error;
}

it('tells why the first that was sent failed, though another is heard of sooner', async () => {
  const [first, after] = [new Error('the lock was not had'), new Error('the transaction is aborted')];
  const isEnded: boolean[] = [];
  const ended = Promise.resolve('an answer').then((answer) => (isEnded.push(true), answer));
  await expect(answersOf([ended, failLate(first), Promise.reject(after)])).rejects.toBe(first);
  expect(isEnded).toEqual([true]);
});

it('answers all in the order sent', async () => {
  const [number, text]: [number, string] = await answersOf([nextTurn(1), 'two']);
  expect([number, text]).toEqual([1, 'two']);
});
