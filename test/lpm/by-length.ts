// An oracle for large tables: a map for each prefix length.
import type { Family } from '../../src/base/ip.ts';
import { widthOf, type Row } from './table.ts';

export class ByLength {
  readonly #maps: Map<bigint, number>[];
  readonly #width: number;

  constructor(family: Family, rows: readonly Row[]) {
    this.#width = widthOf(family);
    this.#maps = Array.from({ length: this.#width + 1 }, () => new Map<bigint, number>());
    for (const { key, bits, value } of rows) this.#maps[bits]!.set(key >> BigInt(this.#width - bits), value);
  }

  lookup(key: bigint): number {
    for (let bits = this.#width; bits >= 0; bits--) {
      const value = this.#maps[bits]!.get(key >> BigInt(this.#width - bits));
      if (value !== undefined) return value;
    }
    return 0;
  }
}
