// What every lookup kind promises, as laws. A kind's own test is one call of runLpmSuite.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { BATCH_MAX, SCRATCH_RESULTS_OFFSET, SECTION_SCRATCH } from '../../assembly/layout.ts';
import type { Family } from '../../src/base/ip.ts';
import { lpmCapabilities, type LpmKind } from '../../src/engine/lpm.ts';
import { ENGINE_BUILDS, makeEngine, type EngineBuild } from '../engine/engine-builds.ts';
import { adversarialLaws } from './adversarial.ts';
import { anyKey, anyRow, anySteps, anyTable, prefixKey, type Step } from './random-tables.ts';
import { publishingLaws } from './publishing.ts';
import { borders, bruteForce, LpmTable, row, widthOf, type Row, type TableOptions } from './table.ts';

export interface Skip {
  readonly reason: string;
  /** Names of laws. */
  readonly tests: readonly string[];
}

/** What the laws of one (kind, build, family) are given. */
export interface Subject {
  readonly family: Family;
  readonly build: EngineBuild;
  /** An empty table. */
  make(options?: Pick<TableOptions, 'room' | 'specs'>): LpmTable;
  law(name: string, check: () => void): void;
}

/** The laws, on every build and family of a kind. Throws when `skip` names a law that does not exist. */
export function runLpmSuite({ kind, skip = [] }: { kind: LpmKind; skip?: readonly Skip[] }): void {
  const { families } = lpmCapabilities(makeEngine('release').exports, kind);
  const unmet = new Set(skip.flatMap(({ tests }) => tests));
  for (const build of ENGINE_BUILDS) {
    for (const family of families) {
      describe(`${kind}, ${build} build, IPv${family}`, () => {
        const law = (name: string, check: () => void): void => {
          const skipped = skip.find(({ tests }) => tests.includes(name));
          unmet.delete(name);
          if (skipped === undefined) it(name, check);
          else it.skip(`${name} (${skipped.reason})`, check);
        };
        const make = (options = {}): LpmTable => new LpmTable({ kind, build, family, ...options });
        const subject = { family, build, make, law };
        tableLaws(subject);
        randomLaws(subject);
        adversarialLaws(subject);
        publishingLaws(subject);
      });
    }
  }
  afterAll(() => {
    expect([...unmet], 'skipped laws that do not exist').toEqual([]);
  });
}

/** Every lookup that matters to these rows agrees with the oracle. */
export function expectAnswers(
  table: LpmTable,
  rows: readonly Row[],
  root = table.root,
  more: readonly bigint[] = [],
): void {
  const keys = [...borders(table.family, rows), ...more];
  const wanted = keys.map((key) => bruteForce(table.family, rows, key));
  expect(table.lookup(keys, root)).toEqual(wanted);
}

