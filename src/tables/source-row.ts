/** What a file of prefixes says, before its values are numbers: the shape that all formats come to. */
import type { IpPrefix } from '../base/ip.ts';

/** One prefix of a file. Absent is what the file does not say of it. */
export interface SourceRow {
  readonly prefix: IpPrefix;
  /** An address, as text. */
  readonly nextHop?: string;
  /** `64500`, or as the format has several: `{64500,64501}`, `64500_64501`. */
  readonly originAs?: string;
  /** 1 .. 2^31-1 */
  readonly value?: number;
}

/** Why a file was refused, and where: line and column from 1, or a byte offset in words. */
export interface TableFault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  /** What stands there. */
  readonly text?: string;
  /** What to try instead. */
  readonly hint?: string;
}

/** Takes a row, or says what is wrong with it beside those before; the reader knows where it stands. */
export type TakeRow = (row: SourceRow) => TableFault | undefined;

/** Reads a file of one format, whose bytes come in pieces. After a fault nothing more is to be given to it. */
export interface TableReader {
  /** `mrt`, `pfx2as`, `list` or `json`; undefined as long as nothing has said which. */
  readonly format: string | undefined;
  /** Records or lines with a prefix so far. */
  readonly records: number;
  /** What was left out, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  push(chunk: Uint8Array, take: TakeRow): TableFault | undefined;
  /** Behind the last bytes. */
  finish(take: TakeRow): TableFault | undefined;
}

/** Largest value of a prefix, as every kind of table can hold it. */
export const LARGEST_TABLE_VALUE = 0x7fff_ffff;

export function count(into: Map<string, number>, reason: string, by = 1): void {
  into.set(reason, (into.get(reason) ?? 0) + by);
}
