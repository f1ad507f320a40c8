/** EID-Prefixes by number, without an object for each: columns, and an open hash table over them. */
import type { Family } from '../base/ip.ts';
import type { EidPrefix } from './eid.ts';

/** Words of a key: the address, and Instance ID with family and length. */
const KEY_WORDS = 5;
const LEAST_ROOM = 16;

/**
 * Numbers for EID-Prefixes. Whoever uses it chooses the numbers, small ones, and keeps what belongs to them in columns
 * of its own. 20 bytes a number and 8 to 16 a member (Knuth, TAOCP 3, §6.4: linear probing, algorithm R to remove).
 */
export class EidIndex {
  #keys: Uint32Array;
  /** Number + 1; 0 = free. At most half full. */
  #table: Int32Array;
  #size = 0;

  /** `room`: numbers to have room for from the start; more come as they are needed, which takes a pause each time. */
  constructor(room = LEAST_ROOM) {
    this.#keys = new Uint32Array(room * KEY_WORDS);
    this.#table = new Int32Array(tableSize(room));
  }

  /** Members. */
  get size(): number {
    return this.#size;
  }

  /** The number of exactly this EID-Prefix; -1 when it is no member. */
  find(eid: EidPrefix): number {
    const mask = this.#table.length - 1;
    for (let at = hashEid(eid) & mask; ; at = (at + 1) & mask) {
      const id = this.#table[at]! - 1;
      if (id < 0 || this.#has(id, eid)) return id;
    }
  }

  /** `id` is no member's number, and `eid` no member. */
  add(id: number, eid: EidPrefix): void {
    if ((id + 1) * KEY_WORDS > this.#keys.length) this.#grow(id + 1);
    if (2 * (this.#size + 1) > this.#table.length) this.#rehash(2 * this.#table.length);
    const { address } = eid.prefix;
    const at = id * KEY_WORDS;
    this.#keys[at] = address.w0;
    this.#keys[at + 1] = address.w1;
    this.#keys[at + 2] = address.w2;
    this.#keys[at + 3] = address.w3;
    this.#keys[at + 4] = lastWord(eid);
    this.#insert(id);
    this.#size++;
  }

  /** `id` is a member's number. What it stood for can be read until it is given to another. */
  remove(id: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let hole = this.#hash(id) & mask;
    while (table[hole] !== id + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hash(table[at]! - 1) & mask;
      // Stays where it is when its home lies cyclically behind the hole.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      table[hole] = table[at]!;
      hole = at;
    }
    table[hole] = 0;
    this.#size--;
  }

  /** The EID-Prefix of a number; a new object. */
  eidOf(id: number): EidPrefix {
    const at = id * KEY_WORDS;
    const keys = this.#keys;
    const last = keys[at + 4]!;
    const [family, bits]: [Family, number] = (last & 0xff) > 32 ? [6, (last & 0xff) - 33] : [4, last & 0xff];
    const address = { family, w0: keys[at]!, w1: keys[at + 1]!, w2: keys[at + 2]!, w3: keys[at + 3]! };
    return { instanceId: last >>> 8, prefix: { address, bits } };
  }

  /** No members, in time that follows their number. */
  clear(): void {
    this.#table.fill(0);
    this.#size = 0;
    if (this.#table.length > 2 ** 16) this.#table = new Int32Array(tableSize(LEAST_ROOM));
  }

  #has(id: number, eid: EidPrefix): boolean {
    const at = id * KEY_WORDS;
    const { address } = eid.prefix;
    const keys = this.#keys;
    return (
      keys[at] === address.w0 &&
      keys[at + 1] === address.w1 &&
      keys[at + 2] === address.w2 &&
      keys[at + 3] === address.w3 &&
      keys[at + 4] === lastWord(eid)
    );
  }

  #hash(id: number): number {
    const at = id * KEY_WORDS;
    const keys = this.#keys;
    return hashWords(keys[at]!, keys[at + 1]!, keys[at + 2]!, keys[at + 3]!, keys[at + 4]!);
  }

  #insert(id: number): void {
    const mask = this.#table.length - 1;
    let at = this.#hash(id) & mask;
    while (this.#table[at] !== 0) at = (at + 1) & mask;
    this.#table[at] = id + 1;
  }

  #grow(room: number): void {
    const keys = new Uint32Array(Math.max(room * KEY_WORDS, 2 * this.#keys.length));
    keys.set(this.#keys);
    this.#keys = keys;
  }

  #rehash(size: number): void {
    const members = this.#table.filter((each) => each !== 0);
    this.#table = new Int32Array(size);
    for (const each of members) this.#insert(each - 1);
  }
}

/** 32 bits, the same for equal EID-Prefixes everywhere. */
function hashEid(eid: EidPrefix): number {
  const { w0, w1, w2, w3 } = eid.prefix.address;
  return hashWords(w0, w1, w2, w3, lastWord(eid));
}

/** Instance ID, 24 bits; then 0..32 for IPv4 and 33..161 for IPv6. */
function lastWord({ instanceId, prefix: { address, bits } }: EidPrefix): number {
  return ((instanceId << 8) | (address.family === 4 ? bits : bits + 33)) >>> 0;
}

/** Multiplications and shifts as in MurmurHash3 (Appleby, 2008). */
function hashWords(w0: number, w1: number, w2: number, w3: number, last: number): number {
  let hash = Math.imul(w0 ^ 0x9e37_79b9, 0x85eb_ca6b);
  hash = Math.imul((hash ^ (hash >>> 15)) + w1, 0xc2b2_ae35);
  hash = Math.imul((hash ^ (hash >>> 13)) + w2, 0x27d4_eb2f);
  hash = Math.imul((hash ^ (hash >>> 16)) + w3, 0x1656_67b1);
  hash = Math.imul((hash ^ (hash >>> 15)) + last, 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function tableSize(room: number): number {
  return 2 ** Math.ceil(Math.log2(2 * Math.max(room, LEAST_ROOM)));
}
