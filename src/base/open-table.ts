/** Hashing of small numbers by what they stand for, which is kept and compared elsewhere. */

import type { IpAddress } from './ip.ts';

const LEAST_ROOM = 16;

/**
 * A set of numbers, to be found by the hash of what each stands for. 8 to 16 bytes a member (Knuth, TAOCP 3, §6.4:
 * linear probing, algorithm R to remove).
 */
export class OpenTable {
  readonly #hashOf: (number: number) => number;
  /** Number + 1; 0 = free. At most half full. */
  #table: Int32Array;
  #size = 0;

  /** `room`: members to have room for from the start, 1 or more; more come as they are needed, which takes a pause each time. */
  constructor(hashOf: (number: number) => number, room = LEAST_ROOM) {
    this.#hashOf = hashOf;
    this.#table = new Int32Array(2 ** Math.ceil(Math.log2(2 * room)));
  }

  /** Members. */
  get size(): number {
    return this.#size;
  }

  /** The first that `isIt`, of those with this hash and some others; -1 when there is none. */
  seek(hash: number, isIt: (number: number) => boolean): number {
    const mask = this.#table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = this.#table[at]! - 1;
      if (number < 0 || isIt(number)) return number;
    }
  }

  /** `number` is no member. */
  enter(number: number): void {
    if (2 * ++this.#size > this.#table.length) {
      const before = this.#table;
      this.#table = new Int32Array(2 * before.length);
      for (const each of before) if (each !== 0) this.#insert(each - 1);
    }
    this.#insert(number);
  }

  /** `number` is a member. */
  remove(number: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let hole = this.#hashOf(number) & mask;
    while (table[hole] !== number + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashOf(table[at]! - 1) & mask;
      // Stays where it is when its home lies cyclically behind the hole.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      table[hole] = table[at]!;
      hole = at;
    }
    table[hole] = 0;
    this.#size--;
  }

  /** No members, and room for few. */
  clear(): void {
    this.#table = new Int32Array(2 * LEAST_ROOM);
    this.#size = 0;
  }

  #insert(number: number): void {
    const mask = this.#table.length - 1;
    let at = this.#hashOf(number) & mask;
    while (this.#table[at] !== 0) at = (at + 1) & mask;
    this.#table[at] = number + 1;
  }
}

/** 32 bits of an address and one word more, by multiplications and shifts as in MurmurHash3 (Appleby, 2008). */
export function hashIp({ w0, w1, w2, w3 }: IpAddress, last = 0): number {
  return mix(mix(mix(mix(last, w0), w1), w2), w3);
}

function mix(hash: number, word: number): number {
  hash = Math.imul(hash ^ word, 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}
