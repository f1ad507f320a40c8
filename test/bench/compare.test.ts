// Two runs beside each other: the test of ranks by known values, verdicts, refusals.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/bench/compare-runs.ts';
import { rankTest } from '../../src/bench/rank-test.ts';
import type { BenchReport } from '../../src/bench/results.ts';
import { expectGolden, pxtr } from '../cli/run.ts';
import { report, result } from './example-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'pxtr-compare-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const write = (name: string, run: unknown): string => {
  writeFileSync(join(folder, name), typeof run === 'string' ? run : JSON.stringify(run));
  return join(folder, name);
};

/** One is faster, one slower, one the same, one too mixed to tell. */
const AFTER = report({
  results: [
    result({ rounds: [120, 121, 122, 123, 124] }),
    result({ trace: 'unif', rounds: [100, 105, 110, 115, 120] }),
    result({ kind: 'dxr', rounds: [50, 51, 52, 53, 54] }),
    result({ kind: 'dxr', trace: 'unif', rounds: [80, 91.5, 92.5, 95, 99] }),
  ],
});

describe('the Mann-Whitney test', () => {
  it('has the exact probabilities of the tables', () => {
    // Apart: 2 of C(10, 5) = 252 and of C(6, 3) = 20 orders are as uneven.
    expect(rankTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
    expect(rankTest([4, 5, 6], [1, 2, 3])).toBeCloseTo(2 / 20, 12);
    // U = 1 of 3 and 3: 4 of 20.
    expect(rankTest([1, 2, 4], [3, 5, 6])).toBeCloseTo(4 / 20, 12);
    expect(rankTest([1, 4], [2, 3])).toBe(1);
  });

  it('takes equal values for equal, and does not care which sample is first', () => {
    expect(rankTest([1, 1, 1], [1, 1, 1])).toBe(1);
    expect(rankTest([1, 2, 2], [2, 3, 3])).toBeCloseTo(rankTest([2, 3, 3], [1, 2, 2]), 12);
    expect(rankTest([], [1])).toBe(1);
  });
});

describe('the Mann-Whitney test of many values', () => {
  it('is near the exact one, and ends', () => {
    const values = (count: number, by: number): number[] =>
      Array.from({ length: count }, (_, i) => ((i * 37) % 101) + by);
    const exact = rankTest(values(50, 0), values(50, 11));
    const near = rankTest(values(50, 0), values(51, 11));
    expect(Math.abs(exact - near)).toBeLessThan(0.02);
    expect(exact).toBeGreaterThan(0.01);
    expect(exact).toBeLessThan(0.5);
    expect(rankTest(values(200, 0), values(200, 60))).toBeLessThan(1e-6);
    expect(rankTest(Array(60).fill(1), Array(60).fill(1))).toBe(1);
  });
});

describe('two runs', () => {
  it('differ, or nobody can tell', () => {
    const { results, geometricMean } = compareRuns(report(), AFTER);
    expect(results.map(({ verdict }) => verdict)).toEqual(['faster', 'slower', 'cannot tell', 'cannot tell']);
    expect(results[0]).toMatchObject({ ratio: 122 / 102, least: 120 / 104, most: 124 / 100 });
    const product = (122 / 102) * (110 / 220) * 1 * (92.5 / 92);
    expect(geometricMean).toBeCloseTo(product ** (1 / 4), 12);
  });

  it('of one file are equal in everything', () => {
    const { results, geometricMean, obstacles, warnings } = compareRuns(report(), report());
    expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['cannot tell']));
    expect({ geometricMean, obstacles, warnings }).toEqual({ geometricMean: 1, obstacles: [], warnings: [] });
  });

  it('of too few rounds are warned of, and so are other machines', () => {
    const few = report({ results: [result({ rounds: [1, 2, 3, 4] })] });
    const other = { ...few, environment: { ...few.environment, node: '22.0.0' } };
    expect(compareRuns(few, other).warnings).toEqual([
      'node differs: 20.19.0 and 22.0.0',
      'so few rounds cannot tell anything at p < 0.01: give both runs five or more',
    ]);
  });

  it('tell what is in one of them only', () => {
    const less = report({ results: report().results.slice(1) });
    expect(compareRuns(report(), less).onlyBefore).toEqual(['IPv4 rand poptrie 2 B, batches of 256']);
    expect(compareRuns(less, report()).onlyAfter).toEqual(['IPv4 rand poptrie 2 B, batches of 256']);
    expect(compareRuns(report({ results: [] }), report()).geometricMean).toBeUndefined();
  });

  it.each<[string, Partial<BenchReport>, string]>([
    [
      'tables',
      { tables: [{ ...report().tables[0]!, digest: 'other' }] },
      'the IPv4 tables differ: table4 and other',
    ],
    [
      'keys',
      { traces: report().traces.map((each) => ({ ...each, digest: 'x' })) },
      'the keys of IPv4 rand differ',
    ],
    ['answers', { results: [{ ...result(), digest: 'x' }] }, 'poptrie 2 B, batches of 256 has other answers'],
  ])('of other %s are refused without --force', async (_, change, why) => {
    const [before, after] = [write('a.json', report()), write('b.json', report(change))];
    const refused = await pxtr('bench', 'compare', before, after);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(why);
    const forced = await pxtr('bench', 'compare', before, after, '--force');
    expect(forced.code).toBe(0);
    expect(forced.err).toContain(why);
    expect(forced.out).toContain('geometric mean');
  });

  it('are a table of verdicts, or JSON', async () => {
    const files = [write('before.json', report()), write('after.json', AFTER)] as const;
    expectGolden('bench-compare', (await pxtr('bench', 'compare', ...files)).out);
    for (const words of [
      ['--json', ...files],
      [...files, '--json'],
    ]) {
      const { out } = await pxtr('bench', 'compare', ...words);
      expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(compareRuns(report(), AFTER))));
    }
  });

  it('must be runs', async () => {
    const good = write('good.json', report());
    const said = async (bad: string): Promise<string> => (await pxtr('bench', 'compare', good, bad)).err;
    expect(await said(join(folder, 'none'))).toContain('cannot read');
    expect(await said(write('no.json', '{'))).toContain('is no JSON');
    expect(await said(write('null.json', 'null'))).toContain('is no run of pxtr bench');
    expect(await said(write('v.json', { ...report(), version: 9 }))).toContain('is of version 9');
    expect(await said(write('cut.json', { ...report(), results: [{}] }))).toContain('not whole');
  });
});
