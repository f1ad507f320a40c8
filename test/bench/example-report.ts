// A report with round numbers, for what is made of reports.
import type { BenchReport, TableResult } from '../../src/bench/results.ts';
import { PERCENTS } from '../../src/bench/latency.ts';
import type { Publishing } from '../../src/bench/publish-times.ts';
import { spreadOf } from '../../src/bench/statistics.ts';

interface Given {
  readonly trace?: string;
  readonly kind?: string;
  readonly family?: 4 | 6;
  readonly batch?: number;
  readonly rounds?: readonly number[];
}

export function result({
  trace = 'rand',
  kind = 'poptrie',
  family = 4,
  batch = 256,
  rounds = [100, 101, 102, 103, 104],
}: Given = {}): TableResult {
  return {
    table: 'table.txt',
    family,
    trace,
    kind,
    leafBytes: 2,
    batch,
    mlps: spreadOf(rounds),
    bytesPerPrefix: 5.125,
    totalBytesPerPrefix: 60,
    buildMs: 12.5,
    digest: 'abcd0123 4711',
    latency: {
      batch,
      keys: 256,
      times: 4096,
      // Other sizes of batches have other numbers.
      percentiles: PERCENTS.map((percent, i) => ({ percent, ns: 5 + i * i + (256 - batch) / 10 })),
      clockNs: 0.25,
    },
  };
}

/** Of 500 prefixes, so many times as slow. */
function publishing(slow = 1): Publishing {
  return {
    changes: 1,
    withdraw: { p50Us: 1.25 * slow, p99Us: 4 * slow, n: 500 },
    announce: { p50Us: 1.5 * slow, p99Us: 6 * slow, n: 500 },
  };
}

export function report(changes: Partial<BenchReport> = {}): BenchReport {
  return {
    format: 'pxtr-bench',
    version: 1,
    environment: {
      cpu: 'An imagined processor',
      cores: 2,
      usableCores: 2,
      governor: 'performance',
      memoryMiB: 4096,
      kernel: '6.1',
      node: '20.19.0',
      v8: '11.3',
      wasmSha256: '0123456789abcdef',
      wasmBuilds: { engine: '0123456789abcdef', traced: 'fedcba9876543210' },
      revision: 'abc',
      seed: 1,
    },
    settings: {
      table: 'table.txt',
      seed: 1,
      rounds: 5,
      milliseconds: 20,
      batches: [256],
      sample: 1000,
      updates: 500,
    },
    tables: [
      {
        table: 'table.txt',
        family: 4,
        prefixes: 3,
        distinctValues: 2,
        lengths: { 8: 1, 16: 1, 25: 1 },
        digest: 'table4',
      },
    ],
    traces: [
      { table: 'table.txt', family: 4, trace: 'rand', keys: 1024, matched: 1, digest: 'keys rand' },
      {
        table: 'table.txt',
        family: 4,
        trace: 'unif',
        keys: 1024,
        matched: 0.5,
        digest: 'keys unif',
        capture: { packets: 3000, used: 2000, insideLisp: 1200, destinations: 1 },
      },
    ],
    results: [
      result(),
      result({ trace: 'unif', rounds: [200, 210, 220, 230, 240] }),
      result({ kind: 'dxr', rounds: [50, 51, 52, 53, 54] }),
      result({ kind: 'dxr', trace: 'unif', rounds: [90, 91, 92, 93, 94] }),
    ],
    refused: [
      {
        table: 'table.txt',
        family: 4,
        trace: 'rand',
        kind: 'sail',
        leafBytes: 2,
        why: 'answers 3 for 10.0.0.1, where 7 is right',
      },
    ],
    absent: [
      { table: 'table.txt', family: 4, trace: 'six.pcap', why: 'none of 7 packets has an IPv4 destination' },
    ],
    instruments: (['rand', 'unif'] as const).flatMap((trace) =>
      ['poptrie', 'dxr'].map((kind, i) => ({
        table: 'table.txt',
        family: 4 as const,
        trace,
        kind,
        leafBytes: 2 as const,
        sample: 1000,
        reads: {
          mean: 2.25 + i,
          histogram: [
            { reads: 2 + i, lookups: 750 },
            { reads: 3 + i, lookups: 250 },
          ],
        },
        lines: { mean: 2, median: 2, p99: 3 },
        parts: [
          { part: 'direct', bytes: 2 ** 20, reads: 1, lines: 1 },
          { part: 'node', bytes: 3000 * (i + 1), reads: 1.25 + i, lines: 1 },
        ],
        levels: [
          { level: 1, reads: 1, lines: 1, lookups: 250 },
          { level: 2, reads: 1.25 + i, lines: 1, lookups: 750 },
        ],
        lengthsByLevel: [
          { bits: null, level: 1, lookups: 250 },
          { bits: 16, level: 2, lookups: 700 },
          { bits: 25, level: 2, lookups: 50 },
        ],
        caches: [
          { bytes: 32 * 2 ** 10, hitRate: 0.25 },
          { bytes: 2 ** 20, hitRate: 0.75 },
          { bytes: 8 * 2 ** 20, hitRate: 1 },
        ],
      })),
    ),
    updates: [
      {
        table: 'table.txt',
        family: 4,
        kind: 'patricia',
        leafBytes: 4,
        way: 'in place',
        alone: publishing(),
        beside: { ...publishing(2), lookupsBeside: 5_000_000, torn: 0 },
      },
      { table: 'table.txt', family: 4, kind: 'poptrie', leafBytes: 2, way: 'rebuild', buildMs: 12.5 },
    ],
    memory: [
      {
        table: 'table.txt',
        family: 4,
        kind: 'patricia',
        leafBytes: 4,
        built: { live: 4096, retired: 0, free: 0, largestFree: 0, cut: 4096 },
        updated: { live: 4096, retired: 256, free: 1536, largestFree: 1040, cut: 5888 },
      },
    ],
    means: [],
    ...changes,
  };
}
