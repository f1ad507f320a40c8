/** Two runs over the same table and keys: what became faster or slower, and whether that can be told. */
import type { BenchReport, TableResult } from './results.ts';
import { significant } from './number-text.ts';
import { rankTest } from './rank-test.ts';
import { geometricMean, type Spread } from './statistics.ts';
import { columns } from './report-text.ts';
import { hasSeveralTables } from './sections.ts';

/** Below this probability of chance two results differ. */
export const DIFFERS_BELOW = 0.01;

export interface ComparedResult {
  /** Where a run has several. */
  readonly table?: string;
  readonly family: number;
  readonly trace: string;
  readonly kind: string;
  readonly leafBytes: number;
  readonly batch: number;
  /** Million lookups a second. */
  readonly before: number;
  readonly after: number;
  /** After over before, by the medians: above 1 is faster. */
  readonly ratio: number;
  /** The worst round of one over the best of the other. */
  readonly least: number;
  readonly most: number;
  readonly pValue: number;
  readonly verdict: 'faster' | 'slower' | 'cannot tell';
}

export interface Comparison {
  readonly results: readonly ComparedResult[];
  /** Geometric mean of the ratios; absent when nothing is in both runs. */
  readonly geometricMean?: number;
  /** In one of the runs only. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  /** Why the runs must not be compared: other tables, other keys, other answers. */
  readonly obstacles: readonly string[];
  /** What makes a comparison weak. */
  readonly warnings: readonly string[];
}

export function compareRuns(before: BenchReport, after: BenchReport): Comparison {
  const name = namerOf(before, after);
  const others = new Map(after.results.map((each) => [nameOf(each, name), each]));
  const pairs = before.results.flatMap((one) => {
    const other = others.get(nameOf(one, name));
    return other === undefined ? [] : [[one, other] as const];
  });
  const both = new Set(pairs.map(([one]) => nameOf(one, name)));
  const results = pairs.map(([one, other]) => compared(one, other, name));
  const missing = ({ results: own }: BenchReport): string[] =>
    own.map((each) => nameOf(each, name)).filter((each) => !both.has(each));
  return {
    results,
    ...(results.length === 0 ? {} : { geometricMean: geometricMean(results.map(({ ratio }) => ratio)) }),
    onlyBefore: missing(before),
    onlyAfter: missing(after),
    obstacles: obstaclesOf(before, after, pairs, name),
    warnings: warningsOf(before, after, pairs),
  };
}

/** Which table something is of, for names; '' where it goes without saying. */
type Namer = (item: { readonly table: string }) => string;

/**
 * The same list under two names is the same table: digests tell. So names only count where a run has several tables; runs of
 * earlier versions never have.
 */
function namerOf(...runs: readonly BenchReport[]): Namer {
  return runs.some(hasSeveralTables) ? ({ table }) => `${table} ` : () => '';
}

function nameOf(result: TableResult, name: Namer): string {
  const { family, trace, kind, leafBytes, batch } = result;
  return `${name(result)}IPv${family} ${trace} ${kind} ${leafBytes} B, batches of ${batch}`;
}

function compared(before: TableResult, after: TableResult, name: Namer): ComparedResult {
  const { family, trace, kind, leafBytes, batch } = before;
  const [one, other] = [before.mlps, after.mlps];
  const ratio = other.median / one.median;
  const pValue = rankTest(one.rounds, other.rounds);
  const isTold = pValue < DIFFERS_BELOW && ratio !== 1;
  return {
    ...(name(before) === '' ? {} : { table: before.table }),
    family,
    trace,
    kind,
    leafBytes,
    batch,
    before: one.median,
    after: other.median,
    ratio,
    least: other.min / one.max,
    most: other.max / one.min,
    pValue,
    verdict: !isTold ? 'cannot tell' : ratio > 1 ? 'faster' : 'slower',
  };
}

type Pair = readonly [TableResult, TableResult];

function obstaclesOf(before: BenchReport, after: BenchReport, pairs: readonly Pair[], name: Namer): string[] {
  const tables = before.tables.flatMap((one) => {
    const { family, digest } = one;
    const other = after.tables.find((each) => each.family === family && name(each) === name(one));
    return other === undefined || other.digest === digest
      ? []
      : [`the ${name(one)}IPv${family} tables differ: ${digest} and ${other.digest}`];
  });
  const keys = before.traces.flatMap((one) => {
    const { family, trace, digest } = one;
    const other = after.traces.find(
      (each) => each.family === family && each.trace === trace && name(each) === name(one),
    );
    return other === undefined || other.digest === digest
      ? []
      : [`the keys of ${name(one)}IPv${family} ${trace} differ: ${digest} and ${other.digest}`];
  });
  // With another table or other keys, answers differ of course.
  const answers =
    tables.length + keys.length > 0
      ? []
      : pairs
          .filter(([one, other]) => one.digest !== other.digest)
          .map(([one]) => `${nameOf(one, name)} has other answers`);
  return [...tables, ...keys, ...answers];
}

function warningsOf(before: BenchReport, after: BenchReport, pairs: readonly Pair[]): string[] {
  const [one, other] = [before.environment, after.environment];
  const machines = (['cpu', 'cores', 'governor', 'kernel', 'node'] as const)
    .filter((what) => one[what] !== other[what])
    .map((what) => `${what} differs: ${one[what]} and ${other[what]}`);
  const isHopeless = ([a, b]: Pair): boolean => leastPValue(a.mlps, b.mlps) >= DIFFERS_BELOW;
  const few = pairs.some(isHopeless)
    ? [`so few rounds cannot tell anything at p < ${DIFFERS_BELOW}: give both runs five or more`]
    : [];
  return [...machines, ...few];
}

/** When no round of one is between those of the other. */
function leastPValue(a: Spread, b: Spread): number {
  return rankTest(
    Array.from({ length: a.n }, (_, i) => i),
    Array.from({ length: b.n }, (_, i) => a.n + i),
  );
}

export function comparisonText({ results, geometricMean: mean, warnings, ...rest }: Comparison): string {
  const rows = results.map(
    ({
      table,
      family,
      trace,
      kind,
      leafBytes,
      batch,
      before,
      after,
      ratio,
      least,
      most,
      pValue,
      verdict,
    }) => [
      `${table === undefined ? '' : `${table} `}IPv${family} ${trace}`,
      kind,
      `${leafBytes} B`,
      String(batch),
      significant(before),
      significant(after),
      ratio.toFixed(3),
      `${least.toFixed(2)}-${most.toFixed(2)}`,
      pValue < 0.001 ? '<0.001' : pValue.toFixed(3),
      verdict === 'cannot tell' ? verdict : `differs: ${verdict}`,
    ],
  );
  const head = ['', 'kind', 'leaf', 'batch', 'before', 'after', 'ratio', 'range', 'p', 'verdict'];
  const told = results.filter(({ verdict }) => verdict !== 'cannot tell').length;
  return [
    ...columns([head, ...rows]),
    '',
    ...(mean === undefined
      ? ['nothing is in both runs']
      : [
          `geometric mean of the ratios ${mean.toFixed(3)}; ${told} of ${results.length} differ`,
          `(Mann-Whitney, p < ${DIFFERS_BELOW}, of the rounds of two processes: where another one has its tables in memory,`,
          'and what else runs then, can make a difference too: repeat both. Only rates are compared)',
        ]),
    ...rest.onlyBefore.map((name) => `only before: ${name}`),
    ...rest.onlyAfter.map((name) => `only after: ${name}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}
