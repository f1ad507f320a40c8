/**
 * DIR-24-8 in plain TypeScript: what one would write without WebAssembly. P. Gupta, S. Lin, N. McKeown, "Routing Lookups
 * in Hardware at Memory Access Speeds", INFOCOM 1998.
 */
import type { TableRow } from '../../tables/collect.ts';
import type { Peer, TableContender } from '../contender.ts';

/** In the first table: the rest is the number of a block of 256 values. */
const LONGER = 0x8000_0000;
const BLOCK = 256;

export const DIR24_8_JS: Peer = { kind: 'js dir24-8', families: [4], open: (_, rows) => new Dir248Js(rows) };

class Dir248Js implements TableContender {
  readonly kind = DIR24_8_JS.kind;
  readonly leafBytes = 4;
  readonly family = 4;
  readonly answers = 'values';
  readonly buildMs: number;
  readonly readerBytes: number;
  readonly liveBytes: number;
  readonly #first = new Uint32Array(1 << 24);
  #blocks = new Uint32Array(BLOCK);
  #count = 0;
  #keys: Uint32Array = new Uint32Array(0);

  constructor(rows: readonly TableRow[]) {
    const start = performance.now();
    // Shorter ones first: longer ones write over them.
    for (const row of rows.toSorted((a, b) => a.prefix.bits - b.prefix.bits)) this.#insert(row);
    this.buildMs = performance.now() - start;
    this.readerBytes = this.#first.byteLength + this.#count * BLOCK * 4;
    this.liveBytes = this.#first.byteLength + this.#blocks.byteLength;
  }

  #insert({ prefix: { address, bits }, value }: TableRow): void {
    const at = address.w0 >>> 8;
    if (bits <= 24) {
      this.#first.fill(value, at, at + 2 ** (24 - bits));
      return;
    }
    let entry = this.#first[at]!;
    if (entry < LONGER) {
      const block = this.#block(entry);
      entry = (LONGER | block) >>> 0;
      this.#first[at] = entry;
    }
    const from = (entry - LONGER) * BLOCK + (address.w0 & 0xff);
    this.#blocks.fill(value, from, from + 2 ** (32 - bits));
  }

  /** A new one, all of this value. */
  #block(value: number): number {
    const end = (this.#count + 1) * BLOCK;
    if (end > this.#blocks.length) {
      const larger = new Uint32Array(2 * this.#blocks.length);
      larger.set(this.#blocks);
      this.#blocks = larger;
    }
    this.#blocks.fill(value, end - BLOCK, end);
    return this.#count++;
  }

  setKeys(keys: Uint32Array): void {
    this.#keys = keys;
  }

  pass(count: number, _batch: number, from: number): number {
    const [first, blocks, keys] = [this.#first, this.#blocks, this.#keys];
    let sum = 0;
    for (let i = from; i < from + count; i++) {
      const key = keys[i]!;
      const entry = first[key >>> 8]!;
      sum += entry < LONGER ? entry : blocks[(entry - LONGER) * BLOCK + (key & 0xff)]!;
    }
    return sum;
  }

  values(): Uint32Array {
    return this.#keys.map((_, i) => this.pass(1, 1, i));
  }
}
