// What dir24-stride6 promises beside the laws of all kinds: its borders one by one, and what it does when something of
// it is full.
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/base/random.ts';
import { ByLength } from './by-length.ts';
import { borders, LpmTable, row, type Row } from './table.ts';

const family = 6;
/** Where the steps of a lookup end, and one bit to either side. */
const LENGTHS = [0, 1, 15, 16, 17, 29, 30, 31, 35, 36, 37, 41, 42, 43, 47, 48, 49, 64, 127, 128];

const open = (leafBytes: 2 | 4, room = 1 << 20): LpmTable =>
  new LpmTable({ kind: 'dir24-stride6', build: 'release', family, leafBytes, room, specs: 8192 });

function randomKey(random: SeededRandom): bigint {
  let key = 0n;
  for (let i = 0; i < 4; i++) key = (key << 32n) | BigInt(random.u32());
  return key;
}

function insertAll(table: LpmTable, rows: readonly Row[]): void {
  for (let first = 0; first < rows.length; first += 8192) {
    expect(table.apply(rows.slice(first, first + 8192))).toBe(true);
  }
}

function expectOracle(table: LpmTable, rows: readonly Row[], keys: readonly bigint[]): void {
  const oracle = new ByLength(family, rows);
  expect(table.lookup(keys)).toEqual(keys.map((key) => oracle.lookup(key)));
}

describe.each([2, 4] as const)('dir24-stride6, leaves of %i bytes', (leafBytes) => {
  it('stays exact through thousands of small changes at the borders of its steps', () => {
    const seed = 11 + leafBytes;
    const random = new SeededRandom(seed);
    const table = open(leafBytes);
    const roots = Array.from({ length: 3 }, () => randomKey(random));
    const present = new Map<string, Row>();
    const any = (): Row => {
      const bits = LENGTHS[random.u32() % LENGTHS.length]!;
      const flip = 1n << BigInt(128 - LENGTHS[1 + (random.u32() % (LENGTHS.length - 1))]!);
      const root = roots[random.u32() % roots.length]!;
      return row(family, random.u32() % 2 === 0 ? root : root ^ flip, bits, 1 + (random.u32() % 6));
    };
    for (let turn = 0; turn < 1500; turn++) {
      // Many at first: later ones are then few of many, which are shown one by one.
      for (let i = turn === 0 ? 200 : 1 + (random.u32() % 3); i > 0; i--) {
        const each = any();
        const key = `${each.key}/${each.bits}`;
        if (turn > 0 && random.u32() % 2 === 0) {
          expect(table.remove(each)).toBe(true);
          present.delete(key);
        } else {
          expect(table.insert(each)).toBe(true);
          present.set(key, each);
        }
      }
      table.publish();
      if (turn % 10 !== 0 && turn > 100) continue;
      const rows = [...present.values()];
      const keys = borders(family, rows);
      const oracle = new ByLength(family, rows);
      expect(table.lookupPublished(keys), `seed ${seed}, turn ${turn}`).toEqual(
        keys.map((key) => oracle.lookup(key)),
      );
    }
  });

  it('keeps what a busy reader may see, and uses all of it again when it is done', () => {
    const table = open(leafBytes);
    // Nodes with several nodes below them, down to records.
    const rows = Array.from({ length: 200 }, (_, i) => {
      const slots = [i & 3, (i >> 2) & 3, (i >> 4) * 4];
      const key = slots.reduce((sum, slot) => (sum << 6n) | BigInt(slot), 0x2001n << 14n);
      return row(family, (key << 80n) | (7n << 70n), 47 + (i % 30), 1 + (i % 50));
    });
    insertAll(table, rows);
    table.publish();
    const change = (turns: number): number => {
      for (let turn = 0; turn < turns; turn++) {
        const each = rows[turn % rows.length]!;
        expect(table.remove(each)).toBe(true);
        table.publish();
        expect(table.insert(each)).toBe(true);
        table.publish();
      }
      return table.readerBytes;
    };
    const least = change(200);
    expect(change(1000)).toBe(least);
    table.setReaderBusy(true);
    const busy = change(200);
    expect(busy).toBeGreaterThan(least + 200 * 16);
    expect(change(200)).toBeGreaterThan(busy);
    table.setReaderBusy(false);
    expect(change(200)).toBe(least);
    expectOracle(table, rows, borders(family, rows));
  });

  it('gives a table with prefixes in every /16 no more rows than it may have, and stays exact', () => {
    const table = open(leafBytes);
    const rows = Array.from({ length: 65_536 }, (_, i) =>
      row(family, (BigInt(i) << 112n) | (BigInt((i * 77) & 0x3fff) << 98n), 30 + (i % 20), 1 + (i % 30_000)),
    );
    const short = [row(family, 0n, 1, 31_000), row(family, 0x2000n << 112n, 16, 31_001)];
    insertAll(table, [...rows, ...short]);
    const keys = borders(
      family,
      rows.filter((_, i) => i % 40 === 0),
    );
    expectOracle(table, [...rows, ...short], keys);
    // The writer's tree, rows of 32 or 64 KiB, and what is fixed.
    const rowsBytes = 258 * (leafBytes === 2 ? 32 : 64) * 1024;
    expect(table.liveBytes).toBeLessThan(2 * 65_536 * 48 + rowsBytes * 1.3 + 8e6);
    const gone = rows.filter((_, i) => i % 3 !== 0);
    insertAll(
      table,
      gone.map((each) => ({ ...each, value: 0 })),
    );
    expectOracle(table, [...rows.filter((_, i) => i % 3 === 0), ...short], keys);
    insertAll(
      table,
      [...rows, ...short].map((each) => ({ ...each, value: 0 })),
    );
    expect(table.liveBytes).toBe(0);
  });

  it('walks where there is no room for rows and nodes, and stays exact', () => {
    const table = open(leafBytes, 60_000);
    const random = new SeededRandom(5);
    const rows = Array.from({ length: 300 }, (_, i) => row(family, randomKey(random), 1 + (i % 128), 1 + i));
    insertAll(table, rows);
    expectOracle(table, rows, borders(family, rows));
  });
});

