/** A table in one kind with leaves of one size, and passes over keys that lie in the engine's memory. */
import type { Family } from '../src/base/ip.ts';
import type { Engine } from '../src/engine/engine.ts';
import { writeSpec } from '../src/engine/fib.ts';
import { isResearchKind, lpmCode, type LeafBytes, type LpmKind } from '../src/engine/lpm.ts';
import { createEngineSync } from '../src/engine/open-inline.ts';
import { researchModuleSync } from '../src/engine/open-research-node.ts';
import {
  BUFFER_BYTES,
  CONTROL_OFFSET,
  CONTROL_SNAPSHOT_OFFSET,
  SCRATCH_RESULTS_OFFSET,
  SECTION_BUFFERS,
  SECTION_SCRATCH,
  SNAPSHOT_HEADER_BYTES,
  SPEC_BYTES,
  TABLE_ROUTES,
  VRF_KINDS4_OFFSET,
  VRF_KINDS6_OFFSET,
  VRF_ROOTS4_OFFSET,
  VRF_ROOTS6_OFFSET,
} from '../assembly/layout.ts';
import { compileStage } from './compile-as.ts';
import type { Digest } from './digest.ts';
import type { TableRow } from './table-file.ts';

/** Enough for a million prefixes in any kind. */
const FIB_BYTES = 384 * 2 ** 20;
/** Specs that one call takes. */
const CHUNK = 65_536;
/** Roots below this stand for failure. */
const LEAST_ROOT = 16;

type Pass = (...args: readonly number[]) => bigint;

export class TableKernel {
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
  readonly family: Family;
  readonly buildMs: number;
  /** What lookups walk. */
  readerBytes = 0;
  /** All of the arena that is in use. */
  readonly liveBytes: number;
  readonly #engine: Engine;
  readonly #pass: Pass;
  #keys: Uint32Array | undefined;

  /** Throws when the table does not fit `fibBytes`, or its values the leaves. `keys`: the most that will be looked up. */
  constructor(
    form: { readonly kind: LpmKind; readonly leafBytes: LeafBytes },
    family: Family,
    rows: readonly TableRow[],
    keys: number,
    fibBytes = FIB_BYTES,
  ) {
    this.kind = form.kind;
    this.leafBytes = form.leafBytes;
    this.family = family;
    const bytes = Math.max(keys * (family === 4 ? 4 : 16), CHUNK * SPEC_BYTES);
    const rest = { entries: 1, buckets: 1, rewrites: 1, nextHops: 1, vrfs: 1 };
    this.#engine = createEngineSync({
      ...rest,
      buffers: Math.ceil(bytes / BUFFER_BYTES),
      fibBytes,
      ...(isResearchKind(form.kind) ? { wasm: researchModuleSync() } : {}),
    });
    this.#pass = compileStage('lookup', this.#engine)['pass'] as Pass;
    this.buildMs = this.#build(rows);
    this.liveBytes = this.#engine.stats().fibLiveBytes;
    if (this.readerBytes === 0) this.readerBytes = this.liveBytes;
  }

  /** Milliseconds in the engine. */
  #build(rows: readonly TableRow[]): number {
    const { exports, memory } = this.#engine;
    const { view } = memory;
    const code = lpmCode(this.kind, this.leafBytes);
    const specs = memory.offset(SECTION_BUFFERS);
    let root = 1;
    let ms = 0;
    exports.fibBegin();
    for (let first = 0; first < rows.length; first += CHUNK) {
      const some = rows.slice(first, first + CHUNK);
      for (const [i, row] of some.entries()) writeSpec(memory, specs + i * SPEC_BYTES, row);
      const start = performance.now();
      root = exports.lpmApply(code, this.family, root, specs, some.length) >>> 0;
      ms += performance.now() - start;
      if (root < LEAST_ROOT && rows.length > 0) throw new Error(`${this.kind}: the table does not fit`);
    }
    const start = performance.now();
    root = exports.lpmPrepare(code, this.family, root) >>> 0;
    if (root === 0) throw new Error(`${this.kind}: the table does not fit`);
    root = exports.lpmCommit(code, root) >>> 0;
    const snapshot = view.getUint32(CONTROL_OFFSET + CONTROL_SNAPSHOT_OFFSET, true);
    const vrf = snapshot + SNAPSHOT_HEADER_BYTES;
    const [roots, kinds] =
      this.family === 4 ? [VRF_ROOTS4_OFFSET, VRF_KINDS4_OFFSET] : [VRF_ROOTS6_OFFSET, VRF_KINDS6_OFFSET];
    view.setUint32(vrf + roots + 4 * TABLE_ROUTES, root, true);
    view.setUint8(vrf + kinds + TABLE_ROUTES, code);
    exports.publish(snapshot);
    this.readerBytes = exports.lpmReaderBytes(code, root) >>> 0;
    return ms + performance.now() - start;
  }

  /** Keys for the following passes. */
  setKeys(keys: Uint32Array): void {
    if (keys === this.#keys) return;
    this.#keys = keys;
    this.#engine.memory.words.set(keys, this.#engine.memory.offset(SECTION_BUFFERS) / 4);
  }

  /** Looks `count` keys up, whole batches of them. The sum of the values, 0 when they are not summed. */
  pass(count: number, batch: number, summed = true): bigint {
    const { memory } = this.#engine;
    const out = memory.offset(SECTION_SCRATCH) + SCRATCH_RESULTS_OFFSET;
    const keys = memory.offset(SECTION_BUFFERS);
    const whole = Math.floor(count / batch) * batch;
    return BigInt.asUintN(64, this.#pass(this.family, TABLE_ROUTES, keys, out, whole, batch, summed ? 1 : 0));
  }

  /** Of the values of all keys, in order. */
  digest(digest: Digest, keys: Uint32Array, batch: number): void {
    const width = this.family === 4 ? 1 : 4;
    const out = new Uint32Array(batch);
    for (let at = 0; at + batch * width <= keys.length; at += batch * width) {
      this.#engine.lookupBatch('routes', 0, this.family, keys.subarray(at, at + batch * width), out);
      digest.add(out);
    }
  }
}
