/** A table in one kind with leaves of one size, and passes over keys that lie in the engine's memory. */
import type { Family } from '../src/base/ip.ts';
import type { Engine } from '../src/engine/engine.ts';
import { isResearchKind, type LeafBytes, type LpmKind } from '../src/engine/lpm.ts';
import { ResearchTable } from '../src/engine/research-table.ts';
import { engineModuleSync, researchModuleSync } from '../src/engine/open-research-node.ts';
import {
  SCRATCH_RESULTS_OFFSET,
  SECTION_BUFFERS,
  SECTION_SCRATCH,
  TABLE_ROUTES,
} from '../assembly/layout.ts';
import { compileStage } from './compile-as.ts';
import type { Digest } from '../src/tables/digest.ts';
import type { TableRow } from './table-file.ts';

type Pass = (...args: readonly number[]) => bigint;

export class TableKernel {
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
  readonly family: Family;
  /** Milliseconds in the engine. */
  readonly buildMs: number;
  /** What lookups walk. */
  readonly readerBytes: number;
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
    fibBytes?: number,
  ) {
    this.kind = form.kind;
    this.leafBytes = form.leafBytes;
    this.family = family;
    const module = isResearchKind(form.kind) ? researchModuleSync() : engineModuleSync();
    let ms = 0;
    const around = (work: () => number): number => {
      const start = performance.now();
      const result = work();
      ms += performance.now() - start;
      return result;
    };
    const table = ResearchTable.build(module, rows, {
      ...form,
      family,
      around,
      keyBytes: keys * (family === 4 ? 4 : 16),
      ...(fibBytes === undefined ? {} : { fibBytes }),
    });
    this.buildMs = ms;
    this.#engine = table.engine;
    this.#pass = compileStage('lookup', this.#engine)['pass'] as Pass;
    this.liveBytes = table.liveBytes;
    this.readerBytes = table.readerBytes;
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
