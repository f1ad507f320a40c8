// `bench -- lookup --table`: what it reads, that it refuses what is wrong, and the shape of its results.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeKeys, readKeys, readTable } from '../../bench/table-file.ts';
import { measureTable, tableText } from '../../bench/table-lookup.ts';

const folder = mkdtempSync(join(tmpdir(), 'pxtr-table-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const LIST = `# a comment
10.0.0.0/8 7
10.1.0.0/16 8 # nested
10.1.2.128/25 9
2001:db8::/32 4
`;

describe('a table file', () => {
  it('has prefixes with their values, or with made ones', () => {
    const rows = readTable(write('valued', LIST), 1);
    expect(rows.map(({ value }) => value)).toEqual([7, 8, 9, 4]);
    const made = readTable(write('bare', '10.0.0.0/8\n\n11.0.0.0/8\n'), 1);
    expect(made).toHaveLength(2);
    for (const { value } of made) expect(value).toBeGreaterThanOrEqual(1);
    expect(readTable(join(folder, 'bare'), 1)).toEqual(made);
  });

  it('is refused with the line that is wrong', () => {
    expect(() => readTable(write('bad', '10.0.0.0/8\n10.0.0/8\n'), 1)).toThrow(
      'line 2: 10.0.0/8 is no prefix',
    );
    expect(() => readTable(write('zero', '10.0.0.0/8 0\n'), 1)).toThrow(
      'line 1: 0 is no value; expected a number 1 .. 2^31-1',
    );
  });
});

describe('keys', () => {
  const rows = readTable(write('rows', LIST), 1);
  const four = rows.filter(({ prefix }) => prefix.address.family === 4);

  it('of rand and zipf are in prefixes of the table, and zipf repeats itself', () => {
    for (const trace of ['rand', 'zipf'] as const) {
      const keys = makeKeys(four, 4, trace, 2000, 3);
      for (const key of keys) expect(key >>> 24).toBe(10);
      if (trace === 'zipf') expect(new Set(keys).size).toBeLessThan(1900);
    }
  });

  it('are read from files of the native generator', () => {
    write('k4rand.bin', new Uint8Array(Uint32Array.of(0x0a01_0203, 5).buffer));
    write(
      'k6rand.bin',
      Uint8Array.from({ length: 16 }, (_, i) => i),
    );
    expect([...readKeys(folder, 4, 'rand')!]).toEqual([0x0a01_0203, 5]);
    expect([...readKeys(folder, 6, 'rand')!]).toEqual([0x0001_0203, 0x0405_0607, 0x0809_0a0b, 0x0c0d_0e0f]);
    expect(readKeys(folder, 4, 'unif')).toBeUndefined();
  });
});

describe('results', () => {
  it(
    'have a line for each family, trace, kind and size of leaves, with equal digests',
    { timeout: 60_000 },
    () => {
      const kinds = ['linear', 'compare', 'patricia', 'dir18-run'] as const;
      const table = write('measured', LIST);
      const results = measureTable({ table, kinds, rounds: 1, keys: 512, seed: 1 }, () => undefined);
      const named = (family: 4 | 6): string[] =>
        results
          .filter((each) => each.family === family && each.trace === 'rand')
          .map(({ kind, leafBytes }) => `${kind} ${leafBytes}`);
      expect(named(4)).toEqual(['linear 4', 'compare 4', 'patricia 4', 'dir18-run 2', 'dir18-run 4']);
      expect(named(6)).toEqual(['linear 4', 'patricia 4']);
      for (const family of [4, 6] as const) {
        for (const trace of ['rand', 'zipf', 'unif'] as const) {
          const own = results.filter((each) => each.family === family && each.trace === trace);
          expect(new Set(own.map(({ digest }) => digest)).size).toBe(1);
        }
      }
      for (const { mlps, bytesPerPrefix, totalBytesPerPrefix, batch } of results) {
        expect(mlps.median).toBeGreaterThan(0);
        expect(mlps.n).toBe(1);
        expect(totalBytesPerPrefix).toBeGreaterThanOrEqual(bytesPerPrefix);
        expect(batch).toBe(256);
      }
      expect(tableText(results).split('\n')).toHaveLength(results.length + 1);
    },
  );
});
