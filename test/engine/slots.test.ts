// The pools behind entries, bucket rows, rewrites and next hops: nothing is handed out twice, nothing too early,
// nothing is lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../src/engine/errors.ts';
import { RunPool, runBase, runLength, SlotPool } from '../../src/engine/slots.ts';

/** Epochs up to `quiet` are out of every reader's sight. */
class Readers {
  quiet = Number.POSITIVE_INFINITY;
  readonly isQuiesced = (epoch: number): boolean => epoch <= this.quiet;
}

function takeAll<T>(take: () => T): T[] {
  const all: T[] = [];
  for (;;) {
    try {
      all.push(take());
    } catch (error) {
      expect(error).toBeInstanceOf(EngineError);
      return all;
    }
  }
}

describe('SlotPool', () => {
  it('hands out every slot once and then says what it has', () => {
    const pool = new SlotPool('entries', 4, new Readers().isQuiesced);
    expect(takeAll(() => pool.take()).sort()).toEqual([0, 1, 2, 3]);
    expect(() => pool.take()).toThrow(
      expect.objectContaining({ code: 'no-room', section: 'entries', wanted: 5, have: 4 }),
    );
  });

  it('reuses a retired slot when its epoch is out of sight, not before', () => {
    const readers = new Readers();
    const pool = new SlotPool('entries', 2, readers.isQuiesced);
    const [slot] = [pool.take(), pool.take()];
    pool.commit(1);
    pool.retire(slot);
    expect(() => pool.take()).toThrow('no-room');
    readers.quiet = 1;
    pool.commit(2);
    expect(() => pool.take()).toThrow('no-room');
    readers.quiet = 2;
    expect(pool.take()).toBe(slot);
  });

  it('takes back everything since the last commit', () => {
    const pool = new SlotPool('entries', 3, new Readers().isQuiesced);
    const kept = pool.take();
    pool.commit(1);
    pool.retire(kept);
    takeAll(() => pool.take());
    pool.rollback();
    expect(takeAll(() => pool.take()).sort()).toEqual([0, 1, 2].filter((slot) => slot !== kept));
  });
});

describe('RunPool', () => {
  const overlaps = (a: number, b: number): boolean =>
    runBase(a) < runBase(b) + runLength(b) && runBase(b) < runBase(a) + runLength(a);
  const make = (capacity: number, readers = new Readers()) =>
    new RunPool('buckets', capacity, readers.isQuiesced);

  it('uses a section of any size to the last slot', () => {
    for (const capacity of [1, 2, 15, 16, 17, 48, 100, 4096]) {
      const runs = takeAllOf(make(capacity), 1);
      expect(runs.map(runBase).sort((a, b) => a - b)).toEqual(Array.from({ length: capacity }, (_, i) => i));
    }
  });

  it('says what it has when there is no room', () => {
    const pool = make(40);
    pool.take(16);
    pool.take(16);
    expect(() => pool.take(16)).toThrow(
      expect.objectContaining({ code: 'no-room', section: 'buckets', have: 40 }),
    );
    expect(runLength(pool.take(8))).toBe(8);
    expect(() => make(8).take(16)).toThrow('no-room in buckets');
  });

  it('reuses retired runs of one length when runs of another have used up the rest', () => {
    const pool = make(32);
    const long = pool.take(16);
    takeAllOf(pool, 1);
    pool.commit(1);
    pool.retire(long);
    pool.commit(2);
    expect(pool.take(16)).toEqual(long);
  });

  it('makes long runs of short ones that came back', () => {
    const pool = make(512);
    const short = takeAllOf(pool, 1);
    pool.commit(1);
    for (const run of short) pool.retire(run);
    pool.commit(2);
    expect(takeAllOf(pool, 256)).toHaveLength(2);
  });

  it('forgets a failed take: the room is there for another length', () => {
    const pool = make(32);
    for (let turn = 0; turn < 10; turn++) {
      pool.take(16);
      expect(() => pool.take(32)).toThrow('no-room');
      pool.rollback();
      expect(takeAllOf(pool, 16)).toHaveLength(2);
      pool.rollback();
    }
  });

  it('never hands out what is in use or in sight, and loses nothing over random takes, retirements and undos', () => {
    const lengths = [1, 16, 32, 64, 128, 256];
    const step = fc.record({
      op: fc.constantFrom('take', 'take', 'retire', 'commit', 'rollback', 'quiet'),
      pick: fc.nat(),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 1, max: 1500 }),
        (steps, capacity) => {
          const readers = new Readers();
          readers.quiet = 0;
          const pool = make(capacity, readers);
          let epoch = 1;
          let live: number[] = [];
          let before: number[] = [];
          let hidden: { run: number; epoch: number }[] = [];
          let retiring: number[] = [];
          for (const { op, pick } of steps) {
            if (op === 'take') {
              let run: number;
              try {
                run = pool.take(lengths[pick % lengths.length]);
              } catch {
                continue;
              }
              expect(runBase(run) + runLength(run)).toBeLessThanOrEqual(capacity);
              const seen = hidden.filter((each) => !readers.isQuiesced(each.epoch)).map((each) => each.run);
              for (const other of [...live, ...retiring, ...seen]) expect(overlaps(run, other)).toBe(false);
              live.push(run);
            } else if (op === 'retire' && live.length > 0) {
              const [run] = live.splice(pick % live.length, 1);
              pool.retire(run!);
              retiring.push(run!);
            } else if (op === 'commit') {
              pool.commit(++epoch);
              hidden.push(...retiring.map((run) => ({ run, epoch })));
              retiring = [];
              before = [...live];
            } else if (op === 'rollback') {
              pool.rollback();
              live = [...before];
              retiring = [];
            } else if (op === 'quiet') {
              readers.quiet = epoch;
              hidden = [];
            }
          }
          pool.commit(++epoch);
          for (const run of live) pool.retire(run);
          pool.commit(++epoch);
          readers.quiet = epoch;
          expect(takeAllOf(pool, 1)).toHaveLength(capacity);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function takeAllOf(pool: RunPool, length: number): number[] {
  return takeAll(() => pool.take(length));
}
