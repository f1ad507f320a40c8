/** A stage of bench/ideas in AssemblyScript, as a contender: its keys lie in its memory, and its values are added up there. */
import type { TableContender } from '../../src/bench/contender.ts';

export interface Stage {
  readonly prepare: (...numbers: readonly number[]) => number;
  /** `n`: a multiple of 32, up to 256. */
  readonly lookup: (keys: number, out: number, n: number) => void;
  readonly pass: (keys: number, out: number, count: number, batch: number) => bigint;
}

export interface StageParts {
  readonly kind: string;
  readonly stage: Stage;
  readonly memory: WebAssembly.Memory;
  /** Where values of a batch go. */
  readonly out: number;
  /** Where there is room for so many bytes of keys. */
  readonly room: (bytes: number) => number;
  /** Called with new keys, once they are in memory. */
  readonly onKeys?: (keys: Uint32Array) => void;
  readonly readerBytes: number;
  readonly buildMs: number;
}

const BATCH = 256;

export class StageContender implements TableContender {
  readonly kind: string;
  readonly leafBytes = 2;
  readonly family = 4;
  readonly answers = 'values';
  readonly buildMs: number;
  readonly readerBytes: number;
  readonly liveBytes: number;
  readonly #parts: StageParts;
  #keys: Uint32Array = new Uint32Array(0);
  #keysAt = 0;

  constructor(parts: StageParts) {
    this.kind = parts.kind;
    this.buildMs = parts.buildMs;
    this.readerBytes = parts.readerBytes;
    this.liveBytes = parts.readerBytes;
    this.#parts = parts;
  }

  setKeys(keys: Uint32Array): void {
    if (keys === this.#keys) return;
    const { room, memory, onKeys } = this.#parts;
    this.#keysAt = room(keys.byteLength);
    this.#keys = keys;
    new Uint32Array(memory.buffer, this.#keysAt, keys.length).set(keys);
    onKeys?.(keys);
  }

  /** Sum of the values. */
  pass(count: number, batch: number, from: number): bigint {
    const { stage, out } = this.#parts;
    return BigInt.asUintN(64, stage.pass(this.#keysAt + 4 * from, out, count, batch));
  }

  /** Keys are a multiple of 32. */
  values(): Uint32Array {
    const { stage, memory, out } = this.#parts;
    const values = new Uint32Array(this.#keys.length);
    const some = new Uint32Array(memory.buffer, out, BATCH);
    for (let at = 0; at < values.length; at += BATCH) {
      const count = Math.min(BATCH, values.length - at);
      stage.lookup(this.#keysAt + 4 * at, out, count);
      values.set(some.subarray(0, count), at);
    }
    return values;
  }
}