function tableLaws({ family, make, law }: Subject): void {
  const width = widthOf(family);
  const top = (1n << BigInt(width)) - 1n;
  const key = 0xc0a8_1234n << BigInt(width - 32);
  const at = (bits: number, value: number): Row => row(family, key, bits, value);

  law('an empty table matches nothing', () => {
    const table = make();
    const keys = [0n, 1n, key, top >> 1n, top];
    for (const root of [0, table.root]) expect(table.lookup(keys, root)).toEqual([0, 0, 0, 0, 0]);
    expect(table.build([])).toBe(true);
    expect(table.lookup(keys)).toEqual([0, 0, 0, 0, 0]);
    expect(table.liveBytes).toBe(0);
  });

  law('the longest match wins, whatever the order of insertion', () => {
    const rows = [at(8, 8), at(24, 24), at(16, 16), at(25, 25)];
    const table = make();
    for (const order of [rows, rows.toReversed()]) {
      table.clear();
      for (const each of order) expect(table.insert(each)).toBe(true);
      expect(table.lookup([key, rows[1]!.key, rows[2]!.key, rows[0]!.key])).toEqual([25, 25, 16, 8]);
      expectAnswers(table, rows);
    }
  });

  law('a default route matches every address that nothing else matches', () => {
    const table = make();
    const rows = [row(family, 0n, 0, 7), at(16, 16)];
    expect(table.apply(rows)).toBe(true);
    expect(table.lookup([0n, top, key])).toEqual([7, 7, 16]);
    expectAnswers(table, rows);
  });

  law('a host route matches one address', () => {
    const table = make();
    for (const host of [0n, top, key]) {
      table.clear();
      const rows = [row(family, host, width, 9)];
      expect(table.apply(rows)).toBe(true);
      expectAnswers(table, rows);
    }
  });

  law('inserting again replaces the value', () => {
    const table = make();
    expect(table.apply([at(16, 1), at(24, 2)])).toBe(true);
    expect(table.insert(at(16, 3))).toBe(true);
    expectAnswers(table, [at(16, 3), at(24, 2)]);
    table.publish();
    expect(table.insert(at(24, 0xffff_ffff))).toBe(true);
    expectAnswers(table, [at(16, 3), at(24, 0xffff_ffff)]);
  });

  law('removing uncovers what lies below, and leaves what lies above', () => {
    const rows = [at(0, 1), at(8, 8), at(16, 16), at(width, 99)];
    for (const gone of rows) {
      const table = make();
      expect(table.build(rows)).toBe(true);
      expect(table.remove(gone)).toBe(true);
      expectAnswers(
        table,
        rows.filter((each) => each !== gone),
        table.root,
        borders(family, rows),
      );
    }
  });

  law('nested prefixes of all lengths each answer for their own', () => {
    const rows = Array.from({ length: width + 1 }, (_, bits) => at(bits, bits + 1));
    const table = make();
    expect(table.build(rows)).toBe(true);
    // Leaving the chain after `bits` bits meets the row of that length.
    const leaving = rows.slice(0, width).map(({ bits }) => key ^ (1n << BigInt(width - 1 - bits)));
    expect(table.lookup([...leaving, key])).toEqual(rows.map(({ value }) => value));
    const even = rows.filter(({ bits }) => bits % 2 === 0);
    expect(
      table.apply(rows.filter(({ bits }) => bits % 2 === 1).map((each) => ({ ...each, value: 0 }))),
    ).toBe(true);
    expectAnswers(table, even, table.root, leaving);
  });

  law('a batch of any length equals single lookups', () => {
    const table = make();
    const rows = Array.from({ length: 40 }, (_, i) =>
      row(family, key ^ BigInt(i * 64), width - (i % 6), i + 1),
    );
    expect(table.build(rows)).toBe(true);
    const keys = Array.from({ length: BATCH_MAX }, (_, i) => key ^ BigInt(i * 11));
    const single = table.lookup(keys, table.root, 1);
    expect(new Set(single).size).toBeGreaterThan(10);
    const { memory } = table.engine;
    const out = memory.offset(SECTION_SCRATCH) + SCRATCH_RESULTS_OFFSET;
    for (let n = 0; n <= BATCH_MAX; n++) {
      if (n < BATCH_MAX) memory.view.setUint32(out + 4 * n, 0xabad_cafe, true);
      expect(table.lookup(keys.slice(0, n), table.root, BATCH_MAX)).toEqual(single.slice(0, n));
      if (n < BATCH_MAX) expect(memory.view.getUint32(out + 4 * n, true)).toBe(0xabad_cafe);
    }
  });
}

function randomLaws({ family, build, make, law }: Subject): void {
  const table = make();
  const runs = { numRuns: build === 'release' ? 120 : 40 };
  const keys = fc.array(anyKey(family), { maxLength: 30 });

  law('random tables answer as the brute-force oracle does', () => {
    fc.assert(
      fc.property(anyTable(family), keys, (rows, more) => {
        table.clear();
        expect(table.build(rows)).toBe(true);
        expectAnswers(table, rows, table.root, more);
      }),
      runs,
    );
  });

  law('random changes, published now and then, answer as the brute-force oracle does', () => {
    fc.assert(
      fc.property(anySteps(family), keys, (steps, more) => {
        table.clear();
        const rows = [...follow(table, steps).values()];
        expectAnswers(table, rows, table.root, [...more, ...borders(family, rowsOf(steps))]);
      }),
      runs,
    );
  });

  law('building equals inserting one by one, in lookups', () => {
    fc.assert(
      fc.property(anyTable(family), keys, (rows, more) => {
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
    const shuffled = anyTable(family).chain((rows) =>
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
    restores(table, anyTable(family), anyRow(family), () => undefined, runs);
  });

  law('inserting and then removing restores the live bytes', () => {
    const live = (): number => table.liveBytes;
    restores(table, anyTable(family), anyRow(family), live, runs);
  });

  law('removing everything gives every byte back', () => {
    fc.assert(
      fc.property(anySteps(family), (steps) => {
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
      fc.property(anyTable(family), anyRow(family), (rows, absent) => {
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

  law('the footprint is an upper bound of what building takes', () => {
    fc.assert(
      fc.property(anyTable(family, 100), (rows) => {
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
      fc.property(anyTable(family, 100), (rows) => {
        const tight = make({ room: table.footprint(rows), specs: 128 });
        expect(tight.build(rows)).toBe(true);
        expectAnswers(tight, rows);
      }),
      { numRuns: 10 },
    );
  });
}

function rowsOf(steps: readonly Step[]): Row[] {
  return steps.flatMap((step) => (step.op === 'publish' ? [] : [step.row]));
}

/** Does the steps; returns the rows that are in the table then. */
export function follow(table: LpmTable, steps: readonly Step[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const step of steps) {
    if (step.op === 'publish') {
      table.publish();
    } else if (step.op === 'insert') {
      expect(table.insert(step.row)).toBe(true);
      rows.set(prefixKey(step.row), step.row);
    } else {
      expect(table.remove(step.row)).toBe(true);
      rows.delete(prefixKey(step.row));
    }
  }
  return rows;
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
