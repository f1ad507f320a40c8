// Several tables in a run, addresses that nothing covers, and what is made of all of it together.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cidr } from '../../src/base/ip-text.ts';
import { word, type Family } from '../../src/base/ip.ts';
import { compareRuns, comparisonText } from '../../src/bench/compare-runs.ts';
import { makeKeys } from '../../src/bench/keys.ts';
import { madeName, makeTable, sizesNamed } from '../../src/bench/made-table.ts';
import { meansOf, runTables } from '../../src/bench/matrix.ts';
import { reportMarkdown } from '../../src/bench/report-markdown.ts';
import { reportText } from '../../src/bench/report-text.ts';
import type { BenchReport } from '../../src/bench/results.ts';
import { tidyCsv } from '../../src/bench/tidy-csv.ts';
import { openTraces } from '../../src/bench/traces.ts';
import { benchPage } from '../../src/cli/render/bench-page.ts';
import type { TableRow } from '../../src/tables/collect.ts';
import { pxtr } from '../cli/run.ts';
import { schemaErrors } from '../support/json-schema.ts';
import { report, result } from './example-report.ts';
import { NESTED, rowsOf } from './support.ts';

const SCHEMA = JSON.parse(readFileSync(new URL('../../docs/bench-schema.json', import.meta.url), 'utf8'));
const ofFamily = (rows: readonly TableRow[], family: Family): TableRow[] =>
  rows.filter(({ prefix }) => prefix.address.family === family);

/** Bit by bit, of each prefix: not as the oracle looks for it. */
function isCovered(rows: readonly TableRow[], key: Uint32Array): boolean {
  const bit = (words: (w: number) => number, i: number): number => (words(i >>> 5) >>> (31 - (i & 31))) & 1;
  return rows.some(({ prefix: { address, bits } }) => {
    for (let i = 0; i < bits; i++)
      if (bit((w) => key[w]!, i) !== bit((w) => word(address, w), i)) return false;
    return true;
  });
}

describe('keys of miss', () => {
  it.each([4, 6] as const)('of IPv%i are covered by no prefix, and differ', (family) => {
    const rows = ofFamily(makeTable(1, { 4: 300, 6: 300 }), family);
    const keys = makeKeys(rows, family, 'miss', 256, 7);
    const width = family === 4 ? 1 : 4;
    expect(keys).toHaveLength(256 * width);
    const seen = new Set<string>();
    for (let at = 0; at < keys.length; at += width) {
      const key = keys.subarray(at, at + width);
      seen.add(key.join());
      expect(isCovered(rows, key), key.join()).toBe(false);
    }
    expect(seen.size).toBeGreaterThan(250);
    expect(isCovered(rows, makeKeys(rows, family, 'rand', 1, 7))).toBe(true);
  });

  it('lie beside prefixes: one bit of a prefix is another', () => {
    const rows = rowsOf({ '10.1.2.0/24': 1 });
    for (const key of makeKeys(rows, 4, 'miss', 64, 1)) {
      const other = ((key ^ 0x0a01_0200) & 0xffff_ff00) >>> 0;
      expect(other !== 0 && (other & (other - 1)) === 0, key.toString(16)).toBe(true);
    }
  });

  it('come again in turn where few addresses are free', () => {
    // All but 128.0.0.0.
    const rows = Array.from({ length: 32 }, (_, i) =>
      i === 0
        ? { prefix: cidr('0.0.0.0/1'), value: 1 }
        : {
            prefix: cidr(
              `${[24, 16, 8, 0].map((shift) => ((0x8000_0000 | (1 << (31 - i))) >>> shift) & 255).join('.')}/${i + 1}`,
            ),
            value: 1,
          },
    );
    expect(new Set(makeKeys(rows, 4, 'miss', 256, 1))).toEqual(new Set([0x8000_0000]));
  });

  it.each([
    ['a default route', { '0.0.0.0/0': 1, '10.0.0.0/8': 2 }],
    ['two halves', { '0.0.0.0/1': 1, '128.0.0.0/1': 2 }],
  ])('are none with %s, and the trace is left out', (_, list) => {
    const traces = openTraces(4, rowsOf(list), { traces: ['rand', 'miss'], keys: 256, seed: 1 });
    expect(traces.present.map(({ name }) => name)).toEqual(['rand']);
    expect(traces.absent).toEqual([
      { family: 4, trace: 'miss', why: 'every address that was tried is covered by a prefix' },
    ]);
  });
});

