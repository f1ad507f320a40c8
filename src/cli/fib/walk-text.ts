/** What a lookup read, step by step. */
import { LINE_BYTES } from '../../bench/instruments.ts';
import type { ResearchTable, Walk } from '../../engine/research-table.ts';
import { plural, table as tableLines } from '../render/table.ts';

/** A lookup of one kind, for `--json`. */
export interface WalkReport {
  readonly kind: string;
  readonly leafBytes: number;
  /** Distinct lines of 64 bytes. */
  readonly lines: number;
  readonly reads: readonly {
    readonly part: string;
    readonly at: number;
    readonly bytes: number;
    /** Hexadecimal, as it lies in memory. */
    readonly content: string;
  }[];
}

/** Longer than this the content of a read is cut, for people. */
const SHOWN_BYTES = 16;
/** Of a list that is read from end to end, the first of it will do. */
const SHOWN_READS = 48;

export function walkReport(table: ResearchTable, { touches }: Walk): WalkReport {
  const { kind, leafBytes } = table;
  const { bytes: memory } = table.engine.memory;
  const lines = new Set(touches.flatMap(({ at, bytes }) => linesOf(at, bytes)));
  return {
    kind,
    leafBytes,
    lines: lines.size,
    reads: touches.map(({ part, at, bytes }) => ({
      part,
      at,
      bytes,
      content: Array.from(memory.subarray(at, at + bytes), (byte) => byte.toString(16).padStart(2, '0')).join(
        '',
      ),
    })),
  };
}

function linesOf(at: number, bytes: number): number[] {
  const first = Math.floor(at / LINE_BYTES);
  const last = Math.floor((at + bytes - 1) / LINE_BYTES);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

export function walkLines(table: ResearchTable, walk: Walk): string[] {
  const { kind, lines, reads } = walkReport(table, walk);
  const seen = new Set<number>();
  const rows = reads.map(({ part, at, bytes, content }, i) => {
    const fresh = linesOf(at, bytes).filter((line) => !seen.has(line));
    for (const line of fresh) seen.add(line);
    const shown = content.length > 2 * SHOWN_BYTES ? `${content.slice(0, 2 * SHOWN_BYTES)}...` : content;
    return [
      String(i + 1).padStart(3),
      part,
      `0x${at.toString(16).padStart(8, '0')}`,
      `${bytes} B`,
      fresh.length === 0 ? 'same line' : plural(fresh.length, 'new line'),
      shown,
    ];
  });
  const rest = rows.length - SHOWN_READS;
  return [
    `  ${kind}: ${plural(reads.length, 'read')} in ${plural(lines, 'line')} of ${LINE_BYTES} bytes`,
    ...tableLines(rows.slice(0, SHOWN_READS), { indent: '  ' }),
    ...(rest > 0 ? [`       and ${rest} more`] : []),
  ];
}
