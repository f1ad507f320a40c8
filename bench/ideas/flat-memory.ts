/** A structure in a memory of its own, and the stage that looks up in it. The .as files know these places. */
import type { Expanded } from './expand.ts';
import { stageModule } from '../compile-as.ts';
import { StageContender, type Stage } from './stage.ts';

const OUT = 0x10000;
export const DIRECTORY = 0x40000;
/** Blocks or nodes: behind the directory of up to 2^20 numbers of two bytes. */
export const BODY = 0x300000;
/** Room for all blocks that can be: a value of two bytes for each /24. */
const BODY_BYTES = 1 << 25;
/** What is behind them. */
export const TAIL = BODY + BODY_BYTES;
const PAGE = 65_536;

/** The structure of one table, before it has memory. */
export interface Layout {
  readonly directory: Uint16Array;
  /** Pieces of the body, by where they are in it. */
  readonly body: readonly (readonly [at: number, bytes: Uint8Array])[];
  /** Behind the body. */
  readonly tail: Uint8Array;
  /** Bytes of all that lookups walk. */
  readonly bytes: number;
}

export interface FlatOptions {
  /** What the contender is called. */
  readonly kind: string;
  /** bench/ideas/<file>.as */
  readonly file: string;
  /** Behind the names of its `lookup` and `pass`. */
  readonly suffix?: string;
  /** For its `prepare`. */
  readonly numbers: readonly number[];
  readonly buildMs: number;
}

export function flatContender(
  { directory, body, tail, bytes }: Layout,
  { kind, file, suffix = '', numbers, buildMs }: FlatOptions,
): StageContender {
  const keysAt = Math.ceil((TAIL + tail.length) / PAGE) * PAGE;
  const memory = new WebAssembly.Memory({ initial: keysAt / PAGE });
  const all = new Uint8Array(memory.buffer);
  all.set(new Uint8Array(directory.buffer), DIRECTORY);
  for (const [at, piece] of body) all.set(piece, BODY + at);
  all.set(tail, TAIL);
  const module = stageModule(`ideas/${file}`, ['ideas/batch']);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const named = {
    prepare: exports['prepare'],
    lookup: exports[`lookup${suffix}`],
    pass: exports[`pass${suffix}`],
  };
  const stage = named as unknown as Stage;
  stage.prepare(...numbers);
  const room = (length: number): number => {
    const missing = keysAt + length - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return keysAt;
  };
  return new StageContender({ kind, stage, memory, out: OUT, room, readerBytes: bytes, buildMs });
}

export function bytesOf(words: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** Groups as the tail has them. */
export function groupBytes({ groups }: Expanded): Uint8Array {
  return bytesOf(groups);
}
