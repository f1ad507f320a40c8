/** What a lookup read, step by step. */
import { formatPrefix } from '../../base/ip-text.ts';
import type { IpAddress, IpPrefix } from '../../base/ip.ts';
import { LINE_BYTES } from '../../bench/instruments.ts';
import type { ResearchTable, Walk } from '../../engine/research-table.ts';
import { plural, tableRows } from '../render/table.ts';
import { meaningsOf } from './reads/meanings.ts';
import { placeText, valueText } from './reads/read.ts';

/** A lookup of one kind, for `--json`. */
export interface WalkReport {
  readonly kind: string;
  readonly leafBytes: number;
  /** Distinct lines of 64 bytes. */
  readonly lines: number;
  readonly reads: readonly ReadReport[];
}

export interface ReadReport {
  readonly part: string;
  readonly at: number;
  readonly bytes: number;
  /** Lines of 64 bytes that no read before has touched. */
  readonly newLines: number;
  /** Hexadecimal, as it lies in memory. */
  readonly content: string;
  /** In words. That of the last read ends with the value and its prefix. */
  readonly meaning: string;
}

/** A lookup and what it has found. */
export interface ToldWalk {
  readonly table: ResearchTable;
  readonly walk: Walk;
  readonly address: IpAddress;
  /** The longest prefix that covers it. */
  readonly match: IpPrefix | undefined;
}

/** Of a list that is read from end to end, the first of it and the last will do. */
const SHOWN_READS = 48;
/** A space at which no line is broken. */
const GLUE = '\u00a0';

export function walkReport({ table, walk, address, match }: ToldWalk): WalkReport {
  const { kind, leafBytes } = table;
  const { bytes: memory, view } = table.engine.memory;
  const { touches, value } = walk;
  const meanings = meaningsOf(kind, {
    address,
    value,
    reads: touches.map(({ part, at, bytes }) => ({
      part,
      at,
      content: new DataView(view.buffer, view.byteOffset + at, bytes),
    })),
  });
  const seen = new Set<number>();
  const reads = touches.map(({ part, at, bytes }, i): ReadReport => {
    const fresh = linesOf(at, bytes).filter((line) => !seen.has(line));
    for (const line of fresh) seen.add(line);
    const isLast = i === touches.length - 1;
    return {
      part,
      at,
      bytes,
      newLines: fresh.length,
      content: Buffer.from(memory.subarray(at, at + bytes)).toString('hex'),
      meaning: isLast ? withMatch(meanings[i]!, match) : meanings[i]!,
    };
  });
  return { kind, leafBytes, lines: seen.size, reads };
}

function withMatch(meaning: string, match: IpPrefix | undefined): string {
  return match === undefined ? meaning : `${meaning} = ${formatPrefix(match)}`;
}

function linesOf(at: number, bytes: number): number[] {
  const first = Math.floor(at / LINE_BYTES);
  const last = Math.floor((at + bytes - 1) / LINE_BYTES);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

export function walkLines(told: ToldWalk): string[] {
  const { kind, leafBytes, lines, reads } = walkReport(told);
  const rows = reads.map(({ part, at, bytes, newLines, meaning }, i) => [
    String(i + 1).padStart(3),
    part,
    placeText(at),
    `${bytes} B`,
    newLines === 0 ? 'same line' : newLines === 1 ? 'new line' : `${newLines} new lines`,
    meaning.replace(/value \d+ = \S+$/, (answer) => answer.replaceAll(' ', GLUE)),
  ]);
  const heading = `${kind}, values of ${leafBytes} bytes: ${plural(reads.length, 'read')} in ${plural(lines, 'line')} of ${LINE_BYTES} bytes`;
  if (rows.length === 0) return [`  ${heading}`, `       ${nothingRead(told)}`];
  const left = rows.length - SHOWN_READS;
  const shown = left > 0 ? [...rows.slice(0, SHOWN_READS - 1), ...rows.slice(-1)] : rows;
  const texts = tableRows(shown, { indent: '  ' });
  if (left > 0) texts.splice(-1, 0, [`       ${left} more like these`]);
  return [`  ${heading}`, ...texts.flat().map((line) => line.replaceAll(GLUE, ' '))];
}

/** A table that is empty, or of a default route alone, which a kind has in its header. */
function nothingRead({ walk, match }: ToldWalk): string {
  return withMatch(`nothing to read: ${valueText(walk.value)}`, match);
}
