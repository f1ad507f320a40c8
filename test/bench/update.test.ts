// What the update bench takes for a torn read, and what it tells of publishes.
import { describe, expect, it } from 'vitest';
import { PublishTimes, publishingText } from '../../src/bench/publish-times.ts';
import { CHAIN, flaps, impossible, watch, type Watched } from '../../src/bench/update-work.ts';
import { cidr } from '../../src/base/ip-text.ts';
import type { FibChange } from '../../src/engine/fib.ts';
import { rowsOf } from './support.ts';

const OUTER = { prefix: cidr('10.0.0.0/8'), value: 7 };
const MIDDLE = { prefix: cidr('10.0.0.0/16'), value: 8 };
const INNER = { prefix: cidr('10.0.0.0/24'), value: 9 };
const ROWS = [OUTER, MIDDLE, INNER];

/** All of the watched addresses are 10.0.0.0, whichever prefix they are of. */
function allowedBy(watched: Watched, ...values: readonly number[]): boolean[] {
  return values.map((value) => impossible(Uint32Array.of(value), watched.allowed, 0) === 0);
}
const watchedWith = (...lists: readonly (readonly FibChange[])[]): Watched => watch(4, ROWS, lists, 1, 1);

describe('an address whose prefixes come and go', () => {
  it('has the value of its longest prefix alone while none of them is in a list', () => {
    expect(allowedBy(watchedWith([]), 9, 8, 7, 0)).toEqual([true, false, false, false]);
    expect(allowedBy(watchedWith([OUTER, MIDDLE]), 9, 8, 7, 0)).toEqual([true, false, false, false]);
  });

  it('may have the value of one that covers it while a list has all that are longer', () => {
    expect(allowedBy(watchedWith([INNER]), 9, 8, 7, 0)).toEqual([true, true, false, false]);
    expect(allowedBy(watchedWith([MIDDLE, INNER]), 9, 8, 7, 0)).toEqual([true, true, true, false]);
  });

  it('may have none only where one list has all prefixes that cover it', () => {
    expect(allowedBy(watchedWith([INNER, MIDDLE, OUTER]), 9, 8, 7, 0)).toEqual([true, true, true, true]);
    // Each of them is away at some time, and never all at once.
    expect(allowedBy(watchedWith([INNER, MIDDLE], [MIDDLE, OUTER], [INNER, OUTER]), 0)).toEqual([false]);
    expect(allowedBy(watchedWith([INNER], [INNER, MIDDLE, OUTER]), 0)).toEqual([true]);
  });

  it('never has a value of another prefix, or one that no table holds', () => {
    const all = watchedWith([INNER, MIDDLE, OUTER]);
    expect(allowedBy(all, 6, 0x8000_0000, 0xffff_ffff)).toEqual([false, false, false]);
  });

  it('is one of the table, counted from the first of a batch on', () => {
    const rows = rowsOf({ '10.0.0.0/8': 7, '11.0.0.0/8': 8 });
    const { keys, allowed } = watch(4, rows, [[rows[0]!]], 64, 1);
    const right = keys.map((key) => (key === 0x0a00_0000 ? 7 : 8));
    expect(new Set(right).size).toBe(2);
    expect(impossible(right, allowed, 0)).toBe(0);
    expect(impossible(right.subarray(32), allowed, 32)).toBe(0);
    const none = right.fill(0);
    expect(impossible(none, allowed, 0)).toBe([...keys].filter((key) => key !== 0x0a00_0000).length);
  });

  it('may be in as many prefixes as there is room for, and no more', () => {
    const nested = (count: number): FibChange[] =>
      Array.from({ length: count }, (_, i) => ({ prefix: cidr(`10.0.0.0/${8 + i}`), value: 1 + i }));
    const most = nested(CHAIN - 1);
    const watched = watch(4, most, [most], 1, 1);
    expect(allowedBy(watched, 1, CHAIN - 1, 0, CHAIN)).toEqual([true, true, true, false]);
    expect(() => watch(4, nested(CHAIN), [nested(CHAIN)], 1, 1)).toThrow('prefixes cover one address');
    expect(allowedBy(watch(4, nested(CHAIN + 8), [[]], 1, 1), CHAIN + 8, 1, 0)).toEqual([true, false, false]);
  });
});

describe('lists that flap', () => {
  it('have as many prefixes as was asked for, none twice, and of a small table all', () => {
    for (const list of flaps(ROWS, 2, 10, 1)) expect(new Set(list).size).toBe(2);
    expect(flaps(ROWS, 64, 1, 1)[0]).toHaveLength(3);
  });
});

describe('publishes', () => {
  it('that withdraw and that announce have percentiles of their own, and those of rounds add up', () => {
    const one = new PublishTimes(64);
    for (let i = 1; i <= 100; i++) one.add('withdraw', i / 1000);
    one.add('announce', 7);
    const two = new PublishTimes(64);
    two.add('announce', 9);
    two.add('announce', 8);
    one.addAll(two);
    expect(one.told()).toEqual({
      changes: 64,
      withdraw: { p50Us: 50, p99Us: 99, n: 100 },
      announce: { p50Us: 8000, p99Us: 9000, n: 3 },
    });
    expect(one.told({ lookups: 5_000_000, torn: 0 })).toMatchObject({ lookupsBeside: 5_000_000, torn: 0 });
    expect(publishingText(one.told({ lookups: 5_000_000, torn: 0 }))).toBe(
      'a publish that withdraws took 50.0 us in the middle, 99.0 us at p99, ' +
        'one that announces 8000.0 us in the middle, 9000.0 us at p99; 5 M lookups beside, 0 torn',
    );
  });
});
