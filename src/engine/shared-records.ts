import { Column } from '../base/column.ts';
import { OpenTable } from '../base/open-table.ts';
import type { EngineCapacity, EngineMemory } from './memory.ts';
import { SlotPool } from './slots.ts';

/**
 * Records that many users share: equal values get the same slot, and the slot is retired at the commit that finds it
 * without a user. Can be undone like a Pool. What a slot stands for is kept where it is written and compared in place:
 * here a slot takes 8 bytes, and 8 to 16 more while it has users.
 */
export abstract class SharedRecords<T> extends SlotPool {
  protected readonly memory: EngineMemory;
  readonly #users = new Column();
  readonly #hashes = new Column();
  /** Slots with users, and those that have lost them since the last commit. */
  protected readonly table = new OpenTable((slot) => this.#hashes.at(slot));
  /** Since the last commit: slot of each acquisition, ~slot of each release. */
  readonly #log: number[] = [];

  constructor(section: keyof EngineCapacity, memory: EngineMemory, isQuiesced: (epoch: number) => boolean) {
    super(section, memory.capacity[section], isQuiesced);
    this.memory = memory;
  }

  /** The slot of `value`, written when it is new. Throws EngineError when there is no room. */
  acquire(value: T): number {
    const hash = this.hashOf(value);
    let slot = this.table.seek(hash, (each) => this.isSame(each, value));
    if (slot < 0) {
      slot = this.take();
      this.write(slot, value);
      this.#hashes.set(slot, hash);
      this.table.enter(slot);
    }
    this.#note(slot);
    return slot;
  }

  /** One user less. Readers may see the record until the next publish and for a batch after it. */
  release(slot: number): void {
    this.#note(~slot);
  }

  override commit(epoch: number): void {
    this.#sweep();
    super.commit(epoch);
  }

  /** What records use of others is to be taken back after this. */
  override rollback(): void {
    for (const each of this.#log.splice(0)) this.#note(~each);
    this.#sweep();
    super.rollback();
  }

  /** The same for equal values. */
  protected abstract hashOf(value: T): number;

  abstract isSame(slot: number, value: T): boolean;

  /** Into a slot that no reader sees. */
  protected abstract write(slot: number, value: T): void;

  /** The slot, as it was written, has no users any more: lets go of what it uses. */
  protected letGo?(slot: number): void;

  /** Those without users, of which some have been met before. */
  #sweep(): void {
    for (const each of this.#log.splice(0)) {
      const slot = each < 0 ? ~each : each;
      if (this.#users.at(slot) > 0 || this.table.seek(this.#hashes.at(slot), (other) => other === slot) < 0)
        continue;
      this.table.remove(slot);
      this.letGo?.(slot);
      this.retire(slot);
    }
  }

  /** A user more for a slot, one less for ~slot. */
  #note(each: number): void {
    this.#log.push(each);
    const slot = each < 0 ? ~each : each;
    this.#users.set(slot, this.#users.at(slot) + (each < 0 ? -1 : 1));
  }
}
