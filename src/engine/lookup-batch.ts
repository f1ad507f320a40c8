import type { Family } from '../base/ip.ts';
import { BATCH_MAX, TABLE_CACHE, TABLE_POLICY, TABLE_ROUTES } from '../../assembly/layout.ts';
import type { EngineMemory } from './memory.ts';
import type { EngineExports } from './wasm.ts';

/** A table of an instance, for `lookupBatch`. */
export type EngineTable = 'routes' | 'cache' | 'policy';

const TABLES: Readonly<Record<EngineTable, number>> = {
  routes: TABLE_ROUTES,
  cache: TABLE_CACHE,
  policy: TABLE_POLICY,
};

interface Lookup {
  readonly table: EngineTable;
  readonly instanceId: number;
  readonly family: Family;
  /** 1 (IPv4) or 4 (IPv6) words each, most significant first. */
  readonly keys: Uint32Array;
  readonly out: Uint32Array;
}

/** Copies through `room`, 256 keys at a time: space for so many keys of 16 bytes, and for so many results. */
export function lookUpBatch(
  { words }: EngineMemory,
  exports: EngineExports,
  worker: number,
  room: { readonly keys: number; readonly out: number },
  { table, instanceId, family, keys, out }: Lookup,
): void {
  const width = family === 4 ? 1 : 4;
  const count = keys.length / width;
  for (let first = 0; first < count; first += BATCH_MAX) {
    const n = Math.min(BATCH_MAX, count - first);
    words.set(keys.subarray(first * width, (first + n) * width), room.keys / 4);
    exports.lookup(worker, instanceId, family, TABLES[table], room.keys, room.out, n);
    out.set(words.subarray(room.out / 4, room.out / 4 + n), first);
  }
}
