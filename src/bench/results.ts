/** What a run leaves behind: docs/bench-schema.json is the same in JSON Schema. */
import type { Family } from '../base/ip.ts';
import type { LeafBytes } from '../engine/lpm.ts';
import type { ArenaUse } from '../engine/arena-use.ts';
import type { CaptureFacts } from './capture-keys.ts';
import type { Refusal } from './contender.ts';
import type { Environment } from './environment.ts';
import type { Instruments } from './instruments.ts';
import type { Latency } from './latency.ts';
import type { Publishing } from './publish-times.ts';
import type { Spread } from './statistics.ts';

/** One structure over one trace in batches of one size. */
export interface TableResult {
  readonly table: string;
  readonly family: Family;
  readonly trace: string;
  readonly kind: string;
  readonly leafBytes: LeafBytes;
  readonly batch: number;
  /** Million lookups a second of CPU time. */
  readonly mlps: Spread;
  /** Of what lookups walk; null where nobody can tell. */
  readonly bytesPerPrefix: number | null;
  /** Of all that the table takes, the writer's part included. */
  readonly totalBytesPerPrefix: number | null;
  readonly buildMs: number;
  /** Of all answers. */
  readonly digest: string;
  readonly latency: Latency;
}

export interface TableFacts {
  /** Its name in all of the report. */
  readonly table: string;
  readonly family: Family;
  readonly prefixes: number;
  readonly distinctValues: number;
  /** Prefixes by length. */
  readonly lengths: Readonly<Record<string, number>>;
  readonly digest: string;
}

export interface TraceFacts {
  readonly table: string;
  readonly family: Family;
  readonly trace: string;
  readonly keys: number;
  /** Share of keys that some prefix covers, of those that the oracle was asked for. */
  readonly matched: number;
  readonly digest: string;
  /** Of which packets, where they are of a capture. */
  readonly capture?: CaptureFacts;
}

/** What was asked for, and had nothing to measure. */
export interface Absence {
  readonly table: string;
  readonly family: Family;
  /** Absent: all of the family. */
  readonly trace?: string;
  readonly why: string;
}

export function absenceText({ family, trace, why }: Omit<Absence, 'table'>): string {
  return trace === undefined ? why : `IPv${family} ${trace}: ${why}`;
}

/** What has become of the bytes that one structure of the engine was given. */
export interface MemoryUse {
  readonly table: string;
  readonly family: Family;
  readonly kind: string;
  readonly leafBytes: LeafBytes;
  /** After the build. */
  readonly built: ArenaUse;
  /** After updates with nobody who reads, where there were any. */
  readonly updated?: ArenaUse;
}

interface UpdatedForm {
  readonly table: string;
  readonly family: Family;
  readonly kind: string;
  readonly leafBytes: LeafBytes;
}

/** Times of changes that were published one at a time; those of a structure that is made anew are those of its build. */
export type UpdateResult = UpdatedForm &
  (
    | {
        readonly way: 'in place';
        /** Nobody reads. */
        readonly alone: Publishing;
        /** One thread reads. */
        readonly beside: Publishing;
      }
    | { readonly way: 'rebuild'; readonly buildMs: number }
  );

/** Of one structure over all tables and traces of a family, in batches of one size. */
export interface MatrixMean {
  readonly family: Family;
  readonly kind: string;
  readonly leafBytes: LeafBytes;
  readonly batch: number;
  /** Geometric mean of the medians. */
  readonly mlps: number;
  /** Tables and traces that it has results of, and that there are. */
  readonly cells: number;
  readonly of: number;
}

export interface BenchSettings {
  /** Names of all tables, with commas between. */
  readonly table: string;
  readonly seed: number;
  readonly rounds: number;
  /** CPU time of a contender in a round. */
  readonly milliseconds: number;
  readonly batches: readonly number[];
  /** Keys whose lookups are traced; 0: none. */
  readonly sample: number;
  /** Prefixes that were withdrawn and announced again in each structure; absent: none. */
  readonly updates?: number;
}

export interface BenchReport {
  readonly format: 'pxtr-bench';
  readonly version: 1;
  readonly environment: Environment;
  readonly settings: BenchSettings;
  readonly tables: readonly TableFacts[];
  readonly traces: readonly TraceFacts[];
  readonly results: readonly TableResult[];
  readonly refused: readonly Refusal[];
  readonly absent: readonly Absence[];
  readonly instruments: readonly Instruments[];
  /** Empty without `settings.updates`. */
  readonly updates: readonly UpdateResult[];
  readonly memory: readonly MemoryUse[];
  /** Empty for a single table. */
  readonly means: readonly MatrixMean[];
}
