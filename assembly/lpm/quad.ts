/**
 * A /24 that has prefixes beyond it: four run nodes of 64 addresses each.
 *
 * QUAD: | u32 node of .0-.63 | .64-.127 | .128-.191 | .192-.255 |
 *
 * Its slot in the block says so by an escape bit: the other bits are its address in units of 8 bytes (leaves of four
 * bytes), or its number in the table of quads (leaves of two).
 */
import { arenaAlloc } from '../arena';
import { longEntry } from './rib4';
import { makeNode, nodeBytes, nodeLookup, leafAt, runsOf } from './run-node';
import { poolAlloc, poolFree, poolNextReclaimable, poolRetire } from './node-pool';
import {
  ESCAPE_NARROW,
  ESCAPE_WIDE,
  POOL,
  QUADS,
  QUAD_FREE,
  QUAD_LIVE,
  QUAD_NEEDED,
  QUAD_NEXT,
  QUAD_SLOTS,
  SLOT_COUNT,
  get,
  isWide,
  put,
} from './table4';
import { touch } from './touch';

export const QUAD_BYTES: u32 = 16;
/** What one quad takes of the pool at most, in largest nodes: four, and itself. */
export const NODES_OF_QUAD: u32 = 5;
export const QUADS_BYTES: u32 = 32768 << 2;
/** Numbers are 1..32767: 0 is the end of the free list. */
const LAST_NUMBER: u32 = 32767;

/** Tags of retired things, in the lower bits of their 8-byte aligned address (or their number << 3). */
const TAG_NODE: u32 = 0;
const TAG_QUAD: u32 = 1;
const TAG_NUMBER: u32 = 2;

// @ts-ignore: decorator
@inline
export function isEscape(wide: bool, leaf: u32): bool {
  return (leaf & (wide ? ESCAPE_WIDE : ESCAPE_NARROW)) != 0;
}

/** The quad behind an escape. */
// @ts-ignore: decorator
@inline
export function quadOf(table: usize, wide: bool, leaf: u32): usize {
  return wide
    ? <usize>(leaf << 3)
    : <usize>load<u32>(<usize>get(table, QUADS) + <usize>((leaf & (ESCAPE_NARROW - 1)) << 2));
}

/** The value of an address whose /24 has this escape. */
// @ts-ignore: decorator
@inline
export function quadLookup(table: usize, wide: bool, leaf: u32, address: u32): u32 {
  const link = quadOf(table, wide, leaf) + <usize>((address >>> 4) & 12);
  touch(3, link, 4);
  const node = load<u32>(link);
  return nodeLookup(wide, <usize>node, address);
}

/** Room for `count` more quad numbers, for a table with leaves of two bytes: 1 = yes, 0 = no memory, 2 = too many. */
export function quadReserve(table: usize, arena: usize, count: u32): u32 {
  if (count == 0 || isWide(table)) return 1;
  if (get(table, QUADS) == 0) {
    const quads = arenaAlloc(arena, QUADS_BYTES);
    if (quads == 0) return 0;
    put(table, QUADS, <u32>quads);
    put(table, QUAD_NEXT, 1);
  }
  return get(table, QUAD_LIVE) + get(table, QUAD_NEEDED) + count <= LAST_NUMBER ? 1 : 2;
}

/** The escape of a new quad for this list of prefixes in a /24 that is covered by `inherited`. */
export function makeQuad(table: usize, list: usize, inherited: u32): u32 {
  const quad = poolAlloc(table + POOL, QUAD_BYTES);
  for (let quarter: u32 = 0; quarter < 4; quarter++) {
    fillQuarter(table + QUAD_SLOTS, list, quarter << 6, inherited);
    store<u32>(quad + <usize>(quarter << 2), <u32>makeNode(table, table + QUAD_SLOTS));
  }
  if (isWide(table)) return ESCAPE_WIDE | (<u32>quad >>> 3);
  const quads = <usize>get(table, QUADS);
  let number = get(table, QUAD_FREE);
  if (number != 0) {
    put(table, QUAD_FREE, load<u32>(quads + <usize>(number << 2)));
  } else {
    number = get(table, QUAD_NEXT);
    assert(number <= LAST_NUMBER); // reserved
    put(table, QUAD_NEXT, number + 1);
  }
  store<u32>(quads + <usize>(number << 2), <u32>quad);
  put(table, QUAD_LIVE, get(table, QUAD_LIVE) + 1);
  return ESCAPE_NARROW | number;
}

/** Values of the 64 addresses from `first` on, a u32 each. Shorter prefixes first: longer ones paint over them. */
function fillQuarter(slots: usize, list: usize, first: u32, inherited: u32): void {
  for (let i: u32 = 0; i < SLOT_COUNT; i++) store<u32>(slots + <usize>(i << 2), inherited);
  const count = load<u32>(list);
  for (let bits: u32 = 25; bits <= 32; bits++) {
    for (let i: u32 = 0; i < count; i++) {
      const key = load<u32>(longEntry(list, i));
      if ((key & 0xff) != bits) continue;
      const value = load<u32>(longEntry(list, i), 4);
      const from = max(key >>> 8, first);
      const to = min((key >>> 8) + (1 << (32 - bits)), first + SLOT_COUNT);
      for (let at = from; at < to; at++) store<u32>(slots + <usize>((at - first) << 2), value);
    }
  }
}

// ---- retiring what a commit replaced, and freeing it when its readers are gone ---------------------------------------

/** Retires a node and the quads below it; a uniform one stays. */
export function retireNode(table: usize, arena: usize, node: usize): void {
  const wide = isWide(table);
  const runs = runsOf(node);
  for (let run: u32 = 0; run < runs; run++) {
    const leaf = leafAt(wide, node, run);
    if (isEscape(wide, leaf)) retireQuad(table, arena, leaf);
  }
  if (runs > 1) poolRetire(table + POOL, arena, <u32>node | TAG_NODE);
}

export function retireQuad(table: usize, arena: usize, escape: u32): void {
  const wide = isWide(table);
  const quad = quadOf(table, wide, escape);
  for (let at = quad; at < quad + QUAD_BYTES; at += 4) {
    const node = load<u32>(at);
    if (runsOf(<usize>node) > 1) poolRetire(table + POOL, arena, node | TAG_NODE);
  }
  const number = escape & (ESCAPE_NARROW - 1);
  poolRetire(table + POOL, arena, wide ? <u32>quad | TAG_QUAD : (number << 3) | TAG_NUMBER);
}

/** Frees what no reader sees any more. */
export function reclaim(table: usize): void {
  const pool = table + POOL;
  const wide = isWide(table);
  for (let what = poolNextReclaimable(pool); what != 0; what = poolNextReclaimable(pool)) {
    const tag = what & 7;
    if (tag == TAG_NODE) {
      poolFree(pool, <usize>what, nodeBytes(wide, runsOf(<usize>what)));
    } else if (tag == TAG_QUAD) {
      poolFree(pool, <usize>(what & ~7), QUAD_BYTES);
    } else {
      const link = <usize>get(table, QUADS) + <usize>((what >>> 3) << 2);
      poolFree(pool, <usize>load<u32>(link), QUAD_BYTES);
      store<u32>(link, get(table, QUAD_FREE));
      put(table, QUAD_FREE, what >>> 3);
      put(table, QUAD_LIVE, get(table, QUAD_LIVE) - 1);
    }
  }
}
