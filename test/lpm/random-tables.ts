// Random tables and changes for fast-check: prefixes crowd around a few roots, so that they nest and collide.
import fc from 'fast-check';
import type { Family } from '../../src/base/ip.ts';
import { row, widthOf, type Row } from './table.ts';

export function anyKey(family: Family): fc.Arbitrary<bigint> {
  const width = widthOf(family);
  const top = (1n << BigInt(width)) - 1n;
  const root = fc.constantFrom(0n, top, top / 3n, (top / 3n) * 2n, top / 7n);
  const near = fc
    .tuple(root, fc.array(fc.nat(width - 1), { maxLength: 3 }))
    .map(([key, flips]) => flips.reduce((each, bit) => each ^ (1n << BigInt(bit)), key));
  return fc.oneof({ weight: 3, arbitrary: near }, { weight: 1, arbitrary: fc.bigInt(0n, top) });
}

/** Values up to `largest`, some of them equal. */
export function anyRow(family: Family, largest: number): fc.Arbitrary<Row> {
  const width = widthOf(family);
  const bits = fc.oneof(fc.nat(width), fc.constantFrom(0, 1, width >> 1, width - 1, width));
  const value = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: largest }));
  return fc.tuple(anyKey(family), bits, value).map((parts) => row(family, ...parts));
}

/** Rows of distinct prefixes. */
export function anyTable(family: Family, largest: number, maxLength = 60): fc.Arbitrary<Row[]> {
  return fc.uniqueArray(anyRow(family, largest), { maxLength, selector: prefixKey });
}

/** A change, or the end of a transaction. */
export type Step = { readonly op: 'insert' | 'remove'; readonly row: Row } | { readonly op: 'publish' };

export function anySteps(family: Family, largest: number, maxLength = 120): fc.Arbitrary<Step[]> {
  const change = fc.record({
    op: fc.constantFrom('insert' as const, 'remove' as const),
    row: anyRow(family, largest),
  });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 10, arbitrary: change },
    { weight: 1, arbitrary: fc.constant({ op: 'publish' as const }) },
  );
  // Some removals hit what was inserted before.
  return fc
    .tuple(fc.array(step, { maxLength }), fc.array(fc.nat(), { maxLength: 40 }))
    .map(([steps, picks]) => {
      const inserted = steps.flatMap((each) => (each.op === 'insert' ? [each.row] : []));
      const removals = picks.flatMap((at): Step[] =>
        inserted.length === 0 ? [] : [{ op: 'remove', row: inserted[at % inserted.length]! }],
      );
      return [...steps, ...removals];
    });
}

export function prefixKey({ key, bits }: Row): string {
  return `${key}/${bits}`;
}
