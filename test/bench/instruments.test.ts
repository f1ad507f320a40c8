// What lookups read, of structures whose reads are known by hand, and the cache that is imagined for them.
import { describe, expect, it } from 'vitest';
import { formatIp } from '../../src/base/ip-text.ts';
import { instrument, type Traced } from '../../src/bench/instruments.ts';
import { ALL_KINDS } from '../../src/bench/forms.ts';
import { bandsOf, inBand, LEVEL_PARTS, LevelCounts, meanLevel } from '../../src/bench/levels.ts';
import { LruCache } from '../../src/bench/lru.ts';
import { middle, percentile, spreadOf } from '../../src/bench/statistics.ts';
import { leastLeafBytes, serves } from '../../src/engine/lpm.ts';
import { partNames } from '../../src/engine/lpm-parts.ts';
import { researchModuleSync } from '../../src/engine/open-research-node.ts';
import { ResearchTable, type Touch } from '../../src/engine/research-table.ts';
import { NESTED, rowsOf } from './support.ts';

/** Reads `touchesOf(address)`. */
function traced(touchesOf: (address: string) => readonly Touch[], parts: Traced['parts']): Traced {
  return {
    kind: 'multibit',
    leafBytes: 4,
    family: 4,
    parts,
    walk: (address) => ({ value: 1, touches: touchesOf(formatIp(address)) }),
  };
}
const touch = (part: string, at: number, bytes = 4): Touch => ({ part, at, bytes });
const KEYS = Uint32Array.of(1, 2, 1, 2);
/** Of so many keys. */
const unmatched = (count: number): undefined[] => Array.from({ length: count }, () => undefined);

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
    const told = instrument(table, 'rand', KEYS, unmatched(4));
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
    const told = instrument(one, 'rand', KEYS, unmatched(3));
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
    expect(
      instrument(mixed, 'rand', KEYS, unmatched(4)).parts.map(({ part, bytes }) => [part, bytes]),
    ).toEqual([
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
    expect(instrument(wide, 'scan', keys, unmatched(keys.length)).caches).toEqual([
      { bytes: 32 * 2 ** 10, hitRate: 0 },
      { bytes: 2 ** 20, hitRate: 1 },
      { bytes: 8 * 2 ** 20, hitRate: 1 },
    ]);
  });
});

describe('levels', () => {
  it('have what is read there, the lookups that end there, and the lengths that these match', () => {
    const table = traced(
      (address) =>
        address === '0.0.0.1'
          ? [touch('root', 0), touch('node', 64), touch('node', 68)]
          : [touch('root', 60)],
      () => [{ part: 'all', bytes: 128 }],
    );
    const told = instrument(table, 'rand', KEYS, [24, 8, 16, undefined]);
    expect(told.levels).toEqual([
      { level: 1, reads: 1, lines: 1, lookups: 2 },
      { level: 2, reads: 0.5, lines: 0.5, lookups: 0 },
      { level: 3, reads: 0.5, lines: 0, lookups: 2 },
    ]);
    expect(told.lengthsByLevel).toEqual([
      { bits: null, level: 1, lookups: 1 },
      { bits: 8, level: 1, lookups: 1 },
      { bits: 16, level: 3, lookups: 1 },
      { bits: 24, level: 3, lookups: 1 },
    ]);
    expect(meanLevel(told.levels)).toBe(2);
  });

  it('are none where nothing is read, and then there is a level 0', () => {
    const counts = new LevelCounts('patricia');
    counts.end(0);
    counts.read('node', 1);
    counts.end(8);
    expect(counts.levels()).toEqual([
      { level: 0, reads: 0, lines: 0, lookups: 1 },
      { level: 1, reads: 0.5, lines: 0.5, lookups: 1 },
    ]);
  });

  it('begin with parts that the kind has', () => {
    for (const kind of ALL_KINDS)
      expect(partNames(kind), kind).toEqual(expect.arrayContaining([...LEVEL_PARTS[kind]]));
  });

  const SIX = rowsOf({ '2001:db8::/32': 7, '2001:db8:1::/48': 8, '2001:db8:1:2::/64': 9 });
  const DEPTHS = [
    // By the pictures in docs/lpm.md: 10.0.0.0/8, 10.1.0.0/16 and 10.1.2.128/25, and a lookup of the /25.
    ['linear', 4, 1],
    ['compare', 4, 1],
    ['patricia', 4, 3],
    ['dir18-run', 4, 4],
    ['dir24-8', 4, 3],
    ['binary-trie', 4, 26],
    ['tree-bitmap', 4, 7],
    ['multibit', 4, 3],
    ['poptrie', 4, 3],
    // The chunk has three ranges: before the /25, it, and what follows.
    ['dxr', 4, 3],
    ['sail', 4, 3],
    // Lengths 8, 16 and 25: the middle one, then the longer one.
    ['hash-length', 4, 2],
    // 2001:db8::/32, 2001:db8:1::/48 and 2001:db8:1:2::/64, and a lookup of the /64.
    ['linear', 6, 1],
    ['patricia', 6, 3],
    // Row, slot, three nodes and a record; then the /48 and the /64 in the writer's tree.
    ['dir24-stride6', 6, 8],
    ['binary-trie', 6, 65],
    ['tree-bitmap', 6, 17],
    // 16 bits and six times 8; 20 bits and, for the other 44, eight times 6.
    ['multibit', 6, 7],
    ['poptrie', 6, 9],
    ['hash-length', 6, 2],
  ] as const;

  it.each(DEPTHS)('of %s for IPv%i are %i down to the longest prefix', (kind, family, depth) => {
    const rows = family === 6 ? SIX : NESTED.filter(({ prefix }) => prefix.address.family === 4);
    const module = researchModuleSync('traced');
    const leafBytes = leastLeafBytes(kind);
    const built = ResearchTable.build(module, rows, { kind, leafBytes, family });
    const key = family === 6 ? Uint32Array.of(0x2001_0db8, 0x0001_0002, 0, 1) : Uint32Array.of(0x0a01_0281);
    const { levels } = instrument(built, 'one', key, [family === 6 ? 64 : 25]);
    expect(levels.map(({ level, lookups }) => [level, lookups])).toEqual(
      Array.from({ length: depth }, (_, i) => [i + 1, i + 1 === depth ? 1 : 0]),
    );
  });

  it('are tried for each kind and family', () => {
    const all = ([4, 6] as const).flatMap((family) =>
      ALL_KINDS.filter((kind) => serves(kind, family)).map((kind) => `${kind} ${family}`),
    );
    expect(DEPTHS.map(([kind, family]) => `${kind} ${family}`).sort()).toEqual(all.sort());
  });

  it('are put together beyond the eighth', () => {
    const levels = Array.from({ length: 20 }, (_, i) => ({ level: i + 1, reads: 1, lines: 0.5, lookups: 3 }));
    const bands = bandsOf([levels, []]);
    expect(bands.map(({ name }) => name).slice(6)).toEqual(['7', '8', '9-16', '17-20']);
    expect(inBand(levels, bands.at(-1)!)).toEqual({ level: 17, reads: 4, lines: 2, lookups: 12 });
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
