// The suites of npm run bench as a whole: what they write is as docs/bench-suite-schema.json says, and help knows them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OPTIONS } from '../../bench/arguments.ts';
import { buildSuite } from '../../bench/build.ts';
import { forwardCases } from '../../bench/forward.ts';
import { progressOn } from '../../bench/progress.ts';
import { PublishTimes } from '../../src/bench/publish-times.ts';
import { reportOf, type Report } from '../../bench/report.ts';
import { measureCase, type Case, type CaseResult, type Settings } from '../../bench/runner.ts';
import { SUITES } from '../../bench/suites.ts';
import { updateSuite } from '../../bench/update.ts';
import { OPTION_TEXTS, usageOf } from '../../bench/usage.ts';
import { readEnvironment } from '../../src/bench/environment.ts';
import { schemaErrors } from '../support/json-schema.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const SCHEMA = JSON.parse(read('docs/bench-suite-schema.json'));
const folder = mkdtempSync(join(tmpdir(), 'pxtr-suites-'));
afterAll(() => {
  updateSuite.close?.();
  rmSync(folder, { recursive: true });
});
const prefixes = join(folder, 'table.txt');
writeFileSync(
  prefixes,
  Array.from(
    { length: 256 },
    (_, i) => `10.${i}.0.0/16 ${i + 1}\n2001:db8:${i.toString(16)}::/48 ${i + 1}\n`,
  ).join(''),
);
const SETTINGS: Settings = { rounds: 2, seconds: 0.001, seed: 1, keys: 0, unsummed: false, prefixes };

function casesOf(cases: unknown): readonly Case[] {
  return cases as readonly Case[];
}

describe('docs/bench-suite-schema.json', () => {
  it('describes what suites write, publishes and all', { timeout: 120_000 }, async () => {
    const update = casesOf(updateSuite.cases(1, SETTINGS, () => undefined)).find(
      ({ name }) => name === 'IPv4, 64 at once, nobody reads',
    )!;
    const results: CaseResult[] = [];
    for (const [suite, work] of [
      ['forward', forwardCases(1, [], () => undefined)[0]!],
      ['build', casesOf(buildSuite.cases(1, SETTINGS, () => undefined))[0]!],
      ['update', update],
    ] as const)
      results.push(await measureCase(suite, work, SETTINGS, () => undefined));
    const report: Report = JSON.parse(JSON.stringify(reportOf(readEnvironment(1), SETTINGS, results)));
    expect(schemaErrors(SCHEMA, report)).toEqual([]);
    expect(report.settings.prefixes).toBe('table.txt');
    const { measured, notes } = report.results[2]!;
    for (const { name, rounds, publish } of measured) {
      expect(rounds).toHaveLength(2);
      for (const round of rounds)
        expect(round.publish).toMatchObject({
          changes: 64,
          withdraw: { n: round.calls / 2 },
          announce: { n: round.calls / 2 },
        });
      expect(publish!.withdraw.n).toBe(rounds.reduce((sum, { calls }) => sum + calls / 2, 0));
      expect(publish!.withdraw.p99Us).toBeGreaterThanOrEqual(publish!.withdraw.p50Us);
      expect(notes![name]).toContain('a publish that withdraws took');
    }
    for (const { measured: others } of report.results.slice(0, 2))
      for (const each of others) expect(each.publish).toBeUndefined();
    const refusing = { ...report.results[0]!, refused: [{ name: 'a', why: 'says 1, not 2' }] };
    expect(schemaErrors(SCHEMA, { ...report, results: [refusing] })).toEqual([]);
    for (const kinds of ['all', ['dxr']]) {
      const settings = { ...report.settings, kinds, peers: true };
      expect(schemaErrors(SCHEMA, { ...report, settings })).toEqual([]);
    }
    expect(
      schemaErrors(SCHEMA, { ...report, results: [{ ...report.results[0]!, unit: 1 }], more: 1 }),
    ).toEqual(['$.results[0].unit: integer, not string', '$: has more']);
    const times = new PublishTimes(1);
    for (const what of ['withdraw', 'announce'] as const) times.add(what, 1);
    const read = { ...measured[0]!, publish: times.told({ lookups: 5, torn: 0 }) };
    const withReader = { ...report, results: [{ ...report.results[2]!, measured: [read] }] };
    expect(schemaErrors(SCHEMA, withReader)).toEqual([]);
  });

  it('has the environment and the percentiles of docs/bench-schema.json', () => {
    const { $defs } = JSON.parse(read('docs/bench-schema.json'));
    for (const name of ['environment', 'percentiles']) expect(SCHEMA.$defs[name]).toEqual($defs[name]);
  });
});

