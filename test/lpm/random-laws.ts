// Random tables and changes, held to the brute-force oracle. A failure prints its seed and the smallest case found.
import fc from 'fast-check';
import { expect } from 'vitest';
import { anyKey, anyRow, anySteps, anyTable, prefixKey, type Step } from './random-tables.ts';
import { expectAnswers, follow, type Subject } from './subject.ts';
import { borders, type LpmTable, type Row } from './table.ts';

export function randomLaws({ family, build, effort, largest, make, law }: Subject): void {
  const table = make();
  const often = process.env['PXTR_LONG'] === '1' ? 10 : 1;
  const runs = { numRuns: Math.ceil((build === 'release' ? 120 : 40) * effort * often) };
  const keys = fc.array(anyKey(family), { maxLength: 30 });

  law('random tables answer as the brute-force oracle does', () => {
    fc.assert(
      fc.property(anyTable(family, largest), keys, (rows, more) => {
        table.clear();
        expect(table.build(rows)).toBe(true);
        expectAnswers(table, rows, table.root, more);
      }),
      runs,
    );
  });

  law('random changes, published now and then, answer as the brute-force oracle does', () => {
    fc.assert(
      fc.property(anySteps(family, largest), keys, (steps, more) => {
        table.clear();
        const rows = [...follow(table, steps).values()];
        expectAnswers(table, rows, table.root, [...more, ...borders(family, rowsOf(steps))]);
      }),
      runs,
    );
  });

  law('building equals inserting one by one, in lookups', () => {
    fc.assert(
      fc.property(anyTable(family, largest), keys, (rows, more) => {
        const all = [...borders(family, rows), ...more];
        table.clear();
        expect(table.build(rows)).toBe(true);
        const built = table.lookup(all);
        table.clear();
        for (const each of rows) expect(table.insert(each)).toBe(true);
        expect(table.lookup(all)).toEqual(built);
      }),
      runs,
    );
  });

  law('shuffled insertion gives the same answers', () => {
    const shuffled = anyTable(family, largest).chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    );
    fc.assert(
      fc.property(shuffled, ([rows, order]) => {
        table.clear();
        expect(table.apply(order)).toBe(true);
        expectAnswers(table, rows);
      }),
      runs,
    );
  });

  law('inserting and then removing restores every lookup', () => {
    restores(table, anyTable(family, largest), anyRow(family, largest), () => undefined, runs);
  });

  law('inserting and then removing restores the live bytes', () => {
    const live = (): number => table.liveBytes;
    restores(table, anyTable(family, largest), anyRow(family, largest), live, runs);
  });

  law('removing everything gives every byte back', () => {
    fc.assert(
      fc.property(anySteps(family, largest), (steps) => {
        table.clear();
        const rows = follow(table, steps);
        for (const each of rows.values()) expect(table.remove(each)).toBe(true);
        expect(table.liveBytes).toBe(0);
        expect(table.lookup([...rows.values()].map(({ key }) => key))).toEqual([...rows].map(() => 0));
      }),
      runs,
    );
  });

  law('removing what is not there changes nothing', () => {
    fc.assert(
      fc.property(anyTable(family, largest), anyRow(family, largest), (rows, absent) => {
        fc.pre(!rows.some((each) => prefixKey(each) === prefixKey(absent)));
        table.clear();
        expect(table.build(rows)).toBe(true);
        table.publish();
        const before = { root: table.root, live: table.liveBytes, retired: table.retiredBytes };
        expect(table.remove(absent)).toBe(true);
        expect({ root: table.root, live: table.liveBytes, retired: table.retiredBytes }).toEqual(before);
      }),
      runs,
    );
  });

  law('prefixes are listed by address and then length, and counted', () => {
    fc.assert(
      fc.property(anyTable(family, largest), (rows) => {
        table.clear();
        expect(table.list()).toEqual([]);
        expect(table.build(rows)).toBe(true);
        const inOrder = rows.toSorted((a, b) => (a.key === b.key ? a.bits - b.bits : a.key < b.key ? -1 : 1));
        expect(table.list()).toEqual(inOrder);
        expect(table.count).toBe(rows.length);
      }),
      runs,
    );
  });

  law('the footprint is an upper bound of what building takes', () => {
    fc.assert(
      fc.property(anyTable(family, largest, 100), (rows) => {
        table.clear();
        const bound = table.footprint(rows);
        expect(table.build(rows)).toBe(true);
        expect(table.liveBytes).toBeLessThanOrEqual(bound);
      }),
      runs,
    );
  });

  law('room for the footprint is enough to build', () => {
    fc.assert(
      fc.property(anyTable(family, largest, 100), (rows) => {
        const tight = make({ exactRoom: table.footprint(rows), specs: 128 });
        expect(tight.build(rows)).toBe(true);
        expectAnswers(tight, rows);
      }),
      { numRuns: Math.max(3, Math.ceil(10 * effort)) * often },
    );
  });
}

/** Insert and remove of a row that is not in the table, within one transaction and across two. */
function restores(
  table: LpmTable,
  tables: fc.Arbitrary<Row[]>,
  rows: fc.Arbitrary<Row>,
  measure: () => unknown,
  runs: { numRuns: number },
): void {
  fc.assert(
    fc.property(tables, rows, fc.boolean(), (before, extra, isPublished) => {
      fc.pre(!before.some((each) => prefixKey(each) === prefixKey(extra)));
      table.clear();
      expect(table.build(before)).toBe(true);
      table.publish();
      const wanted = measure();
      expect(table.insert(extra)).toBe(true);
      if (isPublished) table.publish();
      expect(table.remove(extra)).toBe(true);
      expect(measure()).toEqual(wanted);
      expectAnswers(table, before, table.root, borders(table.family, [extra]));
    }),
    runs,
  );
}

function rowsOf(steps: readonly Step[]): Row[] {
  return steps.flatMap((step) => (step.op === 'publish' ? [] : [step.row]));
}
