/** How deep lookups go: the levels of a walk, what is read at each, and at which the lookups end. */
import type { LpmKind } from '../engine/lpm.ts';

/**
 * The parts whose reads begin a level: the next node, table or step of a search. The other reads of a kind are of the same
 * level as those before them, such as the leaf of a node. A list is one level, however long it is.
 */
export const LEVEL_PARTS: Readonly<Record<LpmKind, readonly string[]>> = {
  linear: [],
  compare: [],
  patricia: ['node'],
  'dir18-run': ['directory', 'bitmap', 'quad'],
  'dir24-8': ['directory', 'bitmap', 'quad'],
  'dir24-stride6': ['row', 'slot', 'bitmap', 'record', 'prefix', 'short value'],
  'binary-trie': ['node'],
  'tree-bitmap': ['node'],
  multibit: ['root', 'node'],
  poptrie: ['direct', 'node'],
  dxr: ['chunk', 'start'],
  sail: ['C16', 'C24', 'N32'],
  'hash-length': ['length'],
};

export interface LevelUse {
  /** From 1; 0 is there only when some lookup reads nothing. */
  readonly level: number;
  /** Of a lookup at this level, in the mean of all lookups. */
  readonly reads: number;
  /** Likewise; lines that were not read before in the lookup. */
  readonly lines: number;
  /** Lookups whose last read is at this level. */
  readonly lookups: number;
}

/** Lookups that match a prefix of this length and end at this level. */
export interface LengthAndLevel {
  /** Null: no prefix covers the key. */
  readonly bits: number | null;
  readonly level: number;
  readonly lookups: number;
}

/** Counts lookups one after another: `read` for each read of one, then `end`. */
export class LevelCounts {
  readonly #begins: ReadonlySet<string>;
  readonly #levels: { reads: number; lines: number; lookups: number }[] = [];
  /** By matched length, -1 for none: lookups by level. */
  readonly #byLength = new Map<number, Map<number, number>>();
  #lookups = 0;
  #level = 0;

  constructor(kind: LpmKind) {
    this.#begins = new Set(LEVEL_PARTS[kind]);
  }

  read(part: string, newLines: number): void {
    if (this.#level === 0 || this.#begins.has(part)) this.#level++;
    const at = this.#at(this.#level);
    at.reads++;
    at.lines += newLines;
  }

  /** `bits`: of the prefix that was found; undefined without one. */
  end(bits: number | undefined): void {
    this.#at(this.#level).lookups++;
    const byLevel = this.#byLength.get(bits ?? -1) ?? new Map<number, number>();
    this.#byLength.set(bits ?? -1, byLevel);
    byLevel.set(this.#level, (byLevel.get(this.#level) ?? 0) + 1);
    this.#lookups++;
    this.#level = 0;
  }

  #at(level: number): { reads: number; lines: number; lookups: number } {
    while (this.#levels.length <= level) this.#levels.push({ reads: 0, lines: 0, lookups: 0 });
    return this.#levels[level]!;
  }

  levels(): LevelUse[] {
    return this.#levels
      .map(({ reads, lines, lookups }, level) => ({
        level,
        reads: reads / this.#lookups,
        lines: lines / this.#lookups,
        lookups,
      }))
      .filter(({ level, lookups }) => level > 0 || lookups > 0);
  }

  /** The shortest length first, those without a match before all. */
  byLength(): LengthAndLevel[] {
    return [...this.#byLength]
      .sort(([a], [b]) => a - b)
      .flatMap(([bits, byLevel]) =>
        [...byLevel]
          .sort(([a], [b]) => a - b)
          .map(([level, lookups]) => ({ bits: bits < 0 ? null : bits, level, lookups })),
      );
  }
}

/** Mean level at which lookups end. */
export function meanLevel(levels: readonly LevelUse[]): number {
  const lookups = levels.reduce((sum, each) => sum + each.lookups, 0);
  return levels.reduce((sum, each) => sum + each.level * each.lookups, 0) / lookups;
}

/** Levels that are shown together: each of the first eight alone, then twice as many each time. */
export interface Band {
  readonly first: number;
  readonly last: number;
  readonly name: string;
}

/** Bands of all the levels that occur in some of these. */
export function bandsOf(all: readonly (readonly LevelUse[])[]): Band[] {
  const levels = all.flat().map(({ level }) => level);
  const deepest = Math.max(0, ...levels);
  const bands: Band[] = [];
  for (let first = Math.min(1, ...levels); first <= deepest;) {
    const last = first <= 8 ? first : Math.min(deepest, 2 * (first - 1));
    bands.push({ first, last, name: first === last ? String(first) : `${first}-${last}` });
    first = last + 1;
  }
  return bands;
}

/** What the levels of a band have together. */
export function inBand(levels: readonly LevelUse[], { first, last }: Band): LevelUse {
  return levels
    .filter(({ level }) => level >= first && level <= last)
    .reduce(
      (sum, { reads, lines, lookups }) => ({
        level: first,
        reads: sum.reads + reads,
        lines: sum.lines + lines,
        lookups: sum.lookups + lookups,
      }),
      { level: first, reads: 0, lines: 0, lookups: 0 },
    );
}