describe('made tables', () => {
  it('have about as many prefixes of each family as was asked for', () => {
    for (const size of [1000, 5000]) {
      const rows = makeTable(3, { 4: size, 6: size });
      for (const family of [4, 6] as const) {
        const { length } = ofFamily(rows, family);
        expect(Math.abs(length / size - 1)).toBeLessThan(0.1);
      }
    }
  });

  it('are named by their size', () => {
    expect(sizesNamed('1k,2500, 10k,1M,1k')).toEqual([1000, 2500, 10_000, 1_000_000]);
    expect([1000, 2500, 100_000, 1_000_000].map(madeName)).toEqual([
      'made-1k',
      'made-2500',
      'made-100k',
      'made-1M',
    ]);
    for (const bad of ['', 'x', '0', '99', '2M', '1.5k', '-1k', '1k,,2k'])
      expect(() => sizesNamed(bad), bad).toThrow('no size from 100 to 1,000,000');
  });
});

describe('a run over several tables', () => {
  const options = {
    traces: ['rand', 'miss'],
    kinds: ['patricia', 'compare'] as const,
    keys: 256,
    rounds: 2,
    milliseconds: 1,
    batches: [256],
    sample: 10,
    seed: 1,
  };
  const tables = [
    { name: 'nested', rows: NESTED },
    { name: 'whole', rows: rowsOf({ '0.0.0.0/0': 1, '2001:db8::/32': 2 }) },
  ];
  const run = async (): Promise<BenchReport> => {
    let last = -1;
    const whole = await runTables(tables, options, undefined, (_, done, total) => {
      expect(done).toBeGreaterThanOrEqual(last);
      expect(done).toBeLessThan(total);
      last = done;
    });
    return JSON.parse(JSON.stringify(whole)) as BenchReport;
  };

  it(
    'has each of them by its name, the trace that one cannot have left out, and means',
    { timeout: 60_000 },
    async () => {
      const whole = await run();
      expect(schemaErrors(SCHEMA, whole)).toEqual([]);
      expect(whole.settings.table).toBe('nested, whole');
      expect(whole.tables.map(({ table, family }) => `${table} ${family}`)).toEqual([
        'nested 4',
        'nested 6',
        'whole 4',
        'whole 6',
      ]);
      expect(
        whole.traces.map(({ table, family, trace, matched }) => [table, family, trace, matched]),
      ).toEqual([
        ['nested', 4, 'rand', 1],
        ['nested', 4, 'miss', 0],
        ['nested', 6, 'rand', 1],
        ['nested', 6, 'miss', 0],
        ['whole', 4, 'rand', 1],
        ['whole', 6, 'rand', 1],
        ['whole', 6, 'miss', 0],
      ]);
      expect(whole.absent).toMatchObject([{ table: 'whole', family: 4, trace: 'miss' }]);
      expect(whole.results).toHaveLength(2 * 3 + 4);
      expect(
        whole.means.map(({ family, kind, cells, of }) => [family, kind, cells, of].join(' ')).sort(),
      ).toEqual(['4 compare 3 3', '4 patricia 3 3', '6 patricia 4 4']);
    },
  );
});

describe('means', () => {
  it('are geometric, over all tables and traces of a family; who was not everywhere comes last', () => {
    const means = meansOf([
      result({ rounds: [1] }),
      result({ trace: 'unif', rounds: [100] }),
      { ...result({ rounds: [1000] }), table: 'other' },
      result({ kind: 'dxr', rounds: [5000] }),
      result({ family: 6, rounds: [7] }),
    ]);
    expect(means.map(({ family, kind, cells, of }) => [family, kind, cells, of])).toEqual([
      [4, 'poptrie', 3, 3],
      [4, 'dxr', 1, 3],
      [6, 'poptrie', 1, 1],
    ]);
    expect(means[0]!.mlps).toBeCloseTo(Math.cbrt(100_000), 9);
  });
});

