// What lookups read, of structures whose reads are known by hand, and the cache that is imagined for them.
import { describe, expect, it } from 'vitest';
import { formatIp } from '../../src/base/ip-text.ts';
import { instrument, type Traced } from '../../src/bench/instruments.ts';
import { LruCache } from '../../src/bench/lru.ts';
import { middle, percentile, spreadOf } from '../../src/bench/statistics.ts';
import type { Touch } from '../../src/engine/research-table.ts';

/** Reads `touchesOf(address)`. */
function traced(touchesOf: (address: string) => readonly Touch[], parts: Traced['parts']): Traced {
  return {
    kind: 'imagined',
    leafBytes: 4,
    family: 4,
    parts,
    walk: (address) => ({ value: 1, touches: touchesOf(formatIp(address)) }),
  };
}
const touch = (part: string, at: number, bytes = 4): Touch => ({ part, at, bytes });
const KEYS = Uint32Array.of(1, 2, 1, 2);

describe('instruments', () => {
  it('count reads, distinct lines, and both by part', () => {
    const table = traced(
      (address) =>
        address === '0.0.0.1'
          ? [touch('root', 0), touch('node', 126), touch('node', 128)]
          : [touch('root', 60)],
      () => [
        { part: 'root', bytes: 64 },
        { part: 'node', bytes: 100 },
        { part: 'never', bytes: 7 },
      ],
    );
    const told = instrument(table, 'rand', KEYS, 4);
    expect(told.reads).toEqual({
      mean: 2,
      histogram: [
        { reads: 1, lookups: 2 },
        { reads: 3, lookups: 2 },
      ],
    });
    // The read at 126 is on two lines, and that at 128 on the second of them.
    expect(told.lines).toEqual({ mean: 2, median: 1, p99: 3 });
    expect(told.parts).toEqual([
      { part: 'root', bytes: 64, reads: 1, lines: 1 },
      { part: 'node', bytes: 100, reads: 1, lines: 1 },
      { part: 'never', bytes: 7, reads: 0, lines: 0 },
    ]);
  });

  it('look into the first keys only, and find in the cache what the first half left there', () => {
    const asked: string[] = [];
    const one = traced(
      (address) => {
        asked.push(address);
        return [touch('node', address === '0.0.0.1' ? 0 : 64)];
      },
      () => [{ part: 'node', bytes: 128 }],
    );
    const told = instrument(one, 'rand', KEYS, 3);
    expect(asked).toEqual(['0.0.0.1', '0.0.0.2', '0.0.0.1']);
    expect(told.sample).toBe(3);
    expect(told.caches.map(({ hitRate }) => hitRate)).toEqual([1, 1, 1]);
    expect(told.parts).toEqual([{ part: 'node', bytes: 128, reads: 1, lines: 1 }]);
  });

  it('do not invent sizes of parts that the structure does not keep apart', () => {
    const mixed = traced(
      () => [touch('root', 0), touch('leaf', 64)],
      () => [{ part: 'all', bytes: 128 }],
    );
    expect(instrument(mixed, 'rand', KEYS, 4).parts.map(({ part, bytes }) => [part, bytes])).toEqual([
      ['all', 128],
      ['root', null],
      ['leaf', null],
    ]);
  });

  it('miss what a cache of that size does not hold', () => {
    const lines = 2048;
    const keys = Uint32Array.from({ length: 4 * lines }, (_, i) => i % lines);
    const wide = traced(
      (address) => {
        const [, , high, low] = address.split('.').map(Number);
        return [touch('node', 64 * (256 * high! + low!))];
      },
      () => [{ part: 'node', bytes: 64 * lines }],
    );
    // 128 KiB in turn: LRU forgets each line of 32 KiB just before it is wanted.
    expect(instrument(wide, 'scan', keys, keys.length).caches).toEqual([
      { bytes: 32 * 2 ** 10, hitRate: 0 },
      { bytes: 2 ** 20, hitRate: 1 },
      { bytes: 8 * 2 ** 20, hitRate: 1 },
    ]);
  });
});

describe('an LRU cache', () => {
  it('forgets what was not used for longest', () => {
    const cache = new LruCache(2);
    expect([1, 2, 1, 3, 1, 2].map((line) => cache.use(line))).toEqual([
      false,
      false,
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('statistics', () => {
  it('have the median of an odd and an even number of values', () => {
    expect(middle([3, 1, 2])).toBe(2);
    expect(middle([4, 1, 2, 3])).toBe(2.5);
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, n: 3, rounds: [3, 1, 2] });
  });

  it('have percentiles by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([1, 50, 99, 99.9, 100].map((percent) => percentile(hundred, percent))).toEqual([
      1, 50, 99, 100, 100,
    ]);
    expect(percentile([7], 1)).toBe(7);
  });
});
