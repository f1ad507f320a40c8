/**
 * The node of `dir18-run` and of everything below /24: 64 slots, stored as runs of equal values.
 *
 *  0                        8        8 + leaf bytes
 * +------------------------+--------+--------+-----------
 * | u64 ends               | leaf   | leaf   | ...         last run first; leaves of 2 or 4 bytes
 * +------------------------+--------+--------+-----------
 * Bit s of `ends` is set when slot s is the last of its run. The run of slot s is then number popcnt(ends >> s) - 1,
 * and the shift count is a byte of the key as it stands, since WebAssembly takes it modulo 64.
 *
 * A node of one run is *uniform*: there is one for each value, shared by all blocks and kept as long as the table.
 *
 * The run bitmap is the leaf vector of Poptrie (Asai, Ohara: SIGCOMM 2015, §3.3) with the leaves inline.
 */
import { arenaAlloc, arenaFree, arenaRelease } from '../arena';
import {
  POOL,
  SLOT_COUNT,
  UNIFORM,
  UNIFORM_BARE,
  UNIFORM_SLOTS,
  UNIFORM_USED,
  get,
  isWide,
  put,
} from './table4';
import { poolAlloc } from './node-pool';
import { touch } from './touch';

export const NODE_LEAVES: usize = 8;
/** 64 runs. */
export const LARGEST_NARROW_NODE: u32 = 136;
export const LARGEST_WIDE_NODE: u32 = 264;
const FIRST_UNIFORM_SLOTS: u32 = 1024;

// @ts-ignore: decorator
@inline
export function runsOf(node: usize): u32 {
  return <u32>popcnt<u64>(load<u64>(node));
}

// @ts-ignore: decorator
@inline
export function nodeBytes(wide: bool, runs: u32): u32 {
  return <u32>NODE_LEAVES + (runs << (wide ? 2 : 1));
}

// @ts-ignore: decorator
@inline
export function leafAt(wide: bool, node: usize, run: u32): u32 {
  return wide
    ? load<u32>(node + NODE_LEAVES + <usize>(run << 2))
    : <u32>load<u16>(node + NODE_LEAVES + <usize>(run << 1));
}

/** Value of a slot; bits of `slot` beyond the lower six do not count. */
// @ts-ignore: decorator
@inline
export function nodeLookup(wide: bool, node: usize, slot: u32): u32 {
  const run = <u32>popcnt<u64>(load<u64>(node) >>> <u64>slot) - 1;
  touch(1, node, <u32>NODE_LEAVES);
  touch(2, node + NODE_LEAVES + <usize>(run << (wide ? 2 : 1)), wide ? 4 : 2);
  return leafAt(wide, node, run);
}

/** A bit for each of 64 slots that is another than the next one, and for the last. */
function runEnds(slots: usize): u64 {
  let ends: u64 = 0;
  for (let s: usize = 0; s < 60; s += 4) {
    const isEnd = i32x4.ne(v128.load(slots + (s << 2)), v128.load(slots + (s << 2), 4));
    ends |= <u64>i32x4.bitmask(isEnd) << <u64>s;
  }
  const last = v128.load(slots, 240);
  const isEnd = i32x4.ne(last, v128.shuffle<u32>(last, last, 1, 2, 3, 3));
  return ends | (<u64>i32x4.bitmask(isEnd) << 60) | (1 << 63);
}

/** The node of 64 slots, u32 each at `slots`; memory has been reserved. */
export function makeNode(table: usize, slots: usize): usize {
  let ends = runEnds(slots);
  const runs = <u32>popcnt<u64>(ends);
  if (runs == 1) return uniformNode(table, load<u32>(slots));
  const wide = isWide(table);
  const node = poolAlloc(table + POOL, nodeBytes(wide, runs));
  store<u64>(node, ends);
  let leaf = node + NODE_LEAVES;
  while (ends != 0) {
    const last = 63 - clz<u64>(ends);
    const value = load<u32>(slots + (<usize>last << 2));
    if (wide) {
      store<u32>(leaf, value);
      leaf += 4;
    } else {
      store<u16>(leaf, <u16>value);
      leaf += 2;
    }
    ends ^= (<u64>1) << last;
  }
  return node;
}

