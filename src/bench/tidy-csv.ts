/** A report as one long table: a row for each number, as R and pandas like it. */
import type { BenchReport } from './results.ts';

const HEADER = ['table', 'family', 'trace', 'kind', 'leaf_bytes', 'batch', 'measure', 'at', 'value'];

type Cell = string | number;

/**
 * `at`: the round of `mlps`, the percentile of `latency_ns`, the part, the number of reads, the level, the matched length and
 * the level, the size of a cache, the percentile of times of updates, after
 * what memory was looked at, the number of tables and traces of a geometric mean.
 */
export function tidyCsv({ tables, results, instruments, updates, memory, means }: BenchReport): string {
  const rows: Cell[][] = [HEADER];
  for (const { table, family, prefixes, lengths } of tables) {
    rows.push([table, family, '', '', '', '', 'prefixes', '', prefixes]);
    for (const [bits, count] of Object.entries(lengths))
      rows.push([table, family, '', '', '', '', 'prefixes_of_length', bits, count]);
  }
  const told = new Set<string>();
  for (const result of results) {
    const { table, family, trace, kind, leafBytes, batch, mlps, latency } = result;
    const name = [table, family, trace, kind, leafBytes];
    for (const [i, value] of mlps.rounds.entries()) rows.push([...name, batch, 'mlps', i + 1, value]);
    for (const { percent, ns } of latency.percentiles) rows.push([...name, batch, 'latency_ns', percent, ns]);
    // The rest is not of a trace or a batch size: once for each structure.
    const form = [table, family, '', kind, leafBytes];
    if (!told.has(form.join())) {
      rows.push([...form, '', 'build_ms', '', result.buildMs]);
      if (result.bytesPerPrefix !== null)
        rows.push([...form, '', 'bytes_per_prefix', '', result.bytesPerPrefix]);
      if (result.totalBytesPerPrefix !== null)
        rows.push([...form, '', 'total_bytes_per_prefix', '', result.totalBytesPerPrefix]);
    }
    told.add(form.join());
  }
  for (const each of instruments) {
    const { table, family, trace, kind, leafBytes, reads, parts, levels, lengthsByLevel, caches } = each;
    const name = [table, family, trace, kind, leafBytes, ''];
    for (const { reads: at, lookups } of reads.histogram)
      rows.push([...name, 'lookups_of_reads', at, lookups]);
    for (const { part, bytes, reads: made, lines } of parts) {
      if (bytes !== null) rows.push([...name, 'part_bytes', part, bytes]);
      rows.push([...name, 'part_reads', part, made]);
      rows.push([...name, 'part_lines', part, lines]);
    }
    for (const { level, reads: made, lines, lookups } of levels) {
      rows.push([...name, 'level_reads', level, made]);
      rows.push([...name, 'level_lines', level, lines]);
      rows.push([...name, 'lookups_to_level', level, lookups]);
    }
    for (const { bits, level, lookups } of lengthsByLevel)
      rows.push([
        ...name,
        'lookups_of_length_to_level',
        `${bits === null ? 'none' : `/${bits}`} ${level}`,
        lookups,
      ]);
    for (const { bytes, hitRate } of caches) rows.push([...name, 'cache_hit_rate', bytes, hitRate]);
  }
  for (const each of updates) {
    // What builds anew has `build_ms` above.
    if (each.way === 'rebuild') continue;
    const name = [each.table, each.family, '', each.kind, each.leafBytes, ''];
    for (const [publishing, readers] of [
      [each.alone, ''],
      [each.beside, '_beside'],
    ] as const) {
      for (const what of ['withdraw', 'announce'] as const) {
        rows.push([...name, `${what}${readers}_us`, 50, publishing[what].p50Us]);
        rows.push([...name, `${what}${readers}_us`, 99, publishing[what].p99Us]);
      }
    }
    rows.push([...name, 'lookups_beside', '', each.beside.lookupsBeside ?? 0]);
  }
  for (const { table, family, kind, leafBytes, ...uses } of memory) {
    for (const [after, use] of [
      ['build', uses.built],
      ['updates', uses.updated],
    ] as const)
      for (const [what, bytes] of Object.entries<number>({ ...use }))
        rows.push([
          table,
          family,
          '',
          kind,
          leafBytes,
          '',
          `arena_${what.replace('largestFree', 'largest_free')}_bytes`,
          after,
          bytes,
        ]);
  }
  for (const { family, kind, leafBytes, batch, mlps, cells } of means)
    rows.push(['', family, '', kind, leafBytes, batch, 'geometric_mean_mlps', cells, mlps]);
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** RFC 4180. */
function cell(value: Cell): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
