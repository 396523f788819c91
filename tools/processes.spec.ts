import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { commandOf, keepRunning, launch, type Launched } from './processes.ts';

const forever = 'setInterval(() => {}, 1000); console.log("up")';

async function start(script: string): Promise<Launched> {
  const launched = launch(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => launched.child.stdout?.once('data', resolve));
  return launched;
}

describe('launched processes', () => {
  it('are asked to stop, then made to', async () => {
    const polite = await start(`process.on('SIGTERM', () => process.exit(7)); ${forever}`);
    await polite.stop();
    expect(await polite.exited).toBe('exit code 7');
    const killed = await start(forever);
    process.kill(killed.pid, 'SIGKILL');
    expect(await killed.exited).toBe('signal SIGKILL');
    await killed.stop();
  });

  it('take what they have started with them', async () => {
    const child = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])`;
    const parent = launch(
      process.execPath,
      ['-e', `console.log(${child}.pid); setInterval(() => {}, 1000)`],
      {},
    );
    const pid = await new Promise((resolve) => parent.child.stdout?.once('data', resolve));
    expect(commandOf(Number(pid))).toContain('setInterval');
    await parent.stop();
    while (commandOf(Number(pid)) !== undefined) await sleep(10);
  });

  it('tell when the program cannot be started', async () => {
    const { exited, stop } = launch('/no/such/program', [], {});
    expect(await exited).toBe('spawn /no/such/program ENOENT');
    await stop();
  });

  it('have a command line while they live', async () => {
    const { pid, stop } = await start(forever);
    expect(commandOf(pid)).toContain('setInterval');
    await stop();
    expect(commandOf(pid)).toBeUndefined();
  });
});

describe('a process that is kept running', () => {
  it('is started again, ever later, and says how it ended', async () => {
    const said: string[] = [];
    const starts: number[] = [];
    const kept = await keepRunning(
      async () => {
        starts.push(Date.now());
        return launch(process.execPath, ['-e', 'process.exit(3)'], {});
      },
      (text) => said.push(text),
      100,
    );
    while (starts.length < 4) await sleep(20);
    await kept.stop();
    expect(said.slice(0, 3)).toEqual([
      'ended unasked (exit code 3); starts again in 0.1 s',
      'ended unasked (exit code 3); starts again in 0.2 s',
      'ended unasked (exit code 3); starts again in 0.4 s',
    ]);
    const count = starts.length;
    await sleep(900);
    expect(starts).toHaveLength(count);
  });

  it('is tried again when a later start fails', async () => {
    const said: string[] = [];
    let starts = 0;
    const kept = await keepRunning(
      async () => {
        starts += 1;
        if (starts === 2) throw new Error('no room');
        return starts === 1 ? launch(process.execPath, ['-e', ''], {}) : start(forever);
      },
      (text) => said.push(text),
      50,
    );
    while (starts < 3) await sleep(20);
    await kept.stop();
    expect(said[1]).toBe('ended unasked (no room); starts again in 0.1 s');
  });

  it('fails at once when its first start does', async () => {
    await expect(
      keepRunning(
        () => Promise.reject(new Error('never')),
        () => undefined,
      ),
    ).rejects.toThrow('never');
  });
});
