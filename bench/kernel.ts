/** The engine's lookup without the way in and out: keys lie in its memory, and values are summed there. */
import type { Family } from '../src/base/ip.ts';
import type { Engine } from '../src/engine/engine.ts';
import { Fib } from '../src/engine/fib.ts';
import { LPM_KINDS, type LpmKind } from '../src/engine/lpm.ts';
import { createEngineSync } from '../src/engine/open-inline.ts';
import { SnapshotWriter } from '../src/engine/snapshot.ts';
import {
  BUFFER_BYTES,
  SCRATCH_RESULTS_OFFSET,
  SECTION_BUFFERS,
  SECTION_SCRATCH,
  TABLE_ROUTES,
} from '../assembly/layout.ts';
import { compileStage } from './compile-as.ts';
import { readRoutes } from './native-data.ts';

/** Enough for a million prefixes in any kind. */
const FIB_BYTES = 384 * 2 ** 20;
/** Kinds for tables of any size. */
const KINDS: readonly LpmKind[] = LPM_KINDS.filter((kind) => kind !== 'linear' && kind !== 'compare');

type Pass = (
  family: number,
  table: number,
  keys: number,
  out: number,
  count: number,
  batch: number,
  summed: number,
) => bigint;

export class Kernel {
  readonly kind: LpmKind;
  readonly family: Family;
  readonly #engine: Engine;
  readonly #pass: Pass;
  #keys: Uint32Array | undefined;

  private constructor(engine: Engine, kind: LpmKind, family: Family) {
    this.kind = kind;
    this.family = family;
    this.#engine = engine;
    this.#pass = compileStage('lookup', engine)['pass'] as Pass;
  }

  /** The loaded table of a family in each kind that serves it. `keys`: how many there will be at most. */
  static openAll(folder: string, family: Family, keys: number, fibBytes = FIB_BYTES): Kernel[] {
    const keyBytes = keys * (family === 4 ? 4 : 16);
    return KINDS.flatMap((kind) => {
      const rest = { entries: 1, buckets: 1, rewrites: 1, nextHops: 1, vrfs: 1 };
      const engine = createEngineSync({ ...rest, buffers: Math.ceil(keyBytes / BUFFER_BYTES), fibBytes });
      const { memory, exports } = engine;
      const pair = (wanted: LpmKind | 'auto'): Record<Family, Fib> => ({
        4: new Fib(memory, exports, wanted, 4),
        6: new Fib(memory, exports, wanted, 6),
      });
      const [routes, empty] = [pair(kind), pair('auto')];
      if (routes[family].kind !== kind) return [];
      exports.fibBegin();
      routes[family].apply([...readRoutes(folder, family)].map(([prefix, value]) => ({ prefix, value })));
      const petr = { 4: 0, 6: 0 };
      new SnapshotWriter(memory, exports).publish([{ instanceId: 0, fibs: [routes, empty, empty], petr }], 0);
      return [new Kernel(engine, kind, family)];
    });
  }

  /** The sum of the values, 0 when they are not summed. What is left of the keys beyond whole batches is not looked up. */
  pass(keys: Uint32Array, batch: number, summed: boolean): bigint {
    const { memory } = this.#engine;
    const keysAt = memory.offset(SECTION_BUFFERS);
    if (this.#keys !== keys) memory.words.set(keys, keysAt / 4);
    this.#keys = keys;
    const out = memory.offset(SECTION_SCRATCH) + SCRATCH_RESULTS_OFFSET;
    const count = Math.floor(keys.length / (this.family === 4 ? 1 : 4) / batch) * batch;
    return BigInt.asUintN(
      64,
      this.#pass(this.family, TABLE_ROUTES, keysAt, out, count, batch, summed ? 1 : 0),
    );
  }
}
