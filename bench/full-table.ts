/** The engine's lookup over a table and a trace of bench/native/gen.c. */
import type { Family } from '../src/base/ip.ts';
import { LPM_KINDS, type LpmKind } from '../src/engine/lpm.ts';
import type { Lpm } from '../src/engine/lpm-table.ts';
import { createLpmSync } from '../src/engine/open-inline.ts';
import { Digest } from '../src/tables/digest.ts';
import { readRoutes } from './native-data.ts';

/** Enough in any kind for a million prefixes that lie as those of the Internet do, not for as many far apart. */
const TABLE_BYTES = 384 * 2 ** 20;

/** Kinds that can hold a full table. */
const KINDS: readonly LpmKind[] = LPM_KINDS.filter((kind) => kind !== 'linear' && kind !== 'compare');

/** The loaded table of a family in one kind. */
export interface FullTable {
  readonly kind: LpmKind;
  readonly family: Family;
  readonly lpm: Lpm;
  readonly buildMs: number;
}

/** In each kind that serves the family. */
export function openFullTables(folder: string, family: Family, tableBytes = TABLE_BYTES): FullTable[] {
  const opened = KINDS.map((kind) => ({ kind, family, lpm: createLpmSync({ kind, tableBytes }) }));
  return opened
    .filter(({ kind, lpm }) => lpm.kindOf(family) === kind)
    .map((table) => {
      const cpu = process.cpuUsage();
      for (const [prefix, value] of readRoutes(folder, family)) table.lpm.insert(prefix, value);
      table.lpm.publish();
      const { user, system } = process.cpuUsage(cpu);
      return { ...table, buildMs: (user + system) / 1000 };
    });
}

/** One pass over the keys in calls of `batch`. Returns the sum of the values, or 0 when they are not summed. */
export function lookUpAll(
  { lpm, family }: FullTable,
  keys: Uint32Array,
  batch: number,
  summed: boolean,
): number {
  const out = new Uint32Array(batch);
  const step = batch * (family === 4 ? 1 : 4);
  let sum = 0;
  for (let at = 0; at < keys.length; at += step) {
    const some = keys.subarray(at, at + step);
    lpm.lookupBatch(family, some, out);
    if (!summed) continue;
    const count = some.length / (family === 4 ? 1 : 4);
    for (let i = 0; i < count; i++) sum += out[i]!;
  }
  return sum;
}

export function digestOf({ lpm, family }: FullTable, keys: Uint32Array): string {
  const step = 65_536 * (family === 4 ? 1 : 4);
  const digest = new Digest();
  for (let at = 0; at < keys.length; at += step) {
    digest.add(lpm.lookupBatch(family, keys.subarray(at, at + step)));
  }
  return digest.toString();
}
