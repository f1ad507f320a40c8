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
    for (const slot of this.#taken) this.#free.push(slot);
    this.#retiring = [];
    this.#taken = [];
  }

  #reclaim(): void {
    while (this.#retired.length > 0 && this.#isQuiesced(this.#retired[0]!.epoch)) {
      for (const slot of this.#retired.shift()!.slots) this.#free.push(slot);
    }
  }
}

/** A run of slots. */
export interface Run {
  readonly base: number;
  readonly length: number;
}

/**
 * Runs of 2^n slots in one section, by the buddy system (Knowlton, CACM 8(10), 1965): a free run that is too long is
 * halved, and two free halves become one again. So runs of any length can be had where runs of another have been.
 */
export class RunPool {
  readonly #section: string;
  readonly #capacity: number;
  readonly #isQuiesced: (epoch: number) => boolean;
  /** First slots of free runs, by length. A run starts at a multiple of its length. */
  readonly #free = new Map<number, Set<number>>();
  #taken: Run[] = [];
  #retiring: Run[] = [];
  /** Oldest first. */
  #retired: { readonly epoch: number; readonly runs: Run[] }[] = [];

  constructor(section: string, capacity: number, isQuiesced: (epoch: number) => boolean) {
    this.#section = section;
    this.#capacity = capacity;
    this.#isQuiesced = isQuiesced;
    let base = 0;
    for (let length = 2 ** Math.floor(Math.log2(capacity)); length >= 1; length /= 2) {
      if (base + length > capacity) continue;
      this.#give({ base, length });
      base += length;
    }
  }

  /** A run that no reader sees. `length` is a power of two. Throws EngineError when there is no room. */
  take(length: number): Run {
    let run = this.#cut(length);
    if (run === undefined) {
      this.#reclaim();
      run = this.#cut(length);
    }
    if (run === undefined) {
      throw new EngineError('no-room', this.#section, this.#capacity + length, this.#capacity);
    }
    this.#taken.push(run);
    return run;
  }

  retire(run: Run): void {
    this.#retiring.push(run);
  }

  commit(epoch: number): void {
    if (this.#retiring.length > 0) this.#retired.push({ epoch, runs: this.#retiring });
    this.#retiring = [];
    this.#taken = [];
  }

  rollback(): void {
    for (const run of this.#taken) this.#give(run);
    this.#retiring = [];
    this.#taken = [];
  }

  #reclaim(): void {
    while (this.#retired.length > 0 && this.#isQuiesced(this.#retired[0]!.epoch)) {
      for (const run of this.#retired.shift()!.runs) this.#give(run);
    }
  }

  /** The start of the shortest free run that is long enough; what is left of it stays free. */
  #cut(length: number): Run | undefined {
    for (let whole = length; whole <= this.#capacity; whole *= 2) {
      const bases = this.#free.get(whole);
      const base = bases?.values().next().value;
      if (bases === undefined || base === undefined) continue;
      bases.delete(base);
      for (let half = whole / 2; half >= length; half /= 2) this.#give({ base: base + half, length: half });
      return { base, length };
    }
    return undefined;
  }

  /** Makes a run free, together with its neighbour of the same length if that is free too. */
  #give({ base, length }: Run): void {
    while (this.#free.get(length)?.delete(base ^ length) === true) {
      base = Math.min(base, base ^ length);
      length *= 2;
    }
    const bases = this.#free.get(length) ?? new Set();
    this.#free.set(length, bases.add(base));
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
