/** Files of prefixes, compressed or not, as tables. */
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TableCollector, type CollectedTable, type CollectOptions } from '../../tables/collect.ts';
import type { TableFault } from '../../tables/source-row.ts';
import { failureText } from '../failure-text.ts';
import { CliError, EXIT, type CliIo } from '../io.ts';
import { Progress } from '../progress.ts';

export interface OpenedTable extends CollectedTable {
  /** As they lie in the file. */
  readonly bytes: number;
}

const PIECE_BYTES = 1 << 20;

/** First bytes of what is compressed in ways that Node does not know, and what does. */
const COMPRESSED: readonly (readonly [name: string, magic: readonly number[], program: string])[] = [
  ['bzip2', [0x42, 0x5a, 0x68], 'bzcat'],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xzcat'],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd], 'zstdcat'],
];

/** `-` is standard input. @throws CliError when it cannot be read or is not right */
export async function openTable(path: string, options: CollectOptions, io: CliIo): Promise<OpenedTable> {
  const name = path === '-' ? 'standard input' : path;
  const progress = new Progress(io);
  const collector = new TableCollector(options);
  let bytes = 0;
  try {
    const total = path === '-' ? undefined : statSync(path).size;
    progress.begin(`reading ${name}`);
    const source = path === '-' ? (io.input ?? []) : createReadStream(path, { highWaterMark: PIECE_BYTES });
    const counted = (size: number): void => {
      bytes += size;
      progress.tell(`reading ${name}: ${collector.prefixes} prefixes`, bytes, total);
    };
    for await (const piece of unpacked(source, name, counted)) if (!collector.push(piece)) break;
  } catch (problem) {
    if (problem instanceof CliError) throw problem;
    const isBroken = (problem as NodeJS.ErrnoException).code?.startsWith('Z_') === true;
    throw new CliError(
      isBroken
        ? `${name} is no whole gzip file: ${failureText(problem)}`
        : `cannot read ${name}: ${failureText(problem)}`,
      isBroken ? EXIT.failed : EXIT.usage,
    );
  } finally {
    progress.end();
  }
  const table = collector.finish();
  if (!table.ok)
    throw new CliError(`${name} is not right\n${faultText(table.error)}`, EXIT.failed, table.error.hint);
  if (table.value.rows.length === 0)
    throw new CliError(`${name} has no prefixes`, EXIT.failed, skippedText(table.value));
  return { ...table.value, bytes };
}

/** The bytes, out of gzip when the first two say so. */
async function* unpacked(
  source: Readable | Iterable<never>,
  name: string,
  counted: (size: number) => void,
): AsyncGenerator<Uint8Array> {
  const pieces = rejoined(source);
  const first = await pieces.next();
  if (first.done === true) return;
  const head = first.value;
  for (const [kind, magic, program] of COMPRESSED) {
    if (magic.every((byte, i) => head[i] === byte)) {
      const from = name === 'standard input' ? 'FILE' : name;
      throw new CliError(
        `${name} is compressed with ${kind}`,
        EXIT.usage,
        `${program} ${from} | pxtr fib import -`,
      );
    }
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    counted(head.length);
    yield head;
    for await (const piece of pieces) {
      counted(piece.length);
      yield piece;
    }
    return;
  }
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  const write = async (piece: Uint8Array): Promise<void> => {
    counted(piece.length);
    if (!gunzip.write(piece)) await once(gunzip, 'drain');
  };
  const feed = async (): Promise<void> => {
    await write(head);
    for await (const piece of pieces) await write(piece);
    gunzip.end();
  };
  // What is wrong with the bytes ends the loop below; what is wrong with the source is made to.
  feed().catch((problem: unknown) => gunzip.destroy(problem as Error));
  for await (const piece of gunzip) yield piece as Uint8Array;
}

/** Pieces as bytes, the first one of at least two where there are two. */
async function* rejoined(source: Readable | Iterable<never>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of source) {
    const piece = Buffer.from(chunk as Uint8Array | string);
    if (head === undefined) yield piece;
    else {
      head = Buffer.concat([head, piece]);
      if (head.length < 6) continue;
      yield head;
      head = undefined;
    }
  }
  if (head !== undefined && head.length > 0) yield head;
}

/** `line 3: ...` with the line and a caret, as mistakes of configurations are told. */
export function faultText({ message, line, column, text }: TableFault): string {
  if (line === undefined) return message;
  const place = column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
  if (text === undefined || column === undefined) return `${place}: ${message}`;
  const caret = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return `${place}: ${message}\n  ${text}\n  ${caret}^`;
}

/** `skipped 3 named again, 1 BGP4MP subtype 4`; undefined when nothing was. */
export function skippedText({ skipped }: Pick<CollectedTable, 'skipped'>): string | undefined {
  if (skipped.size === 0) return undefined;
  return `skipped ${[...skipped].map(([reason, times]) => `${times} ${reason}`).join(', ')}`;
}
