/**
 * Packets written as hexadecimal text: one packet a line, or dumps with offsets as xxd, hexdump -C, tcpdump -x and -X
 * and Wireshark write them. Text beside a dump (headings, `tcpdump` summaries) is skipped.
 */
import { err, ok, type Result } from '../base/result.ts';

/** Why a text holds no packets; line and column count from 1. */
export interface HexTextError {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** `0000`, `0x0010:`, `00000000:` and what follows; an offset is followed by a colon or by two spaces. */
const DUMP_LINE = /^\s*(?:0x)?([0-9a-f]{3,8})(?::\s*|\s{2,})(\S.*)?$/i;
const GROUP = /^(?:[0-9a-f]{2}){1,8}$/i;
/** Most bytes that the named tools put into one line. */
const LINE_BYTES = 32;

/** The packets of a text, in order; none for a text without a digit. */
export function parseHexText(text: string): Result<Uint8Array[], HexTextError> {
  const lines = text.split(/\r?\n/);
  return lines.some((line) => dumpOffset(line) === 0) ? ok(readDumps(lines)) : readLines(lines);
}

function dumpOffset(line: string): number | undefined {
  const match = DUMP_LINE.exec(line);
  if (match === null) return undefined;
  const isFollowed = match[2] === undefined || /^[0-9a-f]{2}/i.test(match[2]);
  return isFollowed ? parseInt(match[1]!, 16) : undefined;
}

/** An offset of 0 begins a packet; a line that does not continue the one before ends it. */
function readDumps(lines: readonly string[]): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let current: number[] | undefined;
  const finish = (): void => {
    if (current !== undefined && current.length > 0) packets.push(Uint8Array.from(current));
    current = undefined;
  };
  for (const line of lines) {
    const offset = dumpOffset(line);
    if (offset === undefined || (offset !== 0 && offset !== current?.length)) {
      finish();
      continue;
    }
    if (offset === 0) {
      finish();
      current = [];
    }
    current?.push(...lineBytes(DUMP_LINE.exec(line)![2] ?? ''));
  }
  finish();
  return packets;
}

/** The bytes of a line without its offset and without the characters beside them. */
function lineBytes(text: string): number[] {
  const isWide = /^(?:[0-9a-f]{4})+(?:\s|$)/i.test(text);
  // Groups of two bytes are one space apart and characters two; single bytes have a gap of two in their middle.
  const [hex = ''] = text.split(isWide ? /\s{2,}|\|/ : /\s{3,}|\|/);
  const bytes: number[] = [];
  for (const group of hex.split(/\s+/)) {
    if (!GROUP.test(group) || bytes.length + group.length / 2 > (isWide ? LINE_BYTES : LINE_BYTES / 2)) break;
    for (let i = 0; i < group.length; i += 2) bytes.push(parseInt(group.slice(i, i + 2), 16));
  }
  return bytes;
}

/** Spaces, colons, commas, `0x` and `\x` between digits mean nothing; a `#` begins a comment. */
function readLines(lines: readonly string[]): Result<Uint8Array[], HexTextError> {
  const packets: Uint8Array[] = [];
  for (const [i, line] of lines.entries()) {
    const content = line.replace(/#.*$/, '');
    const digits: string[] = [];
    for (const piece of content.matchAll(/[^\s:,;_"'{}[\]-]+/g)) {
      const hex = piece[0].replaceAll(/0x|\\x/gi, '');
      const bad = hex.search(/[^0-9a-f]/i);
      if (bad >= 0) {
        return err({ message: `"${piece[0]}" is not hexadecimal`, line: i + 1, column: piece.index + 1 });
      }
      // `0x4, 0x5`: a single digit by itself is a byte.
      digits.push(hex.length === 1 && /^(?:0x|\\x)/i.test(piece[0]) ? `0${hex}` : hex);
    }
    const all = digits.join('');
    if (all.length % 2 !== 0) {
      return err({ message: `${all.length} hexadecimal digits: a byte has two`, line: i + 1, column: 1 });
    }
    if (all !== '') {
      packets.push(
        Uint8Array.from({ length: all.length / 2 }, (_, at) => parseInt(all.slice(2 * at, 2 * at + 2), 16)),
      );
    }
  }
  return ok(packets);
}

/** Bytes as lines of `0000  45 00 …  E.` with 16 bytes each; `paint` styles a byte's two digits or its character. */
export function hexDump(
  bytes: Uint8Array,
  paint: (text: string, offset: number) => string = (text) => text,
): string[] {
  const lines: string[] = [];
  const WIDTH = 16;
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = [...bytes.subarray(at, at + WIDTH)];
    const cells = Array.from({ length: WIDTH }, (_, i) => {
      const byte = row[i];
      return byte === undefined ? '  ' : paint(byte.toString(16).padStart(2, '0'), at + i);
    });
    const characters = row.map((byte, i) =>
      paint(byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.', at + i),
    );
    const left = cells.slice(0, WIDTH / 2).join(' ');
    const right = cells.slice(WIDTH / 2).join(' ');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${left}  ${right}  ${characters.join('')}`.trimEnd());
  }
  return lines;
}
