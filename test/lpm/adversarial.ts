// Tables made to catch wrong arithmetic: neighbours, single-bit differences, the ends of the address space.
import { expect } from 'vitest';
import { bruteForce, borders, row, widthOf, type Row } from './table.ts';
import { expectAnswers, type Subject } from './subject.ts';

export function adversarialLaws({ family, make, law }: Subject): void {
  const width = widthOf(family);
  const top = (1n << BigInt(width)) - 1n;

  law('adjacent siblings of every length are told apart', () => {
    const table = make();
    for (let bits = 1; bits <= width; bits++) {
      const step = 1n << BigInt(width - bits);
      const left = (top / 3n / (step * 2n)) * step * 2n;
      const rows = [row(family, left, bits, 1), row(family, left + step, bits, 2)];
      table.clear();
      expect(table.build(rows)).toBe(true);
      expectAnswers(table, rows);
      expect(table.remove(rows[0]!)).toBe(true);
      expectAnswers(table, [rows[1]!], table.root, borders(family, rows));
    }
  });

  law('host routes that differ from one in a single bit are told apart', () => {
    for (const centre of [0n, top, top / 3n]) {
      const table = make();
      const rows = [row(family, centre, width, 1000)];
      for (let bit = 0; bit < width; bit++)
        rows.push(row(family, centre ^ (1n << BigInt(bit)), width, bit + 1));
      expect(table.build(rows)).toBe(true);
      expectAnswers(table, rows);
    }
  });

  law('the addresses of all zeros and all ones are addresses like any other', () => {
    const table = make();
    const rows: Row[] = [];
    for (let bits = 1; bits <= width; bits++) {
      rows.push(row(family, 0n, bits, bits), row(family, top, bits, 1000 + bits));
    }
    expect(table.build(rows)).toBe(true);
    expect(table.lookup([0n, top])).toEqual([width, 1000 + width]);
    expectAnswers(table, rows);
  });

  law('prefixes that end at a word border are not confused with their neighbours', () => {
    const table = make();
    const rows: Row[] = [];
    for (let border = 32; border <= width; border += 32) {
      for (const bits of [border - 1, border, border + 1].filter((each) => each <= width)) {
        rows.push(row(family, top / 3n, bits, bits), row(family, top / 5n, bits, 200 + bits));
      }
    }
    expect(table.build(rows)).toBe(true);
    const flipped = Array.from({ length: width }, (_, bit) => (top / 3n) ^ (1n << BigInt(bit)));
    expectAnswers(table, rows, table.root, flipped);
  });

  law('host bits in a spec are not part of the prefix', () => {
    const table = make();
    const loose = { key: top, bits: 9, value: 5 };
    expect(table.insert(loose)).toBe(true);
    expect(table.insert({ ...loose, key: row(family, top, 9, 0).key, value: 6 })).toBe(true);
    const keys = [top, row(family, top, 9, 0).key, 0n];
    expect(table.lookup(keys)).toEqual(keys.map((key) => bruteForce(family, [row(family, top, 9, 6)], key)));
    expect(table.remove({ ...loose, key: top ^ 1n })).toBe(true);
    expect(table.liveBytes).toBe(0);
  });
}
