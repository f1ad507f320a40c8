/**
 * npm run bench -- lookup --table FILE [--traces DIR] [--kinds a,b] [--rounds N] [--keys N] [--json FILE]
 *
 * Lookups in a large table, all kinds in each round. A kind whose answers differ from the others' is refused, not timed.
 */
import type { Family } from '../src/base/ip.ts';
import {
  LPM_KINDS,
  RESEARCH_KINDS,
  leastLeafBytes,
  serves,
  type LeafBytes,
  type LpmKind,
} from '../src/engine/lpm.ts';
import { Digest } from '../src/tables/digest.ts';
import { middle } from './runner.ts';
import { makeKeys, readKeys, readTable, type TableRow, type TraceName } from './table-file.ts';
import { TableKernel } from './table-kernel.ts';

export interface TableOptions {
  readonly table: string;
  /** Folder of key files of bench/native/gen.c; without it, keys are made. */
  readonly traces?: string;
  readonly kinds?: readonly LpmKind[];
  readonly rounds: number;
  /** Of a trace; 0 = all there are, or a million where they are made. */
  readonly keys: number;
  readonly seed: number;
}

/** One kind over one trace. */
export interface TableResult {
  readonly family: Family;
  readonly trace: TraceName;
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
  readonly batch: number;
  /** Million lookups a second of CPU time. */
  readonly mlps: { readonly median: number; readonly min: number; readonly max: number; readonly n: number };
  /** Of what lookups walk. */
  readonly bytesPerPrefix: number;
  /** Of all that the table takes, the writer's part included. */
  readonly totalBytesPerPrefix: number;
  readonly buildMs: number;
  readonly digest: string;
}

const BATCH = 256;
const MADE_KEYS = 1 << 20;
const TRACES: readonly TraceName[] = ['rand', 'zipf', 'unif'];
/** Lists that are searched from end to end: only for tables of at most so many prefixes. */
const LISTS: readonly LpmKind[] = ['linear', 'compare'];
const LIST_LIMIT = 4096;

export function measureTable(options: TableOptions, progress: (text: string) => void): TableResult[] {
  progress('reading the table');
  const rows = readTable(options.table, options.seed);
  const results: TableResult[] = [];
  for (const family of [4, 6] as const) {
    const own = rows.filter(({ prefix }) => prefix.address.family === family);
    if (own.length > 0) results.push(...measureFamily(family, own, options, progress));
  }
  if (results.length === 0) throw new Error(`${options.table} has no prefixes`);
  return results;
}

function measureFamily(
  family: Family,
  rows: readonly TableRow[],
  options: TableOptions,
  progress: (text: string) => void,
): TableResult[] {
  const traces = TRACES.flatMap((trace) => {
    const keys = keysOf(family, rows, trace, options);
    return keys === undefined ? [] : [{ trace, keys }];
  });
  const most = Math.max(...traces.map(({ keys }) => keys.length / (family === 4 ? 1 : 4)));
  const kernels = formsOf(family, rows, options.kinds).map((form) => {
    progress(`IPv${family}: building ${form.kind}, ${form.leafBytes}-byte leaves`);
    return new TableKernel(form, family, rows, most);
  });
  return traces.flatMap(({ trace, keys }) =>
    measureTrace(kernels, rows.length, trace, keys, options, progress),
  );
}

function keysOf(
  family: Family,
  rows: readonly TableRow[],
  trace: TraceName,
  { traces, keys: count, seed }: TableOptions,
): Uint32Array | undefined {
  const width = family === 4 ? 1 : 4;
  const wanted = count === 0 ? MADE_KEYS : count;
  const keys =
    traces === undefined ? makeKeys(rows, family, trace, wanted, seed) : readKeys(traces, family, trace);
  if (keys === undefined) return undefined;
  const some =
    traces === undefined || count === 0 ? keys.length / width : Math.min(count, keys.length / width);
  const whole = Math.floor(some / BATCH) * BATCH;
  if (whole === 0) throw new Error(`a trace needs at least ${BATCH} keys`);
  return keys.subarray(0, whole * width);
}

