/**
 * What the IPv4 kinds that change in place have in common: a header, the directory that readers walk, and behind it
 * the writer's own copy of all prefixes (rib4.ts), the blocks that have changed since the last publish, and a log by
 * which a transaction is taken back. Changes only touch the writer's part. At the publish each changed block of 2^14
 * addresses is made anew from it and put in place by one store: readers see an address before the change or after it.
 *
 * HEADER:
 *  0        4        8        12       16       20       24       28       32       36       40       44       48
 * +--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+
 * | count  |directory| quads | leaf   | heap   | block  | dirty  | 0      | nodes  | undo   | undo   | undo   |
 * |        |        |        | bytes  | /0../18| heaps  | bits   |        | needed | list   | length | room   |
 * +--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+
 * | uniform| slots  | used   | bare   | 64: node pool | 320: two rows of slots | 832: numbers of quads, changes
 * +--------+--------+--------+--------+---------------+------------------------+--------------------------------
 */

export const COUNT: usize = 0;
export const DIRECTORY: usize = 4;
/** Tables with two-byte leaves: u32[32768] pointers to quads, 0 until the first prefix beyond /24. */
export const QUADS: usize = 8;
/** 2 or 4. */
export const LEAF_BYTES: usize = 12;
export const TOP: usize = 16;
export const HEAPS: usize = 20;
export const DIRTY: usize = 24;
/** Nodes, of the largest size, that the dirty blocks may take. */
export const NEEDED: usize = 32;
export const UNDO: usize = 36;
export const UNDO_COUNT: usize = 40;
export const UNDO_ROOM: usize = 44;
export const UNIFORM: usize = 48;
export const UNIFORM_SLOTS: usize = 52;
export const UNIFORM_USED: usize = 56;
/** Values without a node, and changes of this transaction that may need one: of whole blocks. */
export const UNIFORM_BARE: usize = 60;
export const UNIFORM_CHANGES: usize = 848;
export const POOL: usize = 64;
export const SLOTS: usize = 320;
export const QUAD_SLOTS: usize = 576;
/** Quad numbers: how many have ever been handed out, the free list, how many are in use, how many a commit may take. */
export const QUAD_NEXT: usize = 832;
export const QUAD_FREE: usize = 836;
export const QUAD_LIVE: usize = 840;
export const QUAD_NEEDED: usize = 844;
/** Where reads ahead go, and the blocks that are made anew together. */
export const TOUCHED: usize = 848 + 4;
export const GROUP: usize = 856;
export const GROUP_BLOCKS: u32 = 16;
export const HEADER_BYTES: u32 = 920;

/** A block is a /18: 64 slots of a /24 each. */
export const BLOCK_BITS: u32 = 18;
export const BLOCK_COUNT: u32 = 1 << BLOCK_BITS;
export const BLOCK_SHIFT: u32 = 32 - BLOCK_BITS;
export const SLOT_COUNT: u32 = 64;

export const NARROW: u32 = 2;
export const WIDE: u32 = 4;
/** In a slot and in a leaf: prefixes beyond /24 exist; the rest names a quad (quad.ts). */
export const ESCAPE_NARROW: u32 = 0x8000;
export const ESCAPE_WIDE: u32 = 0x8000_0000;

// @ts-ignore: decorator
@inline
export function get(table: usize, field: usize): u32 {
  return load<u32>(table + field);
}

// @ts-ignore: decorator
@inline
export function put(table: usize, field: usize, value: u32): void {
  store<u32>(table + field, value);
}

// @ts-ignore: decorator
@inline
export function isWide(table: usize): bool {
  return get(table, LEAF_BYTES) == WIDE;
}

/** Largest value that the leaves hold. */
// @ts-ignore: decorator
@inline
export function largestValue(table: usize): u32 {
  return isWide(table) ? ESCAPE_WIDE - 1 : ESCAPE_NARROW - 1;
}

/** First of the blocks that a prefix reaches into. */
// @ts-ignore: decorator
@inline
export function firstBlock(word: u32): u32 {
  return word >>> BLOCK_SHIFT;
}

/** How many blocks a prefix reaches into. */
// @ts-ignore: decorator
@inline
export function blocksOf(bits: u32): u32 {
  return bits >= BLOCK_BITS ? 1 : 1 << (BLOCK_BITS - bits);
}
