import { assert } from '../base/assert.ts';
import type { Family, IpAddress } from '../base/ip.ts';
import {
  BATCH_MAX,
  SCRATCH_KEYS_OFFSET,
  SCRATCH_RESULTS_OFFSET,
  SECTION_SCRATCH,
  SECTION_WORK,
  TABLE_CACHE,
  TABLE_POLICY,
  TABLE_ROUTES,
  WORK_BYTES,
  WORK_KEYS_OFFSET,
  WORK_RESULT_OFFSET,
} from '../../assembly/layout.ts';
import { badOption } from './errors.ts';
import type { EngineMemory } from './memory.ts';
import type { EngineExports } from './wasm.ts';

/** A table of an instance, for `lookupBatch`. */
export type EngineTable = 'routes' | 'cache' | 'policy';

const TABLES: Readonly<Record<EngineTable, number>> = {
  routes: TABLE_ROUTES,
  cache: TABLE_CACHE,
  policy: TABLE_POLICY,
};

/** Lookups of one worker in what is published, through memory that is its own: room for 256 keys and their values. */
export class Lookups {
  readonly #words: Uint32Array;
  readonly #exports: EngineExports;
  readonly #worker: number;
  readonly #keysAt: number;
  readonly #valuesAt: number;
  /** Room for the keys and the values of a batch of the largest size, 4 words a key. */
  readonly keys: Uint32Array;
  readonly values: Uint32Array;

  private constructor(
    { words }: EngineMemory,
    exports: EngineExports,
    worker: number,
    keysAt: number,
    valuesAt: number,
  ) {
    this.#words = words;
    this.#exports = exports;
    this.#worker = worker;
    this.#keysAt = keysAt;
    this.#valuesAt = valuesAt;
    this.keys = words.subarray(keysAt / 4, keysAt / 4 + 4 * BATCH_MAX);
    this.values = words.subarray(valuesAt / 4, valuesAt / 4 + BATCH_MAX);
  }

  /** Of the thread that owns the memory, worker 0. */
  static ofOwner(memory: EngineMemory, exports: EngineExports): Lookups {
    const at = memory.offset(SECTION_SCRATCH);
    return new Lookups(memory, exports, 0, at + SCRATCH_KEYS_OFFSET, at + SCRATCH_RESULTS_OFFSET);
  }

  /** Of a thread beside it. */
  static ofWorker(memory: EngineMemory, exports: EngineExports, worker: number): Lookups {
    const at = memory.offset(SECTION_WORK) + worker * WORK_BYTES;
    return new Lookups(memory, exports, worker, at + WORK_KEYS_OFFSET, at + WORK_RESULT_OFFSET);
  }

  /** The value of the longest prefix that covers `address`; 0 for none. */
  one(table: EngineTable, instanceId: number, address: IpAddress): number {
    if (address.family === 4)
      return this.#exports.lookupOne4(this.#worker, instanceId, TABLES[table], this.#keysAt, address.w0);
    if (address.family !== 6) throw badOption('address', 'use ip()');
    const words = this.#words;
    const at = this.#keysAt / 4;
    words[at] = address.w0;
    words[at + 1] = address.w1;
    words[at + 2] = address.w2;
    words[at + 3] = address.w3;
    this.#lookUp(table, instanceId, 6, 1);
    return words[this.#valuesAt / 4]!;
  }

  /** The same of many. `keys`: 1 (IPv4) or 4 (IPv6) words each, most significant first; `out`: room for a value for each. */
  batch(table: EngineTable, instanceId: number, family: Family, keys: Uint32Array, out: Uint32Array): void {
    checkFamily(family);
    // Those of another realm are no instances of ours, but say so.
    if (keys[Symbol.toStringTag] !== 'Uint32Array' || out[Symbol.toStringTag] !== 'Uint32Array')
      throw badOption('lookupBatch', 'use Uint32Array');
    const words = this.#words;
    const valuesAt = this.#valuesAt / 4;
    const width = family === 4 ? 1 : 4;
    const count = keys.length / width;
    assert(Number.isInteger(count), 'an IPv6 key has four words');
    assert(out.length >= count, 'there is room for each value');
    for (let first = 0; first < count; first += BATCH_MAX) {
      const n = Math.min(BATCH_MAX, count - first);
      // A view takes as long to make as twenty lookups: none for a batch that is whole.
      words.set(n === count ? keys : keys.subarray(first * width, (first + n) * width), this.#keysAt / 4);
      this.#lookUp(table, instanceId, family, n);
      out.set(n === BATCH_MAX ? this.values : words.subarray(valuesAt, valuesAt + n), first);
    }
  }

  /** The same of the first `count` keys in `keys`, into `values`. */
  inPlace(table: EngineTable, instanceId: number, family: Family, count: number): void {
    checkFamily(family);
    if (!(Number.isInteger(count) && count >= 0 && count <= BATCH_MAX))
      throw badOption('lookupInPlace', `0 .. ${BATCH_MAX} keys at once, not ${count}`);
    this.#lookUp(table, instanceId, family, count);
  }

  #lookUp(table: EngineTable, instanceId: number, family: Family, count: number): void {
    this.#exports.lookup(
      this.#worker,
      instanceId,
      family,
      TABLES[table],
      this.#keysAt,
      this.#valuesAt,
      count,
    );
  }
}

function checkFamily(family: Family): void {
  const isKnown: boolean = family === 4 || family === 6;
  if (!isKnown) throw badOption('family', `4 or 6, not ${family}`);
}
