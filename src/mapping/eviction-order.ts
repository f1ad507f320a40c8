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

/**
 * The order in which members of a full cache leave. Newcomers wait in a short queue and leave it first: whoever has not
 * been used again by then goes, the others move to the long queue, where each gets another round for having been used
 * in the last one. Whoever went too early, and is back soon, goes to the long queue at once. So entries that are met
 * once, as those of a scan, push out one another and not what flows use. Packets do nothing for this: hits are looked
 * at when somebody has to leave.
 *
 * Numbers are the owner's, below `room`; columns of 17 bytes a number, and 14 to 18 for what is remembered.
 */
export class EvictionOrder {
  readonly #room: number;
  readonly #hitsOf: (id: number) => number;
  readonly #eidOf: (id: number) => EidPrefix;
  /** Two rings, each from the number `room + queue`: its next leaves last, its previous first. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #queues: Uint8Array;
  /** Hits when it came, or was last given another round. */
  readonly #seen: Float64Array;
  readonly #sizes: [number, number] = [0, 0];
  /** Those that left unproven, the oldest overwritten. */
  readonly #remembered: EidIndex;
  readonly #isRemembered: Uint8Array;
  #oldest = 0;

  constructor(room: number, hitsOf: (id: number) => number, eidOf: (id: number) => EidPrefix) {
    this.#room = room;
    this.#hitsOf = hitsOf;
    this.#eidOf = eidOf;
    this.#next = new Int32Array(room + 2);
    this.#previous = new Int32Array(room + 2);
    for (const ring of [room + PROBATION, room + PROVEN]) this.#next[ring] = this.#previous[ring] = ring;
    this.#queues = new Uint8Array(room);
    this.#seen = new Float64Array(room);
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
      const id = this.#previous[this.#room + (isProbation ? PROBATION : PROVEN)]!;
      if (id >= this.#room) return -1;
      this.remove(id);
      const hits = this.#hitsOf(id);
      const isUsed = hits - this.#seen[id]! >= (isProbation ? PROVEN_HITS : 1);
      if (!isUsed || looks === MAX_LOOKS) {
        if (isProbation) this.#remember(this.#eidOf(id));
        return id;
      }
      this.#seen[id] = hits;
      this.#push(id, PROVEN);
    }
  }

  #push(id: number, queue: Queue): void {
    const ring = this.#room + queue;
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
