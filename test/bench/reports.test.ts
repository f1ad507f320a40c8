// What is made of a run: text, Markdown, CSV, and JSON as its schema says.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runBench } from '../../src/bench/measure.ts';
import { reportMarkdown } from '../../src/bench/report-markdown.ts';
import { reportText } from '../../src/bench/report-text.ts';
import { tidyCsv } from '../../src/bench/tidy-csv.ts';
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

  it('as CSV tells latency and build once, whatever the number of batch sizes', () => {
    const once = tidyCsv(report({ results: [result()] }));
    const twice = tidyCsv(report({ results: [result(), result({ batch: 1 })] }));
    const count = (csv: string, measure: string): number => csv.split(`,${measure},`).length - 1;
    expect(count(twice, 'mlps')).toBe(2 * count(once, 'mlps'));
    for (const measure of ['latency_ns', 'build_ms', 'bytes_per_prefix'])
      expect(count(twice, measure)).toBe(count(once, measure));
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
