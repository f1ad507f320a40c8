/** Tables to measure: of a file, or made here with the lengths of the Internet's. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { SeededRandom } from '../base/random.ts';
import { TableCollector, type TableRow } from '../tables/collect.ts';

/** Distinct values of prefixes that come without one. */
const NEXT_HOPS = 1000;

/** The prefixes of a list, an MRT dump or pfx2as, each once; what has no value gets one that the seed makes. */
export function readTable(file: string, seed: number): TableRow[] {
  const collector = new TableCollector();
  const bytes = readFileSync(file);
  collector.push(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
  const table = collector.finish();
  if (!table.ok) {
    const { line, message } = table.error;
    throw new Error(`${file}${line === undefined ? '' : `, line ${line}`}: ${message}`);
  }
  return withValues(table.value.rows, seed);
}

/** What has no value gets one that the seed makes. */
export function withValues(rows: readonly TableRow[], seed: number): TableRow[] {
  const random = new SeededRandom(seed, 'table values');
  return rows.map(({ prefix, value }) => ({
    prefix,
    value: value === 0 ? 1 + (random.u32() % NEXT_HOPS) : value,
  }));
}
