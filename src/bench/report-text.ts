/** What was measured, in columns. */
import type { Refusal } from './contender.ts';
import type { Environment } from './environment.ts';
import { absenceText, type BenchReport, type TableResult } from './results.ts';
import type { Instruments } from './instruments.ts';

export function environmentText(environment: Environment): string {
  const { cpu, cores, governor, kernel, node, v8, wasmSha256, revision, seed } = environment;
  return [
    `${cpu}, ${cores} cores, governor ${governor}, kernel ${kernel}`,
    `node ${node}, v8 ${v8}, engine ${wasmSha256.slice(0, 12)}, revision ${revision}, seed ${seed}`,
  ].join('\n');
}

/** All of a run but the plots: the fastest first in each trace. */
export function reportText(report: BenchReport): string {
  const { environment, tables, traces, results, refused, absent, instruments } = report;
  const parts = [environmentText(environment)];
  for (const { family, prefixes, distinctValues, digest } of tables) {
    const own = results.filter((each) => each.family === family);
    parts.push(
      `IPv${family}, ${prefixes} prefixes, ${distinctValues} values, table ${digest}`,
      ...traces
        .filter((trace) => trace.family === family)
        .map(({ trace, keys, matched }) =>
          [
            `${trace}: ${keys} keys, ${(100 * matched).toFixed(1)} % match`,
            ...resultLines(own.filter((each) => each.trace === trace)),
          ].join('\n'),
        ),
      ...instrumentText(instruments.filter((each) => each.family === family)),
    );
  }
  if (refused.length > 0) {
    parts.push(['refused, not timed:', ...refused.map((each) => `  ${refusalText(each)}`)].join('\n'));
  }
  if (absent.length > 0)
    parts.push(['left out:', ...absent.map((each) => `  ${absenceText(each)}`)].join('\n'));
  return parts.join('\n\n');
}

export function refusalText({ family, trace, kind, leafBytes, why }: Refusal): string {
  return `IPv${family} ${trace ?? 'all traces'}, ${kind} ${leafBytes} B: ${why}`;
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
        mlps.median.toFixed(1),
        `${mlps.min.toFixed(1)}-${mlps.max.toFixed(1)}`,
        nsAt(latency.percentiles, 50),
        nsAt(latency.percentiles, 99),
        bytesPerPrefix === null ? '?' : bytesPerPrefix.toFixed(1),
        buildMs.toFixed(0),
      ]),
  ]);
}

export function nsAt(percentiles: TableResult['latency']['percentiles'], percent: number): string {
  return percentiles.find((each) => each.percent === percent)!.ns.toFixed(1);
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
  const about = `what a lookup reads, of ${first!.sample}: reads, lines of 64 bytes, and hits in an LRU cache of that size`;
  return [[about, ...columns([header, ...rows])].join('\n')];
}

/** `32 KiB`, `8 MiB`. */
export function sizeText(bytes: number): string {
  if (bytes >= 2 ** 20) return `${trimmed(bytes / 2 ** 20)} MiB`;
  return bytes >= 2 ** 10 ? `${trimmed(bytes / 2 ** 10)} KiB` : `${bytes} B`;
}

function trimmed(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toFixed(1)));
}

/** First column to the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd(),
  );
}
