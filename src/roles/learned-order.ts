/** Which learned entry leaves a full Map-Cache: numbers for EID-Prefixes, and the order of eviction over them. */
import { EidIndex } from '../mapping/eid-index.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import { EvictionOrder, type EvictionOrderState } from '../mapping/eviction-order.ts';

/** Packets that have met an entry. */
export type HitsOf = (eid: EidPrefix) => number;

export class LearnedOrder {
  readonly #hitsOf: HitsOf;
  #room: number;
  #index = new EidIndex();
  /** Numbers of former members. */
  #free: number[] = [];
  /** Made for the first member: its columns are as long as the room is large, and most routers learn nothing. */
  #order: EvictionOrder | undefined;

  /** `room`: members at most. */
  constructor(room: number, hitsOf: HitsOf) {
    this.#room = room;
    this.#hitsOf = hitsOf;
  }

  get room(): number {
    return this.#room;
  }

  /** Members that are too many have to be evicted before others are added. */
  resize(room: number): void {
    if (room === this.#room) return;
    this.restore(room, this.save());
  }

  /** `eid` is no member, and there is room. */
  add(eid: EidPrefix): void {
    const id = this.#number(eid);
    this.#order ??= this.#makeOrder();
    this.#order.add(id, eid);
  }

  /** Takes out one that leaves for other reasons; nothing when it is no member. */
  remove(eid: EidPrefix): void {
    const id = this.#index.find(eid);
    if (id < 0) return;
    this.#order?.remove(id);
    this.#drop(id);
  }

  /** The member that is to leave, which is none any more; undefined when there is no member. */
  evict(): EidPrefix | undefined {
    const id = this.#order?.evict() ?? -1;
    if (id < 0) return undefined;
    const eid = this.#index.eidOf(id);
    this.#drop(id);
    return eid;
  }

  save(): EvictionOrderState {
    return this.#order?.save() ?? { probation: [], proven: [], remembered: [] };
  }

  /** Takes the place of what there was. */
  restore(room: number, state: EvictionOrderState): void {
    this.#room = room;
    this.#index = new EidIndex();
    this.#free = [];
    this.#order = undefined;
    const members = state.probation.length + state.proven.length;
    if (members + state.remembered.length === 0) return;
    this.#order = this.#makeOrder(members);
    this.#order.restore(state, (eid) => this.#number(eid));
  }

  #makeOrder(members = 0): EvictionOrder {
    const eidOf = (id: number): EidPrefix => this.#index.eidOf(id);
    const numbers = Math.max(this.#room, members);
    return new EvictionOrder(this.#room, (id) => this.#hitsOf(eidOf(id)), eidOf, numbers);
  }

  #number(eid: EidPrefix): number {
    const id = this.#free.pop() ?? this.#index.size;
    this.#index.add(id, eid);
    return id;
  }

  #drop(id: number): void {
    this.#index.remove(id);
    this.#free.push(id);
  }
}