/** True when two nodes hold the same. */
export function sameNode(wide: bool, a: usize, b: usize): bool {
  if (load<u64>(a) != load<u64>(b)) return false;
  return memory.compare(a + NODE_LEAVES, b + NODE_LEAVES, <usize>(runsOf(a) << (wide ? 2 : 1))) == 0;
}

// ---- uniform nodes: a hash table by value, open addressing, of what was ever inserted --------------------------------
//
// A word is 0, the address of the node (a multiple of 8), or value << 1 | 1 of a value that has needed none yet.

/** Makes the table of uniform nodes, with the one of value 0. False = no room. */
export function uniformInit(table: usize, arena: usize): bool {
  if (!growUniform(table, arena, FIRST_UNIFORM_SLOTS)) return false;
  uniformRegister(table, 0);
  uniformNode(table, 0);
  return true;
}

/** Makes sure that one more value can be registered. The table is half full at most, or nearly full where it cannot grow. */
export function uniformReserve(table: usize, arena: usize): bool {
  const slots = get(table, UNIFORM_SLOTS);
  const used = get(table, UNIFORM_USED) + 1;
  return used << 1 <= slots || growUniform(table, arena, slots << 1) || used + (slots >>> 3) <= slots;
}

/** Notes a value that may come to need a node. */
export function uniformRegister(table: usize, value: u32): void {
  const link = uniformLink(table, value);
  if (load<u32>(link) != 0) return;
  store<u32>(link, (value << 1) | 1);
  put(table, UNIFORM_USED, get(table, UNIFORM_USED) + 1);
  put(table, UNIFORM_BARE, get(table, UNIFORM_BARE) + 1);
}

function growUniform(table: usize, arena: usize, slots: u32): bool {
  const grown = arenaAlloc(arena, slots << 2);
  if (grown == 0) return false;
  memory.fill(grown, 0, <usize>slots << 2);
  const old = <usize>get(table, UNIFORM);
  const oldSlots = get(table, UNIFORM_SLOTS);
  put(table, UNIFORM, <u32>grown);
  put(table, UNIFORM_SLOTS, slots);
  const wide = isWide(table);
  for (let i: u32 = 0; i < oldSlots; i++) {
    const word = load<u32>(old + <usize>(i << 2));
    if (word != 0) store<u32>(uniformLink(table, valueOf(wide, word)), word);
  }
  if (old != 0) arenaFree(arena, old, oldSlots << 2);
  return true;
}

// @ts-ignore: decorator
@inline
function valueOf(wide: bool, word: u32): u32 {
  return word & 1 ? word >>> 1 : leafAt(wide, <usize>word, 0);
}

/** Where a value is noted, or is to be. */
function uniformLink(table: usize, value: u32): usize {
  const mask = get(table, UNIFORM_SLOTS) - 1;
  const wide = isWide(table);
  let i = (value * 0x9e3779b1) >>> 7;
  while (true) {
    const link = <usize>get(table, UNIFORM) + <usize>((i & mask) << 2);
    const word = load<u32>(link);
    if (word == 0 || valueOf(wide, word) == value) return link;
    i += 1;
  }
}

/** The node whose slots all have this value, which is registered. */
export function uniformNode(table: usize, value: u32): usize {
  const link = uniformLink(table, value);
  const word = load<u32>(link);
  if ((word & 1) == 0) return <usize>word;
  const node = poolAlloc(table + POOL, 16);
  store<u64>(node, 1 << 63);
  store<u64>(node, value, NODE_LEAVES);
  store<u32>(link, <u32>node);
  put(table, UNIFORM_BARE, get(table, UNIFORM_BARE) - 1);
  return node;
}

export function uniformDestroy(table: usize, arena: usize): void {
  if (get(table, UNIFORM) != 0) arenaRelease(arena, <usize>get(table, UNIFORM), get(table, UNIFORM_SLOTS) << 2);
}
