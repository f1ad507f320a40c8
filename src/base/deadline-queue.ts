import { NEVER, type Micros } from './time.ts';

/** One scheduled item. `sequence` breaks ties, so equal times leave in the order they came. */
export interface Scheduled<T> {
  readonly time: Micros;
  readonly sequence: number;
  readonly item: T;
}

/** Plain data; structured-clone safe when the items are. */
export interface DeadlineQueueState<T> {
  readonly heap: readonly Scheduled<T>[];
  readonly nextSequence: number;
}

/** Binary min-heap ordered by (time, sequence). */
export class DeadlineQueue<T> {
  #heap: Scheduled<T>[] = [];
  #nextSequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Time of the earliest item; NEVER when empty. */
  nextDeadline(): Micros {
    return this.#heap[0]?.time ?? NEVER;
  }

  push(time: Micros, item: T): void {
    const heap = this.#heap;
    heap.push({ time, sequence: this.#nextSequence++, item });
    let child = heap.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!before(heap[child]!, heap[parent]!)) break;
      swap(heap, child, parent);
      child = parent;
    }
  }

  /** Removes and returns the earliest item when it is due at `now`. */
  popDue(now: Micros): Scheduled<T> | undefined {
    const first = this.#heap[0];
    return first !== undefined && first.time <= now ? this.pop() : undefined;
  }

  pop(): Scheduled<T> | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    let parent = 0;
    for (;;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
      }
      if (least === parent) return first;
      swap(heap, parent, least);
      parent = least;
    }
  }

  clear(): void {
    this.#heap = [];
  }

  save(): DeadlineQueueState<T> {
    return { heap: this.#heap.slice(), nextSequence: this.#nextSequence };
  }

  restore(state: DeadlineQueueState<T>): void {
    this.#heap = state.heap.slice();
    this.#nextSequence = state.nextSequence;
  }
}

function before<T>(a: Scheduled<T>, b: Scheduled<T>): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence);
}

function swap<T>(heap: T[], i: number, j: number): void {
  const held = heap[i]!;
  heap[i] = heap[j]!;
  heap[j] = held;
}
