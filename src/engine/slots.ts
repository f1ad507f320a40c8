import { EngineError } from './errors.ts';

/**
 * Slots of one size in a section: free ones, and retired ones that wait until no reader can see them any more.
 * Between two publishes `take` and `retire` can be undone.
 */
export class SlotPool {
  readonly #section: string;
  readonly #capacity: number;
  readonly #isQuiesced: (epoch: number) => boolean;
  #free: number[] = [];
  /** Slots below this have been handed out at least once. */
  #used = 0;
  #taken: number[] = [];
  #retiring: number[] = [];
  /** Oldest first. */
  #retired: { readonly epoch: number; readonly slots: number[] }[] = [];

  constructor(section: string, capacity: number, isQuiesced: (epoch: number) => boolean) {
    this.#section = section;
    this.#capacity = capacity;
    this.#isQuiesced = isQuiesced;
  }

  /** A slot that no reader sees. Throws EngineError when there is none. */
  take(): number {
    let slot = this.#free.pop();
    if (slot === undefined && this.#used < this.#capacity) slot = this.#used++;
    if (slot === undefined) {
      this.#reclaim();
      slot = this.#free.pop();
    }
    if (slot === undefined) {
      throw new EngineError('no-room', this.#section, this.#used + 1, this.#capacity);
    }
    this.#taken.push(slot);
    return slot;
  }

  /** Readers may see the slot until the next publish and for a batch after it. */
  retire(slot: number): void {
    this.#retiring.push(slot);
  }

  /** What was retired since the last commit is out of sight from `epoch` on. */
  commit(epoch: number): void {
    if (this.#retiring.length > 0) this.#retired.push({ epoch, slots: this.#retiring });
    this.#retiring = [];
    this.#taken = [];
  }

  /** Takes back everything since the last commit. */
  rollback(): void {
    this.#free.push(...this.#taken);
    this.#retiring = [];
    this.#taken = [];
  }

  #reclaim(): void {
    while (this.#retired.length > 0 && this.#isQuiesced(this.#retired[0]!.epoch)) {
      this.#free.push(...this.#retired.shift()!.slots);
    }
  }
}

/** A run of slots; `run` is its number among the runs of its length. */
export interface Run {
  readonly base: number;
  readonly length: number;
  readonly run: number;
}

/** Runs of 2^n slots in one section: a SlotPool for each length, fed from a common rest. */
export class RunPool {
  readonly #section: string;
  readonly #capacity: number;
  readonly #isQuiesced: (epoch: number) => boolean;
  /** By length; `bases[run]` is the first slot of a run. */
  readonly #byLength = new Map<number, { readonly pool: SlotPool; readonly bases: number[] }>();
  #used = 0;

  constructor(section: string, capacity: number, isQuiesced: (epoch: number) => boolean) {
    this.#section = section;
    this.#capacity = capacity;
    this.#isQuiesced = isQuiesced;
  }

  /** A run that no reader sees. Throws EngineError when there is no room. */
  take(length: number): Run {
    const { pool, bases } = this.#of(length);
    const run = pool.take();
    let base = bases[run];
    if (base === undefined) {
      base = this.#used;
      if (base + length > this.#capacity) {
        throw new EngineError('no-room', this.#section, base + length, this.#capacity);
      }
      this.#used += length;
      bases[run] = base;
    }
    return { base, length, run };
  }

  retire({ length, run }: Run): void {
    this.#of(length).pool.retire(run);
  }

  commit(epoch: number): void {
    for (const { pool } of this.#byLength.values()) pool.commit(epoch);
  }

  rollback(): void {
    for (const { pool } of this.#byLength.values()) pool.rollback();
  }

  #of(length: number): { readonly pool: SlotPool; readonly bases: number[] } {
    let found = this.#byLength.get(length);
    if (found === undefined) {
      const runs = Math.floor(this.#capacity / length);
      found = { pool: new SlotPool(this.#section, runs, this.#isQuiesced), bases: [] };
      this.#byLength.set(length, found);
    }
    return found;
  }
}

/**
 * Records that many users share: equal keys get the same slot, and the slot is retired with its last user. Can be
 * undone like SlotPool.
 */
export class SharedRecords {
  readonly #slots: SlotPool;
  readonly #byKey = new Map<string, { readonly slot: number; users: number }>();
  #undo: (() => void)[] = [];

  constructor(section: string, capacity: number, isQuiesced: (epoch: number) => boolean) {
    this.#slots = new SlotPool(section, capacity, isQuiesced);
  }

  /** The slot of `key`, written by `write` when it is new. Throws EngineError when there is no room. */
  acquire(key: string, write: (slot: number) => void): number {
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.users++;
      this.#undo.push(() => known.users--);
      return known.slot;
    }
    const slot = this.#slots.take();
    this.#byKey.set(key, { slot, users: 1 });
    this.#undo.push(() => this.#byKey.delete(key));
    write(slot);
    return slot;
  }

  /** True when that was the last user. */
  release(key: string): boolean {
    const known = this.#byKey.get(key)!;
    known.users--;
    this.#undo.push(() => {
      known.users++;
      this.#byKey.set(key, known);
    });
    if (known.users > 0) return false;
    this.#byKey.delete(key);
    this.#slots.retire(known.slot);
    return true;
  }

  commit(epoch: number): void {
    this.#undo = [];
    this.#slots.commit(epoch);
  }

  rollback(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
    this.#slots.rollback();
  }
}
