/** Real flows and a scan at one full cache, by seed. A miss is answered at once, and the packet that missed is sent. */
import { hostPrefix, ipv4 } from '../../src/base/ip.ts';
import { zipf } from '../../src/bench/zipf.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { EvictionOrder } from '../../src/mapping/eviction-order.ts';
import type { EidPrefix } from '../../src/mapping/eid.ts';

const ROOM = 4000;
/** Destinations of real flows: more than fit. How often one is met follows Zipf's law with exponent 1. */
const DESTINATIONS = 12_000;
const WARM_UP = 60_000;
const PACKETS = 200_000;
const AGGREGATE = 0x0b00_0000;

export type Policy = 's3-fifo' | 'fifo' | 'lru';

interface Member {
  readonly id: number;
  hits: number;
}

export class CacheSimulation {
  readonly #destination: () => number;
  readonly #policy: Policy;
  readonly #members = new Map<number, Member>();
  readonly #addresses: number[] = [];
  readonly #order: EvictionOrder;
  /** From the oldest entry on, or the one unused for longest: what it has passed has left. */
  readonly #oldest = this.#members.entries();
  #scanned = 0;

  constructor(policy: Policy, seed: number) {
    this.#destination = zipf(DESTINATIONS, new SeededRandom(seed, 'scan'));
    this.#policy = policy;
    const eidOf = (id: number): EidPrefix => ({
      instanceId: 0,
      prefix: hostPrefix(ipv4(this.#addresses[id]!)),
    });
    const hitsOf = (id: number): number => this.#members.get(this.#addresses[id]!)?.hits ?? 0;
    this.#order = new EvictionOrder(ROOM, hitsOf, eidOf);
  }

  /** Share of the packets of real flows that find an entry; `intensity` packets of the scan go with each of theirs. */
  run(intensity: number): number {
    for (let i = 0; i < WARM_UP; i++) this.#meet(this.#destination());
    let hits = 0;
    let due = 0;
    for (let i = 0; i < PACKETS; i++) {
      if (this.#meet(this.#destination())) hits++;
      for (due += intensity; due >= 1; due--) this.#meet(AGGREGATE + this.#scanned++);
    }
    return hits / PACKETS;
  }

  /** A packet; true when there was an entry. */
  #meet(address: number): boolean {
    const member = this.#members.get(address);
    if (member !== undefined) {
      member.hits++;
      if (this.#policy === 'lru') this.#members.delete(address);
      if (this.#policy === 'lru') this.#members.set(address, member);
      return true;
    }
    const id = this.#members.size < ROOM ? this.#members.size : this.#evict();
    this.#addresses[id] = address;
    const added: Member = { id, hits: 0 };
    this.#members.set(address, added);
    if (this.#policy === 's3-fifo') this.#order.add(id, { instanceId: 0, prefix: hostPrefix(ipv4(address)) });
    added.hits = 1;
    return false;
  }

  #evict(): number {
    if (this.#policy === 's3-fifo') {
      const id = this.#order.evict();
      this.#members.delete(this.#addresses[id]!);
      return id;
    }
    const [address, { id }] = this.#oldest.next().value!;
    this.#members.delete(address);
    return id;
  }
}
