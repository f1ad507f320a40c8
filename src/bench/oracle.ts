/** Longest-prefix match as its definition has it: each length from the longest on. Slow, and short enough to be believed. */
import { wordMask, type Family } from '../base/ip.ts';
import type { TableRow } from '../tables/collect.ts';

export class Oracle {
  readonly #width: number;
  /** By length, the longest first: the value of each prefix, by its words. */
  readonly #lengths: readonly (readonly [bits: number, values: ReadonlyMap<string, number>])[];

  constructor(family: Family, rows: readonly TableRow[]) {
    this.#width = family === 4 ? 1 : 4;
    const lengths = new Map<number, Map<string, number>>();
    for (const { prefix, value } of rows) {
      const { w0, w1, w2, w3 } = prefix.address;
      const values = lengths.get(prefix.bits) ?? new Map<string, number>();
      lengths.set(prefix.bits, values);
      values.set(nameOf([w0, w1, w2, w3].slice(0, this.#width)), value);
    }
    this.#lengths = [...lengths].sort(([a], [b]) => b - a);
  }

  /** The value of a key of one word, or four; 0 without a match. */
  lookup(key: Uint32Array): number {
    return this.#find(key)?.value ?? 0;
  }

  /** The lengths of the prefixes that the first `count` of these keys match; undefined without a match. */
  lengths(keys: Uint32Array, count: number): (number | undefined)[] {
    const most = Math.min(count, keys.length / this.#width);
    return Array.from(
      { length: most },
      (_, i) => this.#find(keys.subarray(i * this.#width, (i + 1) * this.#width))?.bits,
    );
  }

  #find(key: Uint32Array): { readonly bits: number; readonly value: number } | undefined {
    for (const [bits, values] of this.#lengths) {
      const masked = Array.from(
        key,
        (word, w) => (word & wordMask(Math.max(0, Math.min(32, bits - 32 * w)))) >>> 0,
      );
      const value = values.get(nameOf(masked));
      if (value !== undefined) return { bits, value };
    }
    return undefined;
  }

  /** Of `count` keys that lie evenly among these: the number of each, and its value. */
  sample(keys: Uint32Array, count: number): { readonly at: number; readonly value: number }[] {
    const all = keys.length / this.#width;
    return Array.from({ length: Math.min(count, all) }, (_, i) => {
      const at = Math.floor((i * all) / Math.min(count, all));
      return { at, value: this.lookup(keys.subarray(at * this.#width, (at + 1) * this.#width)) };
    });
  }
}

function nameOf(words: readonly number[]): string {
  return words.join(' ');
}