describe('dir24-stride6 with leaves of 2 bytes', () => {
  // A node a /42, more of them than a level can number.
  const dense = Array.from({ length: 70_000 }, (_, i) =>
    row(family, (0x2001n << 112n) | (BigInt(i) << 86n) | (1n << 80n), 48, 1 + (i % 1000)),
  );
  // A record a /48, more of them than there are numbers for.
  const deep = Array.from({ length: 40_000 }, (_, i) =>
    row(family, (0x2001n << 112n) | (BigInt(i) << 80n) | 1n, 64 + (i % 65), 1 + (i % 1000)),
  );

  it.each([
    ['nodes', dense],
    ['records', deep],
  ])(
    'stays exact when a level is out of %s, and asks for wider ones then',
    { timeout: 60_000 },
    (_, rows) => {
      const table = open(2);
      insertAll(table, rows);
      const keys = borders(
        family,
        rows.filter((__, i) => i % 20 === 0),
      );
      expectOracle(table, rows, keys);
      const more = row(family, 0x3000n << 112n, 20, 7);
      expect(table.insert(more)).toBe(false);
      expect(table.remove(rows[0]!)).toBe(true);
      expectOracle(table, rows.slice(1), keys);
    },
  );

  it('makes room for large values as long as no node is in the way', () => {
    const table = open(2);
    const few = dense.slice(0, 100).map((each, i) => ({ ...each, value: 32_767 - i }));
    insertAll(table, few);
    expectOracle(table, few, borders(family, few));
    const full = open(2);
    insertAll(full, dense.slice(0, 50_000));
    full.publish();
    expect(full.insert({ ...dense[0]!, value: 32_767 })).toBe(false);
    expectOracle(full, dense.slice(0, 50_000), borders(family, dense.slice(0, 200)));
  });
});