/** The example once more, under another name and twice as fast. */
function matrix(): BenchReport {
  const one = report();
  const renamed = <T extends object>(all: readonly T[]): T[] =>
    all.map((each) => ({ ...each, table: 'other.txt' }));
  const results = [...one.results, ...renamed([result({ rounds: [200, 202, 204, 206, 208] })])];
  return report({
    settings: { ...one.settings, table: 'table.txt, other.txt' },
    tables: [...one.tables, ...renamed(one.tables)],
    traces: [...one.traces, ...renamed(one.traces.slice(0, 1))],
    results,
    refused: renamed(one.refused),
    means: meansOf(results),
  });
}

describe('reports of several tables', () => {
  const parts = {
    text: reportText(matrix()).split(/^(?=\S*, IPv4, )/m),
    markdown: reportMarkdown(matrix()).split(/^(?=## )/m),
    page: benchPage(matrix()).split(/(?=<section)/),
  };

  it.each(Object.entries(parts))('as %s have a part for each, with its own numbers', (_, found) => {
    const of = (name: string): string => found.find((part) => part.slice(0, 80).includes(`${name}, IPv4`))!;
    expect(of('table.txt')).toContain('102');
    expect(of('table.txt')).not.toContain('204');
    expect(of('other.txt')).toContain('204');
    expect(of('other.txt')).toContain('other.txt');
  });

  it.each(Object.entries(parts))(
    'as %s say of which table who was refused, and have the means',
    (_, found) => {
      const whole = found.join('');
      expect(whole).toContain('other.txt IPv4 rand, sail 2 B: answers 3');
      expect(whole).toContain('Geometric means');
      expect(whole).toMatch(/2 of 3/);
      expect(whole).not.toMatch(/NaN|undefined/);
    },
  );

  it('as CSV have the table in the first column', () => {
    const csv = tidyCsv(matrix());
    expect(csv).toContain('\nother.txt,4,rand,poptrie,2,256,mlps,3,204\n');
    expect(csv).toContain('\ntable.txt,4,rand,poptrie,2,256,mlps,3,102\n');
    expect(csv).toMatch(/\n,4,,dxr,2,256,geometric_mean_mlps,2,\d/);
  });

  it('are compared table by table', () => {
    const comparison = compareRuns(matrix(), matrix());
    expect(comparison.obstacles).toEqual([]);
    expect(comparison.results.map(({ table, ratio }) => `${table} ${ratio}`)).toEqual([
      ...Array.from({ length: 4 }, () => 'table.txt 1'),
      'other.txt 1',
    ]);
    expect(comparisonText(comparison)).toMatch(/^ {2}other\.txt IPv4 rand +poptrie/m);
    const { tables } = matrix();
    const changed = { ...matrix(), tables: [tables[0]!, { ...tables[1]!, digest: 'another' }] };
    expect(compareRuns(matrix(), changed).obstacles).toEqual([
      'the other.txt IPv4 tables differ: table4 and another',
    ]);
  });
});

describe('pxtr bench --sizes', () => {
  const quick = '--rounds 1 --milliseconds 1 --keys 256 --sample 0 --kinds patricia'.split(' ');

  it('measures rand and miss of made tables', { timeout: 60_000 }, async () => {
    const { code, out } = await pxtr('bench', '--sizes', '100,1k', '--family', '4', ...quick, '--json');
    expect(code).toBe(0);
    const { tables, results } = JSON.parse(out) as BenchReport;
    expect(tables.map(({ table }) => table)).toEqual(['made-100', 'made-1k']);
    expect(results.map(({ table, trace }) => `${table} ${trace}`)).toEqual([
      'made-100 rand',
      'made-100 miss',
      'made-1k rand',
      'made-1k miss',
    ]);
  });

  it('has no keys of files', async () => {
    const { code, err } = await pxtr('bench', '--sizes', '1k', '--traces', '.');
    expect({ code, err }).toEqual({
      code: 2,
      err: 'pxtr: --traces has keys of one table: not with --sizes\n',
    });
  });
});
