// What every lookup kind promises, as laws. A kind's own test is one call of runLpmSuite.
import { afterAll, describe, expect, it } from 'vitest';
import { BATCH_MAX, SCRATCH_RESULTS_OFFSET, SECTION_SCRATCH } from '../../assembly/layout.ts';
import {
  LARGEST_NARROW_VALUE,
  LARGEST_VALUE,
  lpmCapabilities,
  type LeafBytes,
  type LpmKind,
} from '../../src/engine/lpm.ts';
import { ENGINE_BUILDS, makeEngine, type EngineBuild } from '../engine/engine-builds.ts';
import { adversarialLaws } from './adversarial.ts';
import { builtWholeLaws } from './built-whole.ts';
import { publishingLaws } from './publishing.ts';
import { randomLaws } from './random-laws.ts';
import { expectAnswers, type Subject } from './subject.ts';
import { borders, LpmTable, row, widthOf, type Row } from './table.ts';

export interface Skip {
  readonly reason: string;
  /** Names of laws. */
  readonly tests: readonly string[];
}

/** The laws, on every build and family of a kind. Throws when `skip` names a law that does not exist. */
export function runLpmSuite({
  kind,
  leafBytes = 4,
  builds = ENGINE_BUILDS,
  effort = 1,
  skip = [],
  isBuiltWhole = false,
}: {
  readonly kind: LpmKind;
  readonly leafBytes?: LeafBytes;
  readonly builds?: readonly EngineBuild[];
  /** Share of the usual number of random cases, for kinds whose empty table takes time to make. */
  readonly effort?: number;
  readonly skip?: readonly Skip[];
  /** No change shows before the whole table is built anew. */
  readonly isBuiltWhole?: boolean;
}): void {
  const { families } = lpmCapabilities(makeEngine(builds[0]!).exports, kind);
  const unmet = new Set(skip.flatMap(({ tests }) => tests));
  for (const build of builds) {
    for (const family of families) {
      describe(`${kind}, leaves of ${leafBytes} bytes, ${build} build, IPv${family}`, () => {
        const law = (name: string, check: () => void): void => {
          const skipped = skip.find(({ tests }) => tests.includes(name));
          unmet.delete(name);
          if (skipped === undefined) it(name, check);
          else it.skip(`${name} (${skipped.reason})`, check);
        };
        const make = (options = {}): LpmTable => new LpmTable({ kind, build, family, leafBytes, ...options });
        const largest = leafBytes === 2 ? LARGEST_NARROW_VALUE : LARGEST_VALUE;
        const subject = { family, build, effort, largest, make, law };
        tableLaws(subject);
        randomLaws(subject);
        adversarialLaws(subject);
        if (isBuiltWhole) builtWholeLaws(subject);
        else publishingLaws(subject);
      });
    }
  }
  afterAll(() => {
    expect([...unmet], 'skipped laws that do not exist').toEqual([]);
  });
}

function tableLaws({ family, largest, make, law }: Subject): void {
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
    expect(table.insert(at(24, largest))).toBe(true);
    expectAnswers(table, [at(16, 3), at(24, largest)]);
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
