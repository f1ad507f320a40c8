import { EngineError } from './errors.ts';

/**
 * Places in a section: free ones, and retired ones that wait until no reader can see them any more. Between two
 * publishes `take` and `retire` can be undone.
 */
abstract class Pool<T> {
  readonly #section: string;
  protected readonly capacity: number;
  readonly #isQuiesced: (epoch: number) => boolean;
  #taken: T[] = [];
  #retiring: T[] = [];
  /** Oldest first. */
  #retired: { readonly epoch: number; readonly places: T[] }[] = [];

  constructor(section: string, capacity: number, isQuiesced: (epoch: number) => boolean) {
    this.#section = section;
    this.capacity = capacity;
    this.#isQuiesced = isQuiesced;
  }

  /** A place of so many slots that no reader sees. Throws EngineError when there is no room. */
  take(slots = 1): T {
    let place = this.find(slots);
    if (place === undefined) {
      this.#reclaim();
      place = this.find(slots);
    }
    if (place === undefined) {
      throw new EngineError('no-room', this.#section, this.capacity + slots, this.capacity);
    }
    this.#taken.push(place);
    return place;
  }

  /** Readers may see the place until the next publish and for a batch after it. */
  retire(place: T): void {
    this.#retiring.push(place);
  }

  /** What was retired since the last commit is out of sight from `epoch` on. */
  commit(epoch: number): void {
    if (this.#retiring.length > 0) this.#retired.push({ epoch, places: this.#retiring });
    this.#retiring = [];
    this.#taken = [];
  }

  /** Takes back everything since the last commit. */
  rollback(): void {
    for (const place of this.#taken) this.give(place);
    this.#retiring = [];
    this.#taken = [];
  }

  /** Takes a place out of the free ones. */
  protected abstract find(slots: number): T | undefined;

  protected abstract give(place: T): void;

  #reclaim(): void {
    while (this.#retired.length > 0 && this.#isQuiesced(this.#retired[0]!.epoch)) {
      for (const place of this.#retired.shift()!.places) this.give(place);
    }
  }
}

/** Single slots. */
export class SlotPool extends Pool<number> {
  readonly #free: number[] = [];
  /** Slots below this have been handed out at least once. */
  #used = 0;

  protected find(): number | undefined {
    return this.#free.pop() ?? (this.#used < this.capacity ? this.#used++ : undefined);
  }

  protected give(slot: number): void {
    this.#free.push(slot);
  }
}

/** A run of slots. */
export interface Run {
  readonly base: number;
  readonly length: number;
}

/**
 * Runs of 2^n slots, by the buddy system (Knowlton, CACM 8(10), 1965): a free run that is too long is halved, and two
 * free halves become one again. So runs of any length can be had where runs of another have been.
 */
export class RunPool extends Pool<Run> {
  /** First slots of free runs, by length. A run starts at a multiple of its length. */
  readonly #free = new Map<number, Set<number>>();

  constructor(section: string, capacity: number, isQuiesced: (epoch: number) => boolean) {
    super(section, capacity, isQuiesced);
    let base = 0;
    for (let length = 2 ** Math.floor(Math.log2(capacity)); length >= 1; length /= 2) {
      if (base + length > capacity) continue;
      this.give({ base, length });
      base += length;
    }
  }

  /** The start of the shortest free run that is long enough; what is left of it stays free. A power of two. */
  protected find(length: number): Run | undefined {
    for (let whole = length; whole <= this.capacity; whole *= 2) {
      const bases = this.#free.get(whole);
      const base = bases?.values().next().value;
      if (bases === undefined || base === undefined) continue;
      bases.delete(base);
      for (let half = whole / 2; half >= length; half /= 2) this.give({ base: base + half, length: half });
      return { base, length };
    }
    return undefined;
  }

  /** Makes a run free, together with its neighbour of the same length if that is free too. */
  protected give({ base, length }: Run): void {
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
 * undone like a Pool.
 */
export class SharedRecords {
  readonly #slots: SlotPool;
  /** Of records with users. */
  readonly #byKey = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #users: number[] = [];
  /** Since the last commit: slot of each acquisition, ~slot of each release. */
  #log: number[] = [];

  constructor(section: string, capacity: number, isQuiesced: (epoch: number) => boolean) {
    this.#slots = new SlotPool(section, capacity, isQuiesced);
  }

  /** The slot of `key`, written by `write` when it is new. Throws EngineError when there is no room. */
  acquire(key: string, write: (slot: number) => void): number {
    let slot = this.#byKey.get(key);
    if (slot === undefined) {
      slot = this.#slots.take();
      this.#keys[slot] = key;
      this.#users[slot] = 0;
      write(slot);
    }
    this.#count(slot, 1);
    this.#log.push(slot);
    return slot;
  }

  /** One user less. */
  release(slot: number): void {
    if (this.#count(slot, -1) === 0) this.#slots.retire(slot);
    this.#log.push(~slot);
  }

  commit(epoch: number): void {
    this.#log = [];
    this.#slots.commit(epoch);
  }

  rollback(): void {
    for (const each of this.#log.reverse()) this.#count(Math.max(each, ~each), each < 0 ? 1 : -1);
    this.#log = [];
    this.#slots.rollback();
  }

  /** Users from now on. */
  #count(slot: number, change: 1 | -1): number {
    const users = (this.#users[slot]! += change);
    if (users === 0) this.#byKey.delete(this.#keys[slot]!);
    else this.#byKey.set(this.#keys[slot]!, slot);
    return users;
  }
}
