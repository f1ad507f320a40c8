// Rows of locator choice: which targets get how many slots.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKET_ROW_MAX } from '../../assembly/layout.ts';
import { bucketRow } from '../../src/engine/buckets.ts';

interface Target {
  readonly priority: number;
  readonly weight: number;
}

const NEVER = 255;
const target: fc.Arbitrary<Target> = fc.record({
  priority: fc.oneof(fc.constantFrom(0, 1, 2, NEVER), fc.nat(255)),
  weight: fc.oneof(fc.constantFrom(0, 1, 50, 100, 255), fc.nat(255)),
});
const targets = fc.array(target, { maxLength: 40 });

/** The targets that may be used, by RFC 9300 §9, with what each should get. */
function exactShares(all: readonly Target[]): Map<number, number> {
  const usable = all.filter(({ priority }) => priority !== NEVER);
  const best = Math.min(...usable.map(({ priority }) => priority));
  const group = all.flatMap((each, index) => (each.priority === best ? [{ ...each, index }] : []));
  if (usable.length === 0) return new Map();
  const total = group.reduce((sum, { weight }) => sum + weight, 0);
  return new Map(
    group
      .map(({ index, weight }) => [index, total === 0 ? 1 / group.length : weight / total] as const)
      .filter(([, share]) => share > 0),
  );
}

function slotsOf(row: readonly number[], index: number): number {
  return row.filter((each) => each === index).length;
}

/** No two targets ever share traffic, whoever is down. */
function isChain(all: readonly Target[]): boolean {
  const usable = all.filter(({ priority }) => priority !== NEVER);
  return new Set(usable.map(({ priority, weight }) => `${priority} ${weight > 0}`)).size === usable.length;
}

function holds(law: (row: readonly number[], all: readonly Target[]) => void): void {
  fc.assert(
    fc.property(targets, (all) => law(bucketRow(all), all)),
    { numRuns: 500 },
  );
}

describe('a bucket row', () => {
  it('is a power of two long, at most the largest row, and empty when nothing may be used', () => {
    holds((row, all) => {
      expect(row.length).toBeLessThanOrEqual(BUCKET_ROW_MAX);
      expect(row.length & (row.length - 1)).toBe(0);
      expect(row.length === 0).toBe(exactShares(all).size === 0);
    });
  });

  it('DP-21 never holds a target of priority 255', () => {
    holds((row, all) => {
      expect(row.filter((index) => all[index]!.priority === NEVER)).toEqual([]);
    });
    expect(bucketRow([{ priority: NEVER, weight: 100 }])).toEqual([]);
  });

  it('DP-23 holds only targets of the best priority that is there', () => {
    holds((row, all) => {
      const best = Math.min(...all.map(({ priority }) => priority));
      for (const index of row) expect(all[index]!.priority).toBe(best);
    });
  });

  it('DP-23 gives each target its share by weight, to within one slot', () => {
    holds((row, all) => {
      const shares = exactShares(all);
      for (const index of all.keys()) {
        const exact = (shares.get(index) ?? 0) * row.length;
        expect(Math.abs(slotsOf(row, index) - exact)).toBeLessThan(1);
      }
    });
  });

  it('gives a weight of 0 beside others nothing, and equal shares when all are 0', () => {
    holds((row, all) => {
      const zeros = all.map(({ priority }) => ({ priority, weight: 0 }));
      const shares = [...exactShares(zeros).keys()].map((index) => slotsOf(bucketRow(zeros), index));
      expect(Math.max(0, ...shares) - Math.min(...shares, 256)).toBeLessThanOrEqual(1);
      if (row.some((index) => all[index]!.weight > 0)) {
        expect(row.filter((index) => all[index]!.weight === 0)).toEqual([]);
      }
    });
    const mixed = [
      { priority: 1, weight: 0 },
      { priority: 1, weight: 7 },
    ];
    expect(bucketRow(mixed)).toEqual([1]);
  });

  it('has one slot where one target follows the other, and at least 16 where traffic is split', () => {
    holds((row, all) => {
      const { size } = exactShares(all);
      if (isChain(all)) expect(row.length).toBe(Math.min(1, size));
      if (size > 1) expect(row.length).toBeGreaterThanOrEqual(16);
    });
  });

  it('grows until the smallest share has a slot, as far as rows go', () => {
    holds((row, all) => {
      if (row.length === BUCKET_ROW_MAX) return;
      for (const index of exactShares(all).keys()) expect(slotsOf(row, index)).toBeGreaterThan(0);
    });
    const uneven = bucketRow([
      { priority: 1, weight: 1 },
      { priority: 1, weight: 99 },
    ]);
    expect([uneven.length, slotsOf(uneven, 0)]).toEqual([128, 1]);
  });

  it('is the same for the same targets, and for weights that differ by a factor', () => {
    holds((row, all) => {
      expect(bucketRow(structuredClone(all))).toEqual(row);
      const scaled = all.map(({ priority, weight }) => ({ priority, weight: weight * 3 }));
      expect(bucketRow(scaled)).toEqual(row);
    });
  });

  it('takes more targets than it has slots', () => {
    const many = Array.from({ length: 300 }, () => ({ priority: 1, weight: 0 }));
    expect(new Set(bucketRow(many)).size).toBe(BUCKET_ROW_MAX);
  });

  it('a weight above 0 gets a slot even where rounding would leave none', () => {
    const row = bucketRow([1, 255, 255].map((weight) => ({ priority: 1, weight })));
    expect(row.filter((index) => index === 0)).toHaveLength(1);
    expect(row).toHaveLength(256);
  });
});

