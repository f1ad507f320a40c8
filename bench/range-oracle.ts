/**
 * Longest-prefix match for every key of a long trace, in no way that a contender has: the ranges of addresses between
 * which the longest prefix changes, found in one sweep, and searched by halves.
 */
import type { Family, IpAddress } from '../src/base/ip.ts';
import type { TableRow } from '../src/tables/collect.ts';

interface Range {
  readonly first: bigint;
  /** The address behind it. */
  readonly end: bigint;
  readonly value: number;
}

interface Edge {
  readonly at: bigint;
  readonly value: number;
}

export class RangeOracle {
  readonly #width: number;
  /** First address of each range, in order: one word, or four. */
  readonly #firsts: Uint32Array;
  readonly #values: Uint32Array;

  constructor(family: Family, rows: readonly TableRow[]) {
    const width = family === 4 ? 1 : 4;
    this.#width = width;
    const edges = edgesOf(rangesOf(rows, width), 1n << BigInt(32 * width));
    this.#firsts = new Uint32Array(edges.length * width);
    this.#values = Uint32Array.from(edges, ({ value }) => value);
    for (const [i, { at }] of edges.entries()) {
      for (let w = 0; w < width; w++) {
        this.#firsts[i * width + w] = Number(BigInt.asUintN(32, at >> BigInt(32 * (width - 1 - w))));
      }
    }
  }

  /** The value of each key of one word, or four; 0 without a match. */
  values(keys: Uint32Array): Uint32Array {
    const out = new Uint32Array(keys.length / this.#width);
    for (let key = 0; key < out.length; key++) out[key] = this.#values[this.#rangeOf(keys, key)]!;
    return out;
  }

  /** The last range that does not begin behind the key. */
  #rangeOf(keys: Uint32Array, key: number): number {
    let low = 0;
    let high = this.#values.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#isBehind(middle, keys, key)) high = middle;
      else low = middle;
    }
    return low;
  }

  #isBehind(range: number, keys: Uint32Array, key: number): boolean {
    for (let w = 0; w < this.#width; w++) {
      const first = this.#firsts[range * this.#width + w]!;
      const word = keys[key * this.#width + w]!;
      if (first !== word) return first > word;
    }
    return false;
  }
}

/** In the order of their first addresses, and what is inside a range after it. */
function rangesOf(rows: readonly TableRow[], width: number): Range[] {
  const ranges = rows.map(({ prefix: { address, bits }, value }): Range => {
    const first = numberOf(address, width);
    return { first, end: first + (1n << BigInt(32 * width - bits)), value };
  });
  return ranges.sort((a, b) => order(a.first, b.first) || order(b.end, a.end));
}

/** Where the longest prefix changes, from address 0 on: at the ends of ranges the one around it comes back. */
function edgesOf(ranges: readonly Range[], end: bigint): Edge[] {
  const edges: Edge[] = [];
  const around: Pick<Range, 'end' | 'value'>[] = [{ end, value: 0 }];
  const add = (at: bigint, value: number): void => {
    // Of several at one address the last one holds.
    if (edges.at(-1)?.at === at) edges.pop();
    if (at < end) edges.push({ at, value });
  };
  const leave = (at: bigint): void => {
    while (around.length > 1 && around.at(-1)!.end <= at) {
      const { end: left } = around.pop()!;
      add(left, around.at(-1)!.value);
    }
  };
  add(0n, 0);
  for (const range of ranges) {
    leave(range.first);
    add(range.first, range.value);
    around.push(range);
  }
  leave(end);
  return edges;
}

function numberOf({ w0, w1, w2, w3 }: IpAddress, width: number): bigint {
  return [w0, w1, w2, w3].slice(0, width).reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
