/** EID-Prefixes by number, without an object for each: columns, and an open hash table over them. */
import { Column } from '../base/column.ts';
import { sameIp, type IpAddress } from '../base/ip.ts';
import { hashIp, OpenTable } from '../base/open-table.ts';
import type { EidPrefix } from './eid.ts';

/** Words of a key: the address, and Instance ID with family and length. */
const KEY_WORDS = 5;

/**
 * Numbers for EID-Prefixes. Whoever uses it chooses the numbers, small ones, and keeps what belongs to them in columns
 * of its own. 20 bytes a number and 8 to 16 a member.
 */
export class EidIndex extends OpenTable {
  readonly #keys: Column;

  /** `room`: numbers to have room for from the start; more come as they are needed, which takes a pause each time. */
  constructor(room = 16) {
    super((id) => hashEid(this.eidOf(id)), room);
    this.#keys = new Column(room * KEY_WORDS);
  }

  /** The number of exactly this EID-Prefix; -1 when it is no member. */
  find(eid: EidPrefix): number {
    const last = lastWord(eid);
    return this.seek(hashEid(eid), (id) => {
      const known = this.eidOf(id);
      return lastWord(known) === last && sameIp(known.prefix.address, eid.prefix.address);
    });
  }

  /** `id` is no member's number, and `eid` no member. */
  add(id: number, eid: EidPrefix): void {
    const { w0, w1, w2, w3 } = eid.prefix.address;
    this.#keys.setAll(id * KEY_WORDS, [w0, w1, w2, w3, lastWord(eid)]);
    this.enter(id);
  }

  /** The EID-Prefix of a number, also of one that was removed until it is given to another; a new object. */
  eidOf(id: number): EidPrefix {
    const word = (i: number): number => this.#keys.at(id * KEY_WORDS + i);
    const last = word(4);
    const bits = last & 0xff;
    const family = bits > 32 ? 6 : 4;
    const address: IpAddress = { family, w0: word(0), w1: word(1), w2: word(2), w3: word(3) };
    return { instanceId: last >>> 8, prefix: { address, bits: family === 4 ? bits : bits - 33 } };
  }
}

/** 32 bits, the same for equal EID-Prefixes everywhere. */
function hashEid(eid: EidPrefix): number {
  return hashIp(eid.prefix.address, lastWord(eid));
}

/** Instance ID, 24 bits; then 0..32 for IPv4 and 33..161 for IPv6. */
function lastWord({ instanceId, prefix: { address, bits } }: EidPrefix): number {
  return ((instanceId << 8) | (address.family === 4 ? bits : bits + 33)) >>> 0;
}
