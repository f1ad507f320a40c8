/** Who leaves a full cache: S3-FIFO (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023). */
import { EidIndex } from './eid-index.ts';
import type { EidPrefix } from './eid.ts';

/** Share of the room where newcomers wait until they have proven useful. */
const PROBATION_SHARE = 0.1;
/** Hits that prove it: the packet that was held while the mapping was asked for is the first, and proves nothing. */
const PROVEN_HITS = 2;
/** Of those that left unproven, as many are remembered as this share of the room. */
const REMEMBERED_SHARE = 0.5;
/** Members looked at for one victim: after these the next one goes, used or not. So no choice takes long. */
const MAX_LOOKS = 64;

const PROBATION = 0;
const PROVEN = 1;
type Queue = typeof PROBATION | typeof PROVEN;

/** Plain data, structured-clone safe. No numbers: whoever restores it may give its members others. */
export interface EvictionOrderState {
  /** Those that leave first come first. */
  readonly probation: readonly EvictionMember[];
  readonly proven: readonly EvictionMember[];
  /** The oldest comes first; undefined where one came back. */
  readonly remembered: readonly (EidPrefix | undefined)[];
}

export interface EvictionMember {
  readonly eid: EidPrefix;
  /** Hits when it came, or was last given another round. */
  readonly seen: number;
}

/**
 * The order in which members of a full cache leave. Newcomers wait in a short queue and leave it first: whoever has not
 * been used again by then goes, the others move to the long queue, where each gets another round for having been used
 * in the last one. Whoever went too early, and is back soon, goes to the long queue at once. So entries that are met
 * once, as those of a scan, push out one another and not what flows use. Packets do nothing for this: hits are looked
 * at when somebody has to leave.
 *
 * Numbers are the owner's, below `numbers`; columns of 17 bytes a number, and 14 to 18 for what is remembered.
 */
export class EvictionOrder {
  readonly #room: number;
  readonly #numbers: number;
  readonly #hitsOf: (id: number) => number;
  readonly #eidOf: (id: number) => EidPrefix;
  /** Two rings, each from the number `numbers + queue`: its next leaves last, its previous first. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #queues: Uint8Array;
  /** As in EvictionMember. */
  readonly #seen: Float64Array;
  readonly #sizes: [number, number] = [0, 0];
  /** Those that left unproven, the oldest overwritten. */
  readonly #remembered: EidIndex;
  readonly #isRemembered: Uint8Array;
  #oldest = 0;

  /** `room`: members of a full cache. One that becomes smaller has more, `numbers`, until they have left. */
  constructor(
    room: number,
    hitsOf: (id: number) => number,
    eidOf: (id: number) => EidPrefix,
    numbers: number = room,
  ) {
    this.#room = room;
    this.#numbers = numbers;
    this.#hitsOf = hitsOf;
    this.#eidOf = eidOf;
    this.#next = new Int32Array(numbers + 2);
    this.#previous = new Int32Array(numbers + 2);
    for (const ring of [numbers + PROBATION, numbers + PROVEN])
      this.#next[ring] = this.#previous[ring] = ring;
    this.#queues = new Uint8Array(numbers);
    this.#seen = new Float64Array(numbers);
    const remembered = Math.ceil(room * REMEMBERED_SHARE);
    this.#remembered = new EidIndex(remembered);
    this.#isRemembered = new Uint8Array(remembered);
  }

  /** `id` is no member's number. */
  add(id: number, eid: EidPrefix): void {
    const memory = this.#remembered.find(eid);
    if (memory >= 0) this.#forget(memory);
    this.#seen[id] = this.#hitsOf(id);
    this.#push(id, memory >= 0 ? PROVEN : PROBATION);
  }

  /** `id` is a member's number: it leaves for other reasons. */
  remove(id: number): void {
    const [next, previous] = [this.#next[id]!, this.#previous[id]!];
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.#sizes[this.#queues[id]!]!--;
  }

  /** The member that is to leave, which is none any more; -1 when there is no member. In bounded time. */
  evict(): number {
    for (let looks = 1; ; looks++) {
      const isProbation = this.#sizes[PROVEN] === 0 || this.#sizes[PROBATION] > this.#room * PROBATION_SHARE;
      const id = this.#previous[this.#numbers + (isProbation ? PROBATION : PROVEN)]!;
      if (id >= this.#numbers) return -1;
      this.remove(id);
      const hits = this.#hitsOf(id);
      const isUsed = newHits(hits, this.#seen[id]!) >= (isProbation ? PROVEN_HITS : 1);
      if (!isUsed || looks === MAX_LOOKS) {
        if (isProbation) this.#remember(this.#eidOf(id));
        return id;
      }
      this.#seen[id] = hits;
      this.#push(id, PROVEN);
    }
  }

  save(): EvictionOrderState {
    const { length } = this.#isRemembered;
    const remembered = Array.from({ length }, (_, age) => {
      const memory = (this.#oldest + age) % length;
      return this.#isRemembered[memory] === 1 ? this.#remembered.eidOf(memory) : undefined;
    });
    const first = remembered.findIndex((eid) => eid !== undefined);
    return {
      probation: this.#members(PROBATION),
      proven: this.#members(PROVEN),
      remembered: first < 0 ? [] : remembered.slice(first),
    };
  }

  /**
   * To be called on an order that has had no members, and has numbers for these. `idOf` gives each member its number. Of a
   * larger order it remembers those that left last.
   */
  restore({ probation, proven, remembered }: EvictionOrderState, idOf: (eid: EidPrefix) => number): void {
    for (const [queue, members] of [[PROBATION, probation] as const, [PROVEN, proven] as const]) {
      for (const { eid, seen } of members) {
        const id = idOf(eid);
        this.#seen[id] = seen;
        this.#push(id, queue);
      }
    }
    const { length } = this.#isRemembered;
    for (const [i, eid] of remembered.slice(-length).reverse().entries()) {
      if (eid === undefined) continue;
      this.#remembered.add(length - 1 - i, eid);
      this.#isRemembered[length - 1 - i] = 1;
    }
  }

  /** Those that leave first come first. */
  #members(queue: Queue): EvictionMember[] {
    const members: EvictionMember[] = [];
    const ring = this.#numbers + queue;
    for (let id = this.#previous[ring]!; id !== ring; id = this.#previous[id]!)
      members.push({ eid: this.#eidOf(id), seen: this.#seen[id]! });
    return members;
  }

  #push(id: number, queue: Queue): void {
    const ring = this.#numbers + queue;
    const first = this.#next[ring]!;
    this.#next[id] = first;
    this.#previous[id] = ring;
    this.#previous[first] = id;
    this.#next[ring] = id;
    this.#queues[id] = queue;
    this.#sizes[queue]++;
  }

  #remember(eid: EidPrefix): void {
    const known = this.#remembered.find(eid);
    if (known >= 0) this.#forget(known);
    if (this.#isRemembered[this.#oldest] === 1) this.#forget(this.#oldest);
    this.#remembered.add(this.#oldest, eid);
    this.#isRemembered[this.#oldest] = 1;
    this.#oldest = (this.#oldest + 1) % this.#isRemembered.length;
  }

  #forget(memory: number): void {
    this.#remembered.remove(memory);
    this.#isRemembered[memory] = 0;
  }
}

/** A counter that is lower than it was has begun anew. */
function newHits(hits: number, seen: number): number {
  return hits < seen ? hits : hits - seen;
}
