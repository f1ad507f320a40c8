/** Longest-prefix match as its definition has it: each length from the longest on. Slow, and short enough to be believed. */
import { wordMask, type Family } from '../base/ip.ts';
import type { TableRow } from '../tables/collect.ts';

type Name = number | string;

export class Oracle {
  readonly #width: number;
  /** The longest first: masks of the words of a key, and the value of each prefix, by its words. */
  readonly #lengths: readonly {
    readonly bits: number;
    readonly masks: readonly number[];
    readonly values: ReadonlyMap<Name, number>;
  }[];

  constructor(family: Family, rows: readonly TableRow[]) {
    this.#width = family === 4 ? 1 : 4;
    const lengths = new Map<number, Map<Name, number>>();
    for (const { prefix, value } of rows) {
      const { w0, w1, w2, w3 } = prefix.address;
      const values = lengths.get(prefix.bits) ?? new Map<Name, number>();
      lengths.set(prefix.bits, values);
      values.set(nameOf(this.#width, [w0, w1, w2, w3]), value);
    }
    this.#lengths = [...lengths]
      .sort(([a], [b]) => b - a)
      .map(([bits, values]) => ({
        bits,
        masks: Array.from({ length: this.#width }, (_, w) =>
          wordMask(Math.max(0, Math.min(32, bits - 32 * w))),
        ),
        values,
      }));
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
    const masked = new Uint32Array(this.#width);
    for (const { bits, masks, values } of this.#lengths) {
      for (let w = 0; w < masked.length; w++) masked[w] = key[w]! & masks[w]!;
      const value = values.get(nameOf(this.#width, masked));
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

/** The words themselves, as what a map finds fastest: of IPv4 the number. */
function nameOf(width: number, [w0, w1, w2, w3]: ArrayLike<number> & Iterable<number>): Name {
  return width === 1 ? w0! : `${w0} ${w1} ${w2} ${w3}`;
}
