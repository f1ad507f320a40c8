/** `Lpm.lookupBatch`, as TypeScript calls it: keys copied in, values copied out and summed in JavaScript. */
import type { Family } from '../src/base/ip.ts';
import type { TableContender } from '../src/bench/contender.ts';
import { serves, type RouterLpmKind } from '../src/engine/lpm.ts';
import type { Lpm } from '../src/engine/lpm-table.ts';
import { createLpmSync } from '../src/engine/open-inline.ts';
import type { TableRow } from '../src/tables/collect.ts';

/** Enough in any kind for a million prefixes that lie as those of the Internet do, not for as many far apart. */
const TABLE_BYTES = 384 * 2 ** 20;
/** Keys of a call that is not timed. */
const ASKED_AT_ONCE = 65_536;

export class CallContender implements TableContender {
  readonly kind: RouterLpmKind;
  readonly leafBytes = 4;
  readonly family: Family;
  readonly answers = 'values';
  /** CPU milliseconds. */
  readonly buildMs: number;
  readonly readerBytes = undefined;
  readonly liveBytes: number;
  readonly #lpm: Lpm;
  readonly #width: number;
  #keys: Uint32Array = new Uint32Array(0);

  /** Of a kind that serves the family. Throws EngineError when the table does not fit `tableBytes`. */
  constructor(kind: RouterLpmKind, family: Family, rows: readonly TableRow[], tableBytes = TABLE_BYTES) {
    if (!serves(kind, family)) throw new Error(`${kind} does not serve IPv${family}`);
    this.kind = kind;
    this.family = family;
    this.#width = family === 4 ? 1 : 4;
    this.#lpm = createLpmSync({ kind, tableBytes });
    const cpu = process.cpuUsage();
    for (const { prefix, value } of rows) this.#lpm.insert(prefix, value);
    this.#lpm.publish();
    const { user, system } = process.cpuUsage(cpu);
    this.buildMs = (user + system) / 1000;
    this.liveBytes = this.#lpm.stats().liveBytes;
  }

  setKeys(keys: Uint32Array): void {
    this.#keys = keys;
  }

  /** Sum of the values; 0 when they are not summed. */
  pass(count: number, batch: number, from: number, summed = true): number {
    const out = new Uint32Array(batch);
    let sum = 0;
    for (let at = from; at < from + count; at += batch) {
      const some = Math.min(batch, from + count - at);
      this.#lpm.lookupBatch(this.family, this.#part(at, some), out);
      if (!summed) continue;
      for (let i = 0; i < some; i++) sum += out[i]!;
    }
    return sum;
  }

  values(): Uint32Array {
    const out = new Uint32Array(this.#keys.length / this.#width);
    for (let at = 0; at < out.length; at += ASKED_AT_ONCE) {
      const some = Math.min(ASKED_AT_ONCE, out.length - at);
      out.set(this.#lpm.lookupBatch(this.family, this.#part(at, some)), at);
    }
    return out;
  }

  #part(at: number, count: number): Uint32Array {
    return this.#keys.subarray(at * this.#width, (at + count) * this.#width);
  }
}
