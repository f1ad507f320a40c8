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

/**
 * Runs of 2^n slots, by the buddy system (Knowlton, CACM 8(10), 1965): a free run that is too long is halved, and two
 * free halves become one again. So runs of any length can be had where runs of another have been. A run starts at a
 * multiple of its length, so one number tells both: 2 * start + length.
 */
export class RunPool extends Pool<number> {
  /** Free runs, by length. */
  readonly #free: Record<number, Set<number>> = {};

  constructor(section: string, capacity: number, isQuiesced: (epoch: number) => boolean) {
    super(section, capacity, isQuiesced);
    let base = 0;
    for (let length = 2 ** Math.floor(Math.log2(capacity)); length >= 1; length /= 2) {
      if (base + length > capacity) continue;
      this.give(2 * base + length);
      base += length;
    }
  }

  /** The start of the shortest free run that is long enough; what is left of it stays free. A power of two. */
  protected find(length: number): number | undefined {
    for (let whole = length; whole <= this.capacity; whole *= 2) {
      let run = this.#free[whole]?.values().next().value;
      if (run === undefined) continue;
      this.#free[whole]!.delete(run);
      for (let half = whole / 2; half >= length; half /= 2) {
        this.give(run + half);
        run -= half;
      }
      return run;
    }
    return undefined;
  }

  /** Makes a run free, together with its neighbour of the same length if that is free too. */
  protected give(run: number): void {
    let length = runLength(run);
    while (this.#free[length]?.delete(run ^ (2 * length)) === true) {
      run = (run | (2 * length)) - length;
      length *= 2;
    }
    (this.#free[length] ??= new Set()).add(run);
  }
}

export function runLength(run: number): number {
  return run & -run;
}

export function runBase(run: number): number {
  return (run - runLength(run)) / 2;
}
