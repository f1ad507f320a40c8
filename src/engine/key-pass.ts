import type { Family } from '../base/ip.ts';
import {
  SCRATCH_RESULTS_OFFSET,
  SECTION_BUFFERS,
  SECTION_SCRATCH,
  TABLE_ROUTES,
} from '../../assembly/layout.ts';
import type { EngineModule } from './engine-module.ts';
import type { Engine } from './engine.ts';

type Pass = (...args: readonly number[]) => bigint;

/** Looks up keys that lie in the engine's memory, in batches, as a forwarding loop would: no key passes JavaScript. */
export class KeyPass {
  readonly #engine: Engine;
  readonly #pass: Pass;
  #keys: Uint32Array | undefined;

  /** `module`: bench/lookup.as, compiled. The engine's buffers hold the keys, so it takes no packets meanwhile. */
  constructor(module: EngineModule, engine: Engine) {
    this.#engine = engine;
    const env = { memory: engine.memory.memory as WebAssembly.Memory };
    // The function itself, so that one module calls the other without JavaScript in between.
    const { lookup } = engine.exports as unknown as Readonly<Record<string, WebAssembly.ExportValue>>;
    const { exports } = new WebAssembly.Instance(module, { env, engine: { lookup: lookup! } });
    this.#pass = exports['pass'] as unknown as Pass;
  }

  /** Keys for the following passes: one word each, or four. */
  setKeys(keys: Uint32Array): void {
    if (keys === this.#keys) return;
    this.#keys = keys;
    const { memory } = this.#engine;
    memory.words.set(keys, memory.offset(SECTION_BUFFERS) / 4);
  }

  /**
   * Looks up `count` keys of the routes of instance 0 from number `from` on, whole batches of them; a batch is a
   * multiple of four keys, or one. The sum of the values, 0 when they are not summed.
   */
  run(family: Family, count: number, batch: number, summed = true, from = 0): bigint {
    const { memory } = this.#engine;
    const out = memory.offset(SECTION_SCRATCH) + SCRATCH_RESULTS_OFFSET;
    const keys = memory.offset(SECTION_BUFFERS) + from * (family === 4 ? 4 : 16);
    const whole = Math.floor(count / batch) * batch;
    return BigInt.asUintN(64, this.#pass(family, TABLE_ROUTES, keys, out, whole, batch, summed ? 1 : 0));
  }

  /**
   * What a pass finds for `count` keys from number `from` on, at most as many as a batch may have: its values where it
   * leaves them, until the next call.
   */
  values(family: Family, count: number, from: number): Uint32Array {
    this.run(family, count, count, false, from);
    const { memory } = this.#engine;
    const out = (memory.offset(SECTION_SCRATCH) + SCRATCH_RESULTS_OFFSET) / 4;
    return memory.words.subarray(out, out + count);
  }
}
