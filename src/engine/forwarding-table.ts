import { ACTION_FORWARD } from '../../assembly/layout.ts';
import type { Action } from '../mapping/action.ts';
import type { EncapTarget, NextHop } from './data-plane.ts';
import { LocatorSets, type LocatorSetView } from './locator-sets.ts';
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
  readonly nextHops: NextHops;
  readonly sets: LocatorSets;
  /** By slot of an entry: id of its locator set + 1; 0 = it does not forward. */
  readonly #setOf: Uint32Array;

  constructor(memory: EngineMemory, isQuiesced: (epoch: number) => boolean) {
    const { entries } = memory.capacity;
    this.#memory = memory;
    this.#entries = new SlotPool('entries', entries, isQuiesced);
    this.nextHops = new NextHops('nextHops', memory, isQuiesced);
    this.sets = new LocatorSets(memory, this.nextHops, isQuiesced);
    this.#setOf = new Uint32Array(entries);
  }

  /** The slot of a next hop for one more route. Throws EngineError on lack of room. */
  addRoute(nextHop: NextHop, isDefault: boolean): number {
    return this.nextHops.acquire({ ...nextHop, isDefault });
  }

  /** The slot of a new entry. Throws EngineError on lack of room. */
  addEntry(action: Action, instanceId: number, targets: readonly EncapTarget[]): number {
    const slot = this.#entries.take();
    const forwards = action === ACTION_FORWARD && targets.length > 0;
    const set = forwards ? this.sets.acquire({ instanceId, targets }) : -1;
    this.#setOf[slot] = set + 1;
    writeEntry(this.#memory, slot, action, instanceId, this.sets.rowOf(set));
    return slot;
  }

  removeEntry(slot: number): void {
    this.#entries.retire(slot);
    const set = this.#setOf[slot]! - 1;
    if (set >= 0) this.sets.release(set);
  }

  /** The locator set of an entry that has not been removed; empty when it does not forward. */
  setOf(slot: number): LocatorSetView {
    return this.sets.view(this.#setOf[slot]! - 1);
  }

  /** Rows change in place here: after the publish, when nothing fails any more. */
  commit(epoch: number): void {
    // Sets let go of next hops.
    for (const pool of [this.sets, this.#entries, this.nextHops]) pool.commit(epoch);
  }

  rollback(): void {
    for (const pool of [this.sets, this.#entries, this.nextHops]) pool.rollback();
  }
}
