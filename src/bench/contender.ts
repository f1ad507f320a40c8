import type { Family } from '../base/ip.ts';
import type { ArenaUse } from '../engine/arena-use.ts';
import type { LeafBytes } from '../engine/lpm.ts';
import type { TableRow } from '../tables/collect.ts';

/** A table in one structure, which can be asked. */
export interface TableContender {
  readonly kind: string;
  readonly leafBytes: LeafBytes;
  readonly family: Family;
  /** `match`: only whether a prefix covers the address. */
  readonly answers: 'values' | 'match';
  readonly buildMs: number;
  /** Of what lookups walk; undefined where nobody can tell. */
  readonly readerBytes: number | undefined;
  /** Of all that the table takes, the writer's part included. */
  readonly liveBytes: number | undefined;
  /** What has become of its memory, as built; absent where nobody can tell. */
  readonly arena?: ArenaUse;

  /** Keys for what follows: one word each (IPv4) or four. */
  setKeys(keys: Uint32Array): void;

  /** Looks up `count` keys from number `from` on, in batches; something that depends on all values. */
  pass(count: number, batch: number, from: number): number | bigint;

  /** The answer to each key, in order; 1 for a match where it has no values. */
  values(): Uint32Array;
}

/** Why one does not take part: its table, or an answer that is wrong. */
export interface Refusal {
  readonly table: string;
  readonly family: Family;
  /** Absent: in no trace. */
  readonly trace?: string;
  /** It was measured over the traces, and then answered wrongly while its table changed. */
  readonly during?: 'updates';
  readonly kind: string;
  readonly leafBytes: LeafBytes;
  readonly why: string;
}

/** What cannot manage a table is told; what answers wrongly is a fault. */
export function isFault({ trace, during }: Refusal): boolean {
  return trace !== undefined || during !== undefined;
}

/** A run in which somebody answered wrongly, or nobody could be measured. */
export function hasFailed(report: {
  readonly refused: readonly Refusal[];
  readonly results: readonly unknown[];
}): boolean {
  return report.results.length === 0 || report.refused.some(isFault);
}

/** A contender cannot manage a table; the message says why. */
export class TooMuch extends Error {}

/** Makes a contender that is not the engine's. Throws where it cannot manage the table. */
export interface Peer {
  readonly kind: string;
  readonly families: readonly Family[];
  readonly open: (family: Family, rows: readonly TableRow[]) => TableContender;
}
