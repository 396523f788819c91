import { describe, expect, it } from '@jest/globals';
import { networkOf } from './rate-limiter.ts';
import { Windows } from './windows.ts';

const minuteMs = 60_000;

describe('windows', () => {
  it('count from the first request for their length, then anew', () => {
    const windows = new Windows(minuteMs, 10);
    expect(windows.count('a', 1_000)).toEqual({ count: 1, endsInMs: minuteMs });
    expect(windows.count('a', 31_000)).toEqual({ count: 2, endsInMs: minuteMs / 2 });
    expect(windows.count('b', 31_000)).toEqual({ count: 1, endsInMs: minuteMs });
    expect(windows.count('a', 60_999)).toEqual({ count: 3, endsInMs: 1 });
    expect(windows.count('a', 61_000)).toEqual({ count: 1, endsInMs: minuteMs });
  });

  it('take back what is forgiven, and never more', () => {
    const windows = new Windows(minuteMs, 10);
    windows.uncount('nobody');
    windows.count('a', 0);
    windows.uncount('a');
    windows.uncount('a');
    expect(windows.count('a', 0).count).toBe(1);
  });

  it('that have ended make way first, then those that end soonest', () => {
    const windows = new Windows(minuteMs, 10);
    for (let name = 0; name < 10; name += 1) windows.count(String(name), name);
    windows.count('later', minuteMs + 4);
    expect(windows.size).toBe(6);
    for (let name = 10; name < 14; name += 1) windows.count(String(name), minuteMs + 4);
    windows.count('last', minuteMs + 4);
    expect(windows.size).toBe(10);
    expect(windows.count('later', minuteMs + 4).count).toBe(2);
  });

  it('stay as many as they may be under a million names, and keep the newest', () => {
    const windows = new Windows(minuteMs, 100_000);
    const before = process.memoryUsage().heapUsed;
    for (let name = 0; name < 1_000_000; name += 1) windows.count(`198.51.100.7/${name}`, 0);
    expect(windows.size).toBeLessThanOrEqual(100_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * 1024 * 1024);
    expect(windows.count('198.51.100.7/999999', 0).count).toBe(2);
    expect(windows.count('198.51.100.7/0', 0).count).toBe(1);
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8::3:4:5:6:7', '2001:db8:0:3'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
