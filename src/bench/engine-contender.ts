/** A kind of the engine with leaves of one size, asked for keys that lie in the engine's memory. */
import type { Family } from '../base/ip.ts';
import { arenaUse, type ArenaUse } from '../engine/arena-use.ts';
import { KeyPass } from '../engine/key-pass.ts';
import { isResearchKind, type LeafBytes, type LpmKind } from '../engine/lpm.ts';
import { engineModuleSync, lookupPassModuleSync, researchModuleSync } from '../engine/open-research-node.ts';
import { ResearchTable } from '../engine/research-table.ts';
import type { TableRow } from '../tables/collect.ts';
import type { TableContender } from './contender.ts';

/** Keys whose values are read at once. */
const BATCH = 256;

export interface EngineForm {
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
}

export class EngineContender implements TableContender {
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
  readonly family: Family;
  readonly answers = 'values';
  /** Milliseconds in the engine. */
  readonly buildMs: number;
  readonly readerBytes: number;
  readonly liveBytes: number;
  readonly arena: ArenaUse;
  readonly #pass: KeyPass;
  #keys: Uint32Array = new Uint32Array(0);

  /** Throws when the table does not fit `fibBytes`, or its values the leaves. `keys`: the most that will be looked up. */
  constructor(form: EngineForm, family: Family, rows: readonly TableRow[], keys: number, fibBytes?: number) {
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
    this.#pass = new KeyPass(lookupPassModuleSync(), table.engine);
    this.liveBytes = table.liveBytes;
    this.arena = arenaUse(table.engine.memory);
    this.readerBytes = table.readerBytes;
  }

  setKeys(keys: Uint32Array): void {
    this.#keys = keys;
    this.#pass.setKeys(keys);
  }

  /** Sum of the values; 0 when they are not summed. */
  pass(count: number, batch: number, from = 0, summed = true): bigint {
    return this.#pass.run(this.family, count, batch, summed, from);
  }

  /** Out of the engine's memory, where passes leave them: who is held to these is held to what is timed. */
  values(): Uint32Array {
    const out = new Uint32Array(this.#keys.length / (this.family === 4 ? 1 : 4));
    for (let at = 0; at < out.length; at += BATCH) {
      out.set(this.#pass.values(this.family, Math.min(BATCH, out.length - at), at), at);
    }
    return out;
  }
}
