// What the kinds that are changed in place promise instead of a whole table for every reader.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Family } from '../../src/base/ip.ts';
import { LARGEST_NARROW_VALUE, LARGEST_VALUE, type LpmKind } from '../../src/engine/lpm.ts';
import type { Skip } from './conformance.ts';
import { anySteps, anyTable } from './random-tables.ts';
import { borders, bruteForce, LpmTable, row, widthOf, type Row } from './table.ts';
import { follow } from './subject.ts';

const isLong = process.env['PXTR_LONG'] === '1';

/** Laws that speak of a root of its own for each publish. */
export const SNAPSHOT_LAWS: readonly Skip[] = [
  {
    reason: 'changed in place: held to laws of its own',
    tests: [
      'a published table keeps answering while the next one is made',
      'what a busy reader may see is not reused, and is once it is done',
    ],
  },
  {
    reason: 'nodes are cut from chunks that stay',
    tests: ['inserting and then removing restores the live bytes'],
  },
];

export function runInPlaceSuite(kind: LpmKind, family: Family = 4): void {
  describe.each([2, 4] as const)(`${kind} in place, leaves of %i bytes`, (leafBytes) => {
    const width = widthOf(family);
    const largest = leafBytes === 2 ? LARGEST_NARROW_VALUE : LARGEST_VALUE;
    const make = (): LpmTable => new LpmTable({ kind, leafBytes, build: 'release', family });
    const host = (i: number, value: number): Row =>
      row(family, BigInt.asUintN(32, BigInt(i) * 0x9e37_79b1n) << BigInt(width - 32), width, value);

    it('a transaction that is taken back leaves a longer log, and not the one it grew out of as well', () => {
      const table = make();
      const rows = Array.from({ length: 2000 }, (_, i) => row(family, BigInt(i) << 8n, 24, 1));
      expect(table.build(rows)).toBe(true);
      table.publish();
      // The log of building the table is as long as it will be; what comes is longer by one doubling.
      const before = table.liveBytes;
      const changes = [2, 3].flatMap((value) => rows.map((each) => ({ ...each, value })));
      expect(table.apply(changes)).toBe(true);
      table.abandon();
      table.engine.exports.fibRollback();
      const log = 12 * 2048;
      expect(table.liveBytes - before).toBeLessThan(1.5 * log);
      expect(table.lookup([0n, 256n])).toEqual([1, 1]);
    });

    it('readers see nothing of a transaction before its publish, and all of it after', () => {
      const table = make();
      fc.assert(
        fc.property(anyTable(family, largest), anySteps(family, largest, 60), (before, steps) => {
          table.clear();
          expect(table.build(before)).toBe(true);
          table.publish();
          const changes = steps.filter(({ op }) => op !== 'publish');
          const after = new Map(before.map((each) => [`${each.key}/${each.bits}`, each]));
          for (const [key, each] of follow(table, changes)) after.set(key, each);
          for (const step of changes) {
            if (step.op !== 'publish') after.delete(`${step.row.key}/${step.row.bits}`);
          }
          for (const [key, each] of follow(table, changes)) after.set(key, each);
          const keys = borders(family, [...before, ...after.values()]);
          if (before.length > 0) {
            expect(table.lookupPublished(keys)).toEqual(keys.map((key) => bruteForce(family, before, key)));
          }
          table.publish();
          expect(table.lookupPublished(keys)).toEqual(
            keys.map((key) => bruteForce(family, after.values(), key)),
          );
        }),
        { numRuns: isLong ? 60 : 20 },
      );
    });

    it('what a busy reader may hold is not used again before it is done', () => {
      const table = make();
      const rows = Array.from({ length: 40 }, (_, i) => host(i, i + 1));
      expect(table.build(rows)).toBe(true);
      table.publish();
      // Without a reader the same memory does for any number of changes.
      for (let turn = 0; turn < 3000; turn++) {
        expect(table.insert({ ...rows[turn % 40]!, value: 1 + (turn % 30_000) })).toBe(true);
        table.publish();
      }
      table.setReaderBusy(true);
      let turns = 0;
      while (turns < 1_000_000 && table.insert({ ...rows[turns % 40]!, value: 1 + ((turns * 7) % 30_000) })) {
        table.publish();
        turns++;
      }
      expect(turns).toBeLessThan(1_000_000);
      table.setReaderBusy(false);
      expect(table.insert({ ...rows[0]!, value: 31_000 })).toBe(true);
      expect(table.lookup([rows[0]!.key])).toEqual([31_000]);
    });

    it('a value that the leaves cannot hold is refused and changes nothing', () => {
      const table = make();
      expect(table.insert(host(1, largest))).toBe(true);
      expect(table.insert(host(2, largest + 1))).toBe(false);
      expect(table.insert(host(1, largest + 1))).toBe(false);
      expect(table.list()).toEqual([host(1, largest)]);
      const empty = make();
      expect(empty.insert(host(2, largest + 1))).toBe(false);
      expect(empty.liveBytes).toBe(0);
    });
  });
}

/** A law of the IPv4 kinds, which have a border at /24. */
export function runBeyond24(kind: LpmKind): void {
  describe.each([2, 4] as const)(`${kind} beyond /24, leaves of %i bytes`, (leafBytes) => {
    it('a /24 below a /24 below a /8: all levels at once', () => {
      const family = 4;
      const table = new LpmTable({ kind, leafBytes, build: 'release', family });
      const rows = [
        row(family, 0x0a00_0000n, 8, 8),
        row(family, 0x0a00_0000n, 18, 18),
        row(family, 0x0a00_0000n, 19, 19),
        row(family, 0x0a00_0000n, 24, 24),
        row(family, 0x0a00_0000n, 25, 25),
        row(family, 0x0a00_0007n, 32, 32),
      ];
      expect(table.build(rows)).toBe(true);
      const keys = [
        0x0a00_0007n,
        0x0a00_0001n,
        0x0a00_0080n,
        0x0a00_0100n,
        0x0a00_2000n,
        0x0a00_4000n,
        0x0b00_0000n,
      ];
      expect(table.lookup(keys)).toEqual([32, 25, 24, 19, 18, 8, 0]);
    });
  });
}