/** Each kind that serves the family and the size, with each size of leaves that holds the values. */
function formsOf(
  family: Family,
  rows: readonly TableRow[],
  kinds: readonly LpmKind[] | undefined,
): { kind: LpmKind; leafBytes: LeafBytes }[] {
  const largest = rows.reduce((most, { value }) => Math.max(most, value), 0);
  const known: readonly LpmKind[] = [...LPM_KINDS, ...RESEARCH_KINDS];
  const all = kinds ?? known.filter((kind) => rows.length <= LIST_LIMIT || !LISTS.includes(kind));
  return all
    .filter((kind) => serves(kind, family))
    .flatMap((kind) => {
      const widths: LeafBytes[] = leastLeafBytes(kind) === 4 ? [4] : largest <= 0x7fff ? [2, 4] : [4];
      return widths.map((leafBytes) => ({ kind, leafBytes }));
    });
}

function measureTrace(
  kernels: readonly TableKernel[],
  prefixes: number,
  trace: TraceName,
  keys: Uint32Array,
  { rounds }: TableOptions,
  progress: (text: string) => void,
): TableResult[] {
  const digests = kernels.map((kernel) => {
    progress(`IPv${kernel.family} ${trace}: gate, ${kernel.kind}`);
    kernel.setKeys(keys);
    const digest = new Digest();
    kernel.digest(digest, keys, BATCH);
    return digest.toString();
  });
  for (const [i, digest] of digests.entries()) {
    if (digest !== digests[0]) {
      throw new Error(`${kernels[i]!.kind} answers ${digest} on ${trace}, ${kernels[0]!.kind} ${digests[0]}`);
    }
  }
  const mlps = kernels.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (let n = 0; n < kernels.length; n++) {
      // Another one goes first each time; round 0 warms up.
      const i = (n + round) % kernels.length;
      progress(`IPv${kernels[i]!.family} ${trace}: round ${round} of ${rounds}, ${kernels[i]!.kind}`);
      const rate = timed(kernels[i]!, keys);
      if (round > 0) mlps[i]!.push(rate);
    }
  }
  return kernels.map((kernel, i) => ({
    family: kernel.family,
    trace,
    kind: kernel.kind,
    leafBytes: kernel.leafBytes,
    batch: BATCH,
    mlps: spread(mlps[i]!),
    bytesPerPrefix: kernel.readerBytes / prefixes,
    totalBytesPerPrefix: kernel.liveBytes / prefixes,
    buildMs: kernel.buildMs,
    digest: digests[i]!,
  }));
}

/** Million lookups a second of CPU time, of passes for at least 50 ms. */
function timed(kernel: TableKernel, keys: Uint32Array): number {
  const count = keys.length / (kernel.family === 4 ? 1 : 4);
  const start = process.cpuUsage();
  let passes = 0;
  for (;;) {
    kernel.pass(count, BATCH);
    passes++;
    const { user, system } = process.cpuUsage(start);
    if (user + system > 50_000) return (passes * count) / (user + system);
  }
}

function spread(values: readonly number[]): TableResult['mlps'] {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: middle(values), min: sorted[0]!, max: sorted.at(-1)!, n: sorted.length };
}

/** A line a result, in columns. */
export function tableText(results: readonly TableResult[]): string {
  const lines = results.map(({ family, trace, kind, leafBytes, mlps, bytesPerPrefix, buildMs }) => {
    const name = `IPv${family} ${trace.padEnd(5)} ${kind.padEnd(10)} ${leafBytes} B`;
    const range = `${mlps.min.toFixed(1)}-${mlps.max.toFixed(1)}`;
    return `${name} ${mlps.median.toFixed(1).padStart(8)} ${range.padStart(14)} ${bytesPerPrefix.toFixed(1).padStart(9)} ${buildMs.toFixed(0).padStart(9)}`;
  });
  return ['trace      kind       leaf     Mlps        min-max  B/prefix  build ms', ...lines].join('\n');
}
