/** A table of its own for some /8, dir18-run for the others: bench/ideas/hybrid.as. */
import type { TableContender } from '../../src/bench/contender.ts';
import type { TableRow } from '../../src/tables/collect.ts';
import { engineStage, type MadeStage } from './engine-stage.ts';
import { GROUP } from './expand.ts';
import type { Stage } from './stage.ts';

/** By what /8 get a table: how many of the first keys of the trace they have, or how many prefixes. */
export type HybridChoice = 'traffic' | 'prefixes';

/** Keys that are seen before the tables are chosen. */
const SEEN = 65_536;
const TABLE_SLOTS = 1 << 16;
const TABLE_BYTES = 2 * TABLE_SLOTS;
/** Lists and masks. */
const STAGE_BYTES = 16_384;
const OCTETS = 256;

interface HybridStage extends Stage {
  readonly setTable: (octet: number, at: number) => void;
}

/** `tables`: how many /8 get one. */
export function openHybrid(
  rows: readonly TableRow[],
  keys: number,
  choice: HybridChoice,
  tables: number,
): TableContender {
  const dense = new Uint32Array(OCTETS);
  const longer = new Set<number>();
  for (const { prefix } of rows) {
    if (prefix.bits >= 8) dense[prefix.address.w0 >>> 24]!++;
    if (prefix.bits > 24) longer.add(prefix.address.w0 >>> 8);
  }
  const onKeys = (own: Uint32Array, made: MadeStage): void => {
    const weights = choice === 'traffic' ? octetsOf(own.subarray(0, SEEN)) : dense;
    placeTables(made, busiest(weights, tables), longer);
  };
  return engineStage(rows, keys, {
    kind: `hybrid ${tables} /8 by ${choice}`,
    file: 'hybrid',
    base: 'dir18-run',
    workBytes: STAGE_BYTES + tables * TABLE_BYTES,
    onKeys,
  });
}

function octetsOf(keys: Uint32Array): Uint32Array {
  const counts = new Uint32Array(OCTETS);
  for (const key of keys) counts[key >>> 24]!++;
  return counts;
}

function busiest(weights: Uint32Array, count: number): number[] {
  return Array.from(weights, (weight, octet) => ({ weight, octet }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count)
    .map(({ octet }) => octet);
}

function placeTables(
  { stage, table, memory, free }: MadeStage,
  octets: readonly number[],
  longer: ReadonlySet<number>,
): void {
  const { setTable } = stage as HybridStage;
  for (let octet = 0; octet < OCTETS; octet++) setTable(octet, 0);
  const asked = new Uint32Array(4096);
  const found = new Uint32Array(asked.length);
  for (const [i, octet] of octets.entries()) {
    const at = free + i * TABLE_BYTES;
    const leaves = new Uint16Array(memory.buffer, at, TABLE_SLOTS);
    for (let first = 0; first < TABLE_SLOTS; first += asked.length) {
      for (let slot = 0; slot < asked.length; slot++) asked[slot] = (octet << 24) | ((first + slot) << 8);
      table.engine.lookupBatch('routes', 0, 4, asked, found);
      for (const [slot, value] of found.entries()) {
        leaves[first + slot] = longer.has((octet << 16) | (first + slot)) ? GROUP : value;
      }
    }
    setTable(octet, at);
  }
}
