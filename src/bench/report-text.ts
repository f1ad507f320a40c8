/** What was measured, in columns. */
import type { Refusal } from './contender.ts';
import type { Environment } from './environment.ts';
import {
  absenceText,
  type BenchReport,
  type MatrixMean,
  type TableFacts,
  type TableResult,
  type TraceFacts,
  type UpdateResult,
} from './results.ts';
import type { Instruments } from './instruments.ts';
import { MADE_TABLE } from './made-table.ts';
import { MEMORY_HEAD, MEMORY_TEXT, memoryRows } from './memory-text.ts';
import { counted, grouped, significant, sizeText } from './number-text.ts';
import { hasSeveralTables, sectionsOf, type Section } from './sections.ts';
import type { Spread } from './statistics.ts';
import { rebuiltText, UPDATE_HEAD, updateRows, updatesText } from './update-text.ts';

export function environmentText(environment: Environment): string {
  const { cpu, cores, governor, kernel, node, v8, wasmSha256, revision, seed } = environment;
  return [
    `${cpu}, ${cores} cores, governor ${governor}, kernel ${kernel}`,
    `node ${node}, v8 ${v8}, engine ${wasmSha256.slice(0, 12)}, revision ${revision}, seed ${seed}`,
  ].join('\n');
}

/** All of a run but the plots: the fastest first in each trace. */
export function reportText(report: BenchReport): string {
  const { environment, settings } = report;
  const parts = [environmentText(environment), `table: ${tableName(settings.table)}, seed ${settings.seed}`];
  for (const section of sectionsOf(report)) {
    const { facts, traces, results, instruments, updates, memory } = section;
    parts.push(
      `${sectionTitle(section)}, ${tableText(facts)}`,
      ...traces.map((trace) =>
        [
          `${trace.trace}: ${traceText(trace)}`,
          ...resultLines(results.filter((each) => each.trace === trace.trace)),
        ].join('\n'),
      ),
      ...instrumentText(instruments),
      ...updateText(report, updates),
      ...(memory.length === 0
        ? []
        : [[MEMORY_TEXT, ...columns([['', 'leaf', ...MEMORY_HEAD], ...memoryRows(memory)])].join('\n')]),
    );
  }
  if (report.means.length > 0)
    parts.push([MEANS_TEXT, ...columns([['', ...MEAN_HEAD], ...meanRows(report.means)])].join('\n'));
  for (const [title, lines] of [
    ['refused, not timed', refusedLines(report)],
    ['left out', absentLines(report)],
  ] as const)
    if (lines.length > 0) parts.push([`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n'));
  parts.push(COLUMNS_TEXT);
  return parts.join('\n\n');
}

/** What columns mean that do not say it themselves. */
export const COLUMNS_TEXT =
  'leaf: bytes of a value in the structure. Mlps: million lookups a second of CPU time, the median of the rounds.';

export function tableName(table: string): string {
  return table === MADE_TABLE ? 'a made table' : table;
}

/** `3 prefixes, 2 values, digest 0123`. */
export function tableText({ prefixes, distinctValues, digest }: TableFacts): string {
  return `${counted(prefixes, 'prefix', 'prefixes')}, ${counted(distinctValues, 'value')}, digest ${digest}`;
}

/** What the keys of a trace are. */
export function traceText({ family, keys, matched, capture }: TraceFacts): string {
  const about = `${counted(keys, 'key')}, ${(100 * matched).toFixed(1)} % match`;
  if (capture === undefined) return about;
  const { packets, used, insideLisp, destinations } = capture;
  return (
    `${about}; of ${counted(packets, 'packet')} ${grouped(used)} for IPv${family}, ` +
    `${grouped(insideLisp)} of them inside LISP, ${counted(destinations, 'distinct destination')}`
  );
}

/** Who was refused, a line each; of several tables, also of which. */
export function refusedLines(report: BenchReport): string[] {
  return report.refused.map((each) => `${ofTable(report, each.table)}${refusalText(each)}`);
}

/** What was left out, likewise. */
export function absentLines(report: BenchReport): string[] {
  return report.absent.map((each) => `${ofTable(report, each.table)}${absenceText(each)}`);
}

function ofTable(report: BenchReport, table: string): string {
  return hasSeveralTables(report) ? `${table} ` : '';
}

/** `IPv4`, or `made-1k, IPv4`. */
export function sectionTitle({ name, facts }: Section): string {
  return name === undefined ? `IPv${facts.family}` : `${name}, IPv${facts.family}`;
}

export const MEANS_TEXT =
  'Geometric means of the medians over all tables and traces, million lookups a second';

export const MEAN_HEAD: readonly string[] = ['leaf', 'batch', 'family', 'Mlps', 'cells'];

/** Kind, and what MEAN_HEAD says. */
export function meanRows(means: readonly MatrixMean[]): string[][] {
  return means.map(({ family, kind, leafBytes, batch, mlps, cells, of }) => [
    kind,
    `${leafBytes} B`,
    String(batch),
    `IPv${family}`,
    significant(mlps),
    cells === of ? String(of) : `${cells} of ${of}`,
  ]);
}

function refusalText({ family, trace, during, kind, leafBytes, why }: Refusal): string {
  return `IPv${family} ${trace ?? during ?? 'all traces'}, ${kind} ${leafBytes} B: ${why}`;
}

function resultLines(results: readonly TableResult[]): string[] {
  return columns([
    ['', 'leaf', 'batch', 'Mlps', 'min-max', 'p50 ns', 'p99 ns', 'B/prefix', 'build ms'],
    ...results
      .toSorted((a, b) => b.mlps.median - a.mlps.median)
      .map(({ kind, leafBytes, batch, mlps, latency, bytesPerPrefix, buildMs }) => [
        kind,
        `${leafBytes} B`,
        String(batch),
        significant(mlps.median),
        rangeText(mlps),
        nsAt(latency.percentiles, 50),
        nsAt(latency.percentiles, 99),
        bytesPerPrefix === null ? '?' : bytesPerPrefix.toFixed(1),
        buildMs.toFixed(0),
      ]),
  ]);
}

/** The least and the largest round. */
export function rangeText({ min, max }: Spread): string {
  return `${significant(min)}-${significant(max)}`;
}

export function nsAt(percentiles: TableResult['latency']['percentiles'], percent: number): string {
  return significant(percentiles.find((each) => each.percent === percent)!.ns);
}

function instrumentText(instruments: readonly Instruments[]): string[] {
  if (instruments.length === 0) return [];
  const [first] = instruments;
  const header = [
    '',
    'leaf',
    'trace',
    'reads',
    'lines',
    'p99',
    ...first!.caches.map(({ bytes }) => sizeText(bytes)),
  ];
  const rows = instruments.map(({ kind, leafBytes, trace, reads, lines, caches }) => [
    kind,
    `${leafBytes} B`,
    trace,
    reads.mean.toFixed(2),
    lines.mean.toFixed(2),
    String(lines.p99),
    ...caches.map(({ hitRate }) => `${(100 * hitRate).toFixed(1)} %`),
  ]);
  const about = `what a lookup reads, of ${grouped(first!.sample)}: reads, lines of 64 bytes, and hits in an LRU cache of that size`;
  return [[about, ...columns([header, ...rows])].join('\n')];
}

function updateText(report: BenchReport, updates: readonly UpdateResult[]): string[] {
  if (updates.length === 0) return [];
  const rows = updateRows(updates);
  const rebuilt = rebuiltText(updates);
  return [
    [
      updatesText(report),
      ...(rows.length === 0 ? [] : columns([['', 'leaf', ...UPDATE_HEAD], ...rows])),
      ...(rebuilt === undefined ? [] : [rebuilt]),
    ].join('\n'),
  ];
}

/** First column to the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd(),
  );
}
