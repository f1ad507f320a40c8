import type { IpAddress } from '../base/ip.ts';
import { ACTION_FORWARD } from '../../assembly/layout.ts';
import type { Action } from '../mapping/action.ts';
import type { EncapTarget, NextHop } from './data-plane.ts';
import { LocatorSets, type LocatorSet } from './locator-sets.ts';
import type { EngineMemory } from './memory.ts';
import { NextHops } from './next-hops.ts';
import { writeEntry } from './records.ts';
import { SlotPool } from './slots.ts';

/**
 * Slots for entries, bucket rows, rewrites and next hops. Everything is written into slots that no reader sees and
 * becomes visible with the next publish; `commit` and `rollback` end what was begun since the last one.
 */
export class ForwardingTable {
  readonly #memory: EngineMemory;
  readonly #entries: SlotPool;
  readonly #nextHops: NextHops;
  readonly #sets: LocatorSets;
  /** By slot of an entry: id of its locator set + 1; 0 = it does not forward. */
  readonly #setOf: Uint32Array;

  constructor(memory: EngineMemory, isQuiesced: (epoch: number) => boolean) {
    const { entries } = memory.capacity;
    this.#memory = memory;
    this.#entries = new SlotPool('entries', entries, isQuiesced);
    this.#nextHops = new NextHops(memory, isQuiesced);
    this.#sets = new LocatorSets(memory, this.#nextHops, isQuiesced);
    this.#setOf = new Uint32Array(entries);
  }

  /** The slot of a next hop for one more route. Throws EngineError on lack of room. */
  addRoute(nextHop: NextHop, isDefault: boolean): number {
    return this.#nextHops.acquireHop(nextHop, isDefault);
  }

  removeRoute(slot: number): void {
    this.#nextHops.release(slot);
  }

  /** The slot of a new entry. Throws EngineError on lack of room. */
  addEntry(action: Action, instanceId: number, targets: readonly EncapTarget[]): number {
    const slot = this.#entries.take();
    const forwards = action === ACTION_FORWARD && targets.length > 0;
    const set = forwards ? this.#sets.acquire(instanceId, targets) : undefined;
    this.#setOf[slot] = set === undefined ? 0 : set.id + 1;
    writeEntry(this.#memory, slot, action, instanceId, set?.run);
    return slot;
  }

  removeEntry(slot: number): void {
    this.#entries.retire(slot);
    const set = this.setOf(slot);
    if (set !== undefined) this.#sets.release(set);
  }

  /** Of an entry that has not been removed. */
  setOf(slot: number): LocatorSet | undefined {
    const id = this.#setOf[slot]! - 1;
    return id < 0 ? undefined : this.#sets.byId(id);
  }

  setDown(locator: IpAddress, isDown: boolean): void {
    this.#sets.setDown(locator, isDown);
  }

  /** Rows change in place here: after the publish, when nothing fails any more. */
  commit(epoch: number): void {
    // Sets let go of next hops.
    for (const pool of [this.#sets, this.#entries, this.#nextHops]) pool.commit(epoch);
  }

  rollback(): void {
    for (const pool of [this.#sets, this.#entries, this.#nextHops]) pool.rollback();
  }
}