/** Targets, those that are down, and one more that fails. */
const failures = targets.chain((all) =>
  fc.record({
    all: fc.constant(all),
    down: fc
      .array(fc.nat(Math.max(0, all.length - 1)), { maxLength: all.length })
      .map((each) => new Set(each)),
    failing: fc.nat(Math.max(0, all.length - 1)),
  }),
);

function holdsForFailures(
  law: (before: number[], after: number[], failing: number, all: Target[]) => void,
): void {
  fc.assert(
    fc.property(failures, ({ all, down, failing }) => {
      if (all.length === 0) return;
      const upBefore = [...down].filter((index) => index !== failing);
      const before = bucketRow(all, (index) => upBefore.includes(index));
      const after = bucketRow(all, (index) => index === failing || upBefore.includes(index));
      law(before, after, failing, all);
    }),
    { numRuns: 1000 },
  );
}

describe('when a locator fails or comes back', () => {
  it('DP-23 the flows that it had move, and no other flow does, whoever else is down', () => {
    holdsForFailures((before, after, failing) => {
      if (after.length === 0) return;
      for (const [slot, index] of before.entries()) {
        if (index === failing) expect(after[slot]).not.toBe(failing);
        else expect(after[slot]).toBe(index);
      }
    });
  });

  it('of n equal locators one takes at most 1/n of the slots with it, to within one slot', () => {
    for (let n = 2; n <= 64; n++) {
      const all = Array.from({ length: n }, () => ({ priority: 1, weight: 10 }));
      const before = bucketRow(all);
      for (const failing of all.keys()) {
        const after = bucketRow(all, (index) => index === failing);
        const moved = before.filter((index, slot) => after[slot] !== index).length;
        expect(Math.abs(moved - before.length / n)).toBeLessThan(1);
      }
    }
  });

  it('the rest share its slots by weight, to within one slot each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 2, maxLength: 12 }), (weights) => {
        const all = weights.map((weight) => ({ priority: 1, weight }));
        const before = bucketRow(all);
        const after = bucketRow(all, (index) => index === 0);
        const rest = weights.slice(1).reduce((sum, weight) => sum + weight, 0);
        for (let index = 1; index < weights.length; index++) {
          const gained = slotsOf(after, index) - slotsOf(before, index);
          expect(Math.abs(gained - (slotsOf(before, 0) * weights[index]!) / rest)).toBeLessThan(1);
        }
      }),
    );
  });

  it('the row keeps its length unless nothing is left', () => {
    holdsForFailures((before, after) => expect([before.length, 0]).toContain(after.length));
  });

  it('DP-23 the next priority takes over when the best is down as a whole', () => {
    const all = [1, 1, 2].map((priority) => ({ priority, weight: 1 }));
    expect(new Set(bucketRow(all, (index) => index < 1))).toEqual(new Set([1]));
    expect(new Set(bucketRow(all, (index) => index < 2))).toEqual(new Set([2]));
    expect(bucketRow(all, () => true)).toEqual([]);
  });
});
