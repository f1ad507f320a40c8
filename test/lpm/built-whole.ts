// What the kinds that are built whole owe to readers, and to a writer that runs out of room.
import fc from 'fast-check';
import { expect } from 'vitest';
import { expectAnswers, type Subject } from './subject.ts';
import { anyTable } from './random-tables.ts';
import { row, widthOf, type Row } from './table.ts';

/** How `runLpmSuite` is to take them. */
export const BUILT_WHOLE_SHAPE = {
  builds: ['research', 'research-debug'],
  effort: 0.15,
  isBuiltWhole: true,
  skip: [
    {
      reason: 'the size depends on how all prefixes lie',
      tests: [
        'the footprint is an upper bound of what building takes',
        'room for the footprint is enough to build',
      ],
    },
  ],
} as const;

export function builtWholeLaws({ family, effort, largest, make, law }: Subject): void {
  const width = widthOf(family);
  const host = (i: number, value = i + 1): Row =>
    row(family, BigInt.asUintN(32, BigInt(i) * 0x9e37_79b1n) << BigInt(width - 32), width, value);
  const hosts = (count: number): Row[] => Array.from({ length: count }, (_, i) => host(i));
  const often = process.env['PXTR_LONG'] === '1' ? 10 : 1;
  const runs = { numRuns: Math.ceil(40 * effort * often) };

  law('a published table keeps answering while the next ones are made', () => {
    const table = make();
    fc.assert(
      fc.property(anyTable(family, largest), anyTable(family, largest), (rows, others) => {
        table.clear();
        expect(table.build(rows)).toBe(true);
        const old = table.root;
        table.setReaderBusy(true);
        expect(table.apply(others)).toBe(true);
        for (const each of rows)
          if (each.bits % 8 === 0) expect(table.apply([{ ...each, value: 0 }])).toBe(true);
        expectAnswers(table, rows, old);
        table.setReaderBusy(false);
      }),
      runs,
    );
  });

  law('what a busy reader may see is not reused, and is once it is done', () => {
    const table = make();
    const rows = hosts(40);
    expect(table.build(rows)).toBe(true);
    const old = table.root;
    table.setReaderBusy(true);
    let turns = 0;
    while (turns < 1000 && table.insert({ ...rows[turns % 40]!, value: 1000 + turns })) turns++;
    expect(turns).toBeLessThan(1000);
    expectAnswers(table, rows, old);
    table.setReaderBusy(false);
    for (let turn = 0; turn < 40; turn++)
      expect(table.insert({ ...rows[turn]!, value: 5000 + turn })).toBe(true);
  });

  law('without room the old table answers, and not a byte is lost', () => {
    const table = make({ room: 0, specs: 256 });
    const small = hosts(8);
    expect(table.build(small)).toBe(true);
    const { liveBytes, retiredBytes } = table;
    // A reader that holds everything up to here soon leaves no room for another structure.
    table.setReaderBusy(true);
    const rows = [...small];
    for (;;) {
      const { liveBytes: live, retiredBytes: retired } = table;
      const added = host(rows.length);
      if (!table.insert(added)) {
        expect(table).toMatchObject({ liveBytes: live, retiredBytes: retired });
        break;
      }
      rows.push(added);
    }
    expectAnswers(table, rows);
    table.setReaderBusy(false);
    for (const each of rows.slice(8)) expect(table.remove(each)).toBe(true);
    expect(table.liveBytes).toBe(liveBytes);
    expect(retiredBytes).toBe(0);
    expectAnswers(table, small);
  });

  law('a transaction that is not published is taken back as a whole', () => {
    const table = make();
    const rows = hosts(12);
    expect(table.build(rows)).toBe(true);
    const { root, liveBytes, retiredBytes } = table;
    table.changeUnpublished([...rows.slice(0, 6).map((each) => ({ ...each, value: 0 })), host(100)]);
    expect(table.root).not.toBe(root);
    expectAnswers(table, [...rows.slice(6), host(100)], table.root);
    table.abandon();
    table.engine.exports.fibRollback();
    table.root = root;
    expect(table).toMatchObject({ liveBytes, retiredBytes });
    expectAnswers(table, rows);
  });
}
