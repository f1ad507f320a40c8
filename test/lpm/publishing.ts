// What a kind owes to the readers of the table that is being replaced, and to a writer that runs out of room.
import fc from 'fast-check';
import { expect } from 'vitest';
import { expectAnswers, follow, type Subject } from './subject.ts';
import { anySteps, anyTable } from './random-tables.ts';
import { row, widthOf, type LpmTable, type Row } from './table.ts';

export function publishingLaws({ family, build, effort, largest, make, law }: Subject): void {
  const width = widthOf(family);
  // An odd factor spreads the numbers over the address space, none of them twice.
  const host = (i: number, value = i + 1): Row =>
    row(family, BigInt.asUintN(32, BigInt(i) * 0x9e37_79b1n) << BigInt(width - 32), width, value);
  const hosts = (count: number, value?: number): Row[] =>
    Array.from({ length: count }, (_, i) => host(i, value ?? i + 1));
  const often = process.env['PXTR_LONG'] === '1' ? 10 : 1;
  const runs = { numRuns: Math.ceil((build === 'release' ? 60 : 20) * effort * often) };

  law('a published table keeps answering while the next one is made', () => {
    const table = make();
    fc.assert(
      fc.property(anyTable(family, largest), anySteps(family, largest), (rows, steps) => {
        table.clear();
        expect(table.build(rows)).toBe(true);
        table.publish();
        const old = table.root;
        table.setReaderBusy(true);
        follow(table, steps);
        expectAnswers(table, rows, old);
        table.setReaderBusy(false);
      }),
      runs,
    );
  });

  law('what a busy reader may see is not reused, and is once it is done', () => {
    const table = make({ room: 24 * 1024, specs: 64 });
    const rows = hosts(40);
    expect(table.build(rows)).toBe(true);
    table.publish();
    const old = table.root;
    table.setReaderBusy(true);
    expect(exhaust(table, rows)).toBeLessThan(10_000);
    expect(table.retiredBytes).toBeGreaterThan(0);
    expectAnswers(table, rows, old);
    table.setReaderBusy(false);
    // The same load again and again: only reuse makes room for it.
    for (let turn = 0; turn < 2000; turn++) {
      expect(table.insert({ ...rows[turn % 40]!, value: 5000 + turn })).toBe(true);
      table.publish();
    }
  });

  law('changes within one transaction leave no garbage', () => {
    const table = make({ room: 16 * 1024, specs: 64 });
    const rows = hosts(40);
    expect(table.build(rows)).toBe(true);
    for (let turn = 0; turn < 2000; turn++) {
      expect(table.insert({ ...rows[turn % 40]!, value: 5000 + turn })).toBe(true);
      expect(table.remove(rows[(turn * 7) % 40]!)).toBe(true);
    }
    expect(table.retiredBytes).toBe(0);
  });

  law('building without room returns 0 and takes nothing', () => {
    const table = make({ room: 2048, specs: 256 });
    expect(table.build(hosts(256))).toBe(false);
    expect(table.liveBytes).toBe(0);
    expect(table.build(hosts(8))).toBe(true);
    expectAnswers(table, hosts(8));
  });

  law('inserting without room returns 0, and the old table still answers', () => {
    const table = make({ room: 4096, specs: 64 });
    const rows: Row[] = [];
    for (let i = 0; ; i++) {
      const live = table.liveBytes;
      if (!table.insert(host(i))) {
        expect(table.liveBytes).toBe(live);
        break;
      }
      rows.push(host(i));
    }
    expect(rows.length).toBeGreaterThan(5);
    expectAnswers(table, rows);
    // Removing needs no more than is there, since nothing of this transaction has been seen; in place, one at a time.
    for (const each of rows) {
      expect(table.remove(each)).toBe(true);
      if (table.isInPlace) table.publish();
    }
    expect(table.liveBytes).toBe(0);
  });

  law('a list of changes without room is undone as a whole', () => {
    const table = make({ room: 6144, specs: 256 });
    const rows = hosts(12);
    expect(table.apply(rows)).toBe(true);
    table.publish();
    const { root, liveBytes, retiredBytes } = table;
    const removals = rows.slice(0, 6).map((each) => ({ ...each, value: 0 }));
    expect(table.apply([...removals, ...hosts(256 - 6, 77)])).toBe(false);
    table.engine.exports.fibRollback();
    expect(table.root).toBe(root);
    // In place, the writer's lists stay as long as they have become.
    if (!table.isInPlace) expect(table).toMatchObject({ liveBytes, retiredBytes });
    expectAnswers(table, rows);
    table.publish();
    expect(table.apply([host(100)])).toBe(true);
    expectAnswers(table, [...rows, host(100)]);
  });

  law('an abandoned table leaves the published one and every byte of it', () => {
    const table = make();
    fc.assert(
      fc.property(anyTable(family, largest), anySteps(family, largest), (rows, steps) => {
        table.clear();
        expect(table.build(rows)).toBe(true);
        table.publish();
        const { root, liveBytes, retiredBytes } = table;
        follow(
          table,
          steps.filter(({ op }) => op !== 'publish'),
        );
        if (table.isInPlace || table.root !== root) table.abandon();
        table.engine.exports.fibRollback();
        table.root = root;
        if (!table.isInPlace) expect(table).toMatchObject({ liveBytes, retiredBytes });
        expectAnswers(table, rows);
      }),
      runs,
    );
  });
}

/** Changes and publishes until there is no room; returns the number of changes that went in. */
function exhaust(table: LpmTable, rows: readonly Row[]): number {
  for (let turn = 0; turn < 10_000; turn++) {
    if (!table.insert({ ...rows[turn % rows.length]!, value: 1000 + turn })) return turn;
    table.publish();
  }
  return 10_000;
}
