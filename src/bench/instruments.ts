/** What lookups of a kind read, seen from inside: by the traced build of the engine, over the first keys of a trace. */
import { ipv4, ipv6, type Family } from '../base/ip.ts';
import type { LeafBytes, LpmKind } from '../engine/lpm.ts';
import type { Walk } from '../engine/research-table.ts';
import { LevelCounts, type LengthAndLevel, type LevelUse } from './levels.ts';
import { LruCache } from './lru.ts';
import { percentile } from './statistics.ts';

export const LINE_BYTES = 64;
/** Sizes of a first, second and last cache, as many machines have them. */
export const CACHE_BYTES = [32 * 2 ** 10, 2 ** 20, 8 * 2 ** 20] as const;

export interface PartUse {
  readonly part: string;
  /** Of the structure; null where it is not kept apart from other parts. */
  readonly bytes: number | null;
  /** Of a lookup, in the mean. */
  readonly reads: number;
  readonly lines: number;
}

/** Of one kind over one trace. */
export interface Instruments {
  readonly table: string;
  readonly family: Family;
  readonly trace: string;
  readonly kind: string;
  readonly leafBytes: LeafBytes;
  /** Lookups that were traced. */
  readonly sample: number;
  /** Lookups by the number of reads they make. */
  readonly reads: {
    readonly mean: number;
    readonly histogram: readonly { readonly reads: number; readonly lookups: number }[];
  };
  /** Distinct lines of 64 bytes that a lookup reads. */
  readonly lines: { readonly mean: number; readonly median: number; readonly p99: number };
  readonly parts: readonly PartUse[];
  readonly levels: readonly LevelUse[];
  /** Lookups by the length of what they match and the level at which they end. */
  readonly lengthsByLevel: readonly LengthAndLevel[];
  /** Share of lines found in an LRU cache, after the first half of the sample has filled it. */
  readonly caches: readonly { readonly bytes: number; readonly hitRate: number }[];
}

/** The structure that is looked into. */
export interface Traced {
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
  readonly family: Family;
  parts(): readonly { readonly part: string; readonly bytes: number }[];
  walk(address: ReturnType<typeof ipv4>): Walk;
}

/** Walks the first keys: as many as there are lengths of their matches, undefined for those without one. */
export function instrument(
  table: Traced,
  trace: string,
  keys: Uint32Array,
  matches: readonly (number | undefined)[],
): Omit<Instruments, 'table'> {
  const { family, kind, leafBytes } = table;
  const width = family === 4 ? 1 : 4;
  const count = matches.length;
  const levels = new LevelCounts(kind);
  const histogram = new Map<number, number>();
  const byPart = new Map<string, { reads: number; lines: number }>();
  const linesOf = new Uint32Array(count);
  const caches = CACHE_BYTES.map((bytes) => ({
    bytes,
    cache: new LruCache(bytes / LINE_BYTES),
    hits: 0,
    uses: 0,
  }));
  for (let i = 0; i < count; i++) {
    const at = i * width;
    const { touches } = table.walk(
      family === 4 ? ipv4(keys[at]!) : ipv6(keys[at]!, keys[at + 1]!, keys[at + 2]!, keys[at + 3]!),
    );
    histogram.set(touches.length, (histogram.get(touches.length) ?? 0) + 1);
    const seen = new Set<number>();
    for (const { part, at: start, bytes } of touches) {
      const use = byPart.get(part) ?? { reads: 0, lines: 0 };
      byPart.set(part, use);
      use.reads++;
      const before = seen.size;
      for (let line = Math.floor(start / LINE_BYTES); line * LINE_BYTES < start + bytes; line++)
        seen.add(line);
      use.lines += seen.size - before;
      levels.read(part, seen.size - before);
    }
    levels.end(matches[i]);
    linesOf[i] = seen.size;
    for (const each of caches) {
      for (const line of seen) {
        const isHit = each.cache.use(line);
        if (2 * i < count) continue;
        each.uses++;
        if (isHit) each.hits++;
      }
    }
  }
  const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);
  const sorted = linesOf.toSorted();
  const sizes = new Map(table.parts().map(({ part, bytes }) => [part, bytes]));
  const names = [...new Set([...sizes.keys(), ...byPart.keys()])];
  return {
    family,
    trace,
    kind,
    leafBytes,
    sample: count,
    reads: {
      mean: total([...histogram].map(([reads, lookups]) => reads * lookups)) / count,
      histogram: [...histogram].sort(([a], [b]) => a - b).map(([reads, lookups]) => ({ reads, lookups })),
    },
    lines: { mean: total(linesOf) / count, median: percentile(sorted, 50), p99: percentile(sorted, 99) },
    parts: names.map((part) => ({
      part,
      bytes: sizes.get(part) ?? null,
      reads: (byPart.get(part)?.reads ?? 0) / count,
      lines: (byPart.get(part)?.lines ?? 0) / count,
    })),
    levels: levels.levels(),
    lengthsByLevel: levels.byLength(),
    caches: caches.map(({ bytes, hits, uses }) => ({ bytes, hitRate: uses === 0 ? 1 : hits / uses })),
  };
}