describe('--help', () => {
  it('has all options and suites, those that run only when they are named in brackets', () => {
    expect(Object.keys(OPTION_TEXTS).sort()).toEqual(
      Object.keys(OPTIONS)
        .filter((name) => name !== 'help')
        .sort(),
    );
    const usage = usageOf([]);
    for (const name of Object.keys(OPTION_TEXTS)) expect(usage).toMatch(new RegExp(`^  --${name}\\b`, 'm'));
    for (const { name, isOptional } of SUITES)
      expect(usage).toMatch(new RegExp(`^  ${isOptional === true ? `\\[${name}\\]` : name} +\\S`, 'm'));
  });

  it('of a suite says what it is and has its options alone', () => {
    for (const { name } of SUITES) expect(usageOf([name])).toMatch(/\n\n[A-Z].*\.\n\n {2}--rounds/);
    expect(usageOf(['mapcache'])).toContain('--entries N');
    expect(usageOf(['forward'])).not.toContain('--entries');
    expect(usageOf(['update', 'calls'])).toMatch(/bench -- update .*bench -- calls /s);
  });

  it.each(['fuzz', 'stress'])('of test:%s runs nothing', { timeout: 60_000 }, (lane) => {
    const script = new URL('../../scripts/lane.mjs', import.meta.url).pathname;
    const out = execFileSync(process.execPath, [script, lane, '--help'], { encoding: 'utf8' });
    expect(out).toMatch(new RegExp(`^npm run test:${lane} -- \\[OPTION...\\]\n\n`));
    const options = [...read(`test/${lane}/lane.ts`).matchAll(/^ {6}'?([a-z-]+)'?: \{ type:/gm)].map(
      ([, name]) => name!,
    );
    expect(options.length).toBeGreaterThan(5);
    for (const option of options.filter((name) => name !== 'help')) expect(out).toContain(`\n  --${option} `);
  });
});

describe('progress', () => {
  it('of forward tells what is prepared, before anything is measured', { timeout: 60_000 }, () => {
    const told: string[] = [];
    forwardCases(1, [], (text) => told.push(text));
    expect(told[0]).toBe('forward: tables and packets');
    for (const what of ['encapsulate', 'decapsulate'])
      expect(told).toContain(`${what}: what a feature costs: preparing plain`);
  });

  /** What is written when these texts come a second apart. */
  function written(texts: readonly string[], isTTY: boolean): string {
    let out = '';
    let ms = 0;
    const show = progressOn({ isTTY, write: (text) => (out += text) }, () => ms);
    for (const text of texts) {
      show(text);
      ms += 1000;
    }
    return out;
  }
  const rounds = Array.from({ length: 21 }, (_, i) => `round ${i}`);

  it('is one line on a terminal, which an empty text clears', () => {
    expect(written(['a', 'b', ''], true)).toBe('\r\x1b[Ka\r\x1b[Kb\r\x1b[K');
  });

  it('is a line in ten seconds in a log, and none for an empty text', () => {
    expect(written(rounds, false)).toBe('bench: round 0\nbench: round 10\nbench: round 20\n');
    expect(written(['', 'a', ''], false)).toBe('bench: a\n');
  });
});
