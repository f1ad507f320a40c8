import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeadlineQueue, type Scheduled } from '../../src/base/deadline-queue.ts';
import { NEVER } from '../../src/base/time.ts';

/** The slow truth: a list that is sorted whenever somebody asks. */
class SortedList {
  readonly #items: Scheduled<number>[] = [];
  #sequence = 0;

  push(time: number, item: number): void {
    this.#items.push({ time, sequence: this.#sequence++, item });
    this.#items.sort((a, b) => a.time - b.time || a.sequence - b.sequence);
  }

  popDue(now: number): Scheduled<number> | undefined {
    return this.#items[0] !== undefined && this.#items[0].time <= now ? this.#items.shift() : undefined;
  }

  nextDeadline(): number {
    return this.#items[0]?.time ?? NEVER;
  }

  get size(): number {
    return this.#items.length;
  }
}

describe('DeadlineQueue', () => {
  it('leaves in sorted order; equal times in the order they came', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const queue = new DeadlineQueue<number>();
        times.forEach((time, i) => queue.push(time, i));
        const left: (number | undefined)[] = [];
        while (queue.size > 0) left.push(queue.pop()?.item);
        const expected = times.map((time, i) => ({ time, i })).sort((a, b) => a.time - b.time || a.i - b.i);
        expect(left).toEqual(expected.map(({ i }) => i));
      }),
    );
  });

  it('agrees with a sorted list under any mix of pushes, pops and save/restore', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), time: fc.nat(30) }),
      fc.record({ kind: fc.constant('pop' as const), time: fc.nat(40) }),
      fc.record({ kind: fc.constant('restore' as const), time: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let queue = new DeadlineQueue<number>();
        const truth = new SortedList();
        steps.forEach(({ kind, time }, i) => {
          if (kind === 'push') {
            queue.push(time, i);
            truth.push(time, i);
          } else if (kind === 'pop') {
            expect(queue.popDue(time)).toEqual(truth.popDue(time));
          } else {
            const copy = new DeadlineQueue<number>();
            copy.restore(structuredClone(queue.save()));
            queue = copy;
          }
          expect(queue.nextDeadline()).toBe(truth.nextDeadline());
          expect(queue.size).toBe(truth.size);
        });
      }),
    );
  });

  it('nothing is due before its time', () => {
    const queue = new DeadlineQueue<string>();
    queue.push(10, 'a');
    expect(queue.popDue(9)).toBeUndefined();
    expect(queue.popDue(10)?.item).toBe('a');
  });

  it('a saved state does not change when the queue goes on', () => {
    const queue = new DeadlineQueue<string>();
    queue.push(2, 'b');
    const state = queue.save();
    queue.push(1, 'a');
    queue.pop();
    queue.pop();
    const copy = new DeadlineQueue<string>();
    copy.restore(state);
    expect(copy.size).toBe(1);
    expect(copy.pop()?.item).toBe('b');
  });

  it('an empty queue never has a deadline', () => {
    const queue = new DeadlineQueue<string>();
    queue.push(1, 'a');
    queue.clear();
    expect(queue.nextDeadline()).toBe(NEVER);
    expect(queue.pop()).toBeUndefined();
    expect(queue.popDue(NEVER)).toBeUndefined();
  });
});
