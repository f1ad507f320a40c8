// What is made of a run: text, Markdown, CSV, and JSON as its schema says.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runBench } from '../../src/bench/measure.ts';
import { counted, significant } from '../../src/bench/number-text.ts';
import { reportMarkdown } from '../../src/bench/report-markdown.ts';
import { reportText } from '../../src/bench/report-text.ts';
import { tidyCsv } from '../../src/bench/tidy-csv.ts';
import { benchPage } from '../../src/cli/render/bench-page.ts';
import { expectGolden } from '../cli/run.ts';
import { schemaErrors } from '../support/json-schema.ts';
import { report, result } from './example-report.ts';
import { NESTED } from './support.ts';

const SCHEMA = JSON.parse(readFileSync(new URL('../../docs/bench-schema.json', import.meta.url), 'utf8'));

describe('a report', () => {
  it('as text has the fastest first, and who was refused', () =>
    expectGolden('bench-text', `${reportText(report())}\n`));

  it('as Markdown has a column for each trace', () =>
    expectGolden('bench-markdown', reportMarkdown(report())));

  it('as CSV has a row for each number', () => {
    const csv = tidyCsv(report());
    expectGolden('bench-csv', csv);
    const width = csv.split('\n')[0]!.split(',').length;
    for (const line of csv.trimEnd().split('\n')) expect(line.split(',')).toHaveLength(width);
  });

  it('as CSV tells the build once, whatever the number of batch sizes, and latency for each', () => {
    const once = tidyCsv(report({ results: [result()] }));
    const twice = tidyCsv(report({ results: [result(), result({ batch: 1 })] }));
    const count = (csv: string, measure: string): number => csv.split(`,${measure},`).length - 1;
    expect(count(twice, 'mlps')).toBe(2 * count(once, 'mlps'));
    expect(count(twice, 'latency_ns')).toBe(2 * count(once, 'latency_ns'));
    for (const measure of ['build_ms', 'bytes_per_prefix'])
      expect(count(twice, measure)).toBe(count(once, measure));
    expect(twice).toContain('table.txt,4,rand,poptrie,2,256,latency_ns,50,21\n');
    expect(twice).toContain('4,rand,poptrie,2,1,latency_ns,50,46.5\n');
  });

  it('has the latency of a batch size in its rows, in text, in Markdown and on the page', () => {
    const both = report({ results: [result(), result({ batch: 1 })] });
    expect(reportText(both)).toMatch(/^ {2}poptrie +2 B +256 .* 21\.0 +69\.0 /m);
    expect(reportText(both)).toMatch(/^ {2}poptrie +2 B +1 .* 46\.5 +94\.5 /m);
    const markdown = reportMarkdown(both);
    expect(markdown).toMatch(/^\| `poptrie` \| 2 \| 256 \| rand \|.* 21\.0 \|/m);
    expect(markdown).toMatch(/^\| `poptrie` \| 2 \| 1 \| rand \|.* 46\.5 \|/m);
    const page = benchPage(both);
    expect(page).toMatch(/<td>256<\/td>(?:(?!<\/tr>).)*<td>21\.0<\/td>/s);
    expect(page).toMatch(/<td>1<\/td>(?:(?!<\/tr>).)*<td>46\.5<\/td>/s);
    for (const batch of [256, 1])
      expect(page).toContain(`aria-label="Latency over rand, batches of ${batch}"`);
  });
});

describe('numbers', () => {
  it('of slow lookups keep three digits that say something', () => {
    const slow = report({ results: [result({ rounds: [0.012345, 0.012346, 0.0125] })] });
    for (const text of [reportText(slow), reportMarkdown(slow), benchPage(slow)]) {
      expect(text).toContain('0.0123');
      expect(text).toContain('0.0123-0.0125');
    }
    expect([0.5, 12.345, 123.45, 0].map(significant)).toEqual(['0.500', '12.3', '123', '0.00']);
  });

  it('of things are grouped, and one is one', () => {
    const one = report({
      tables: [
        { table: 'table.txt', family: 4, prefixes: 1, distinctValues: 1, lengths: { 8: 1 }, digest: 'd' },
      ],
    });
    for (const text of [reportText(one), reportMarkdown(one), benchPage(one)]) {
      expect(text).toContain('1 prefix, 1 value, digest d');
      expect(text).toContain('1,024 keys, 50.0 % match; of 3,000 packets 2,000 for IPv4');
      expect(text).toContain('1,200 of them inside LISP, 1 distinct destination');
    }
    expect(counted(1_048_576, 'key')).toBe('1,048,576 keys');
  });
});

describe('docs/bench-schema.json', () => {
  it('describes what a run writes', { timeout: 60_000 }, () => {
    const run = runBench(
      {
        table: 'nested',
        rows: NESTED,
        traces: ['rand', 'scan'],
        kinds: ['linear', 'dir18-run', 'poptrie'],
        keys: 512,
        rounds: 1,
        milliseconds: 1,
        batches: [1, 256],
        sample: 50,
        seed: 1,
      },
      () => undefined,
    );
    expect(run.instruments.length).toBeGreaterThan(0);
    const { wasmBuilds, wasmSha256 } = run.environment;
    expect(Object.keys(wasmBuilds)).toEqual(['engine', 'engine.shared', 'research', 'traced', 'lookup-pass']);
    expect(wasmBuilds['engine']).toBe(wasmSha256);
    expect(new Set(Object.values(wasmBuilds)).size).toBe(5);
    expect(schemaErrors(SCHEMA, JSON.parse(JSON.stringify(run)))).toEqual([]);
    expect(schemaErrors(SCHEMA, JSON.parse(JSON.stringify(report())))).toEqual([]);
  });

  it('refuses what is not one', () => {
    const bad = {
      ...report(),
      version: 2,
      more: 1,
      results: [{ ...result(), leafBytes: 3, mlps: undefined }],
    };
    expect(schemaErrors(SCHEMA, JSON.parse(JSON.stringify(bad))).sort()).toEqual([
      '$.results[0].leafBytes: 3 is none of [2,4]',
      '$.results[0]: has no mlps',
      '$.version: 2, not 1',
      '$: has more',
    ]);
  });
});
