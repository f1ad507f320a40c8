/**
 * The IPv6 table that changes in place (dir24-stride6.ts): its header, and the ids that stand for what lies below a
 * place in it.
 *
 * HEADER:
 *  0        4        8        12       16       20       24       28       32       36       40                48
 * +--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+-----------------+----
 * | count  | leaf   | RIB    | top    | short  | level  | links  | empty  | row to | rows   | RECORD of what  | ...
 * |        | bytes  |        |        | values | nodes  |        | row    | walk   |        | readers see     |
 * +--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+-----------------+----
 * The RIB is the writer's: all prefixes, in a patricia, which a transaction that is not published leaves by going back
 * to the one that readers see. Changes are only noted there and in a log; the publish makes the rest from it, and what
 * there is no room for it leaves to a walk through the RIB. So nothing can fail then.
 *
 * ID: of two bytes (narrow) or four (wide), what is below a slot:
 *   a value         | narrow: 1 .. leaf limit            | wide: 1 .. 2^31 - 1
 *   a node          | the number of its first unit       | 2^31 + its address >> 4
 *   NONE            | no prefix longer than /16: see the short values
 *   WALK            | walk through the RIB
 * Below the last level a node is a RECORD, { u32 RIB node, u32 value when nothing there matches }.
 */

/** As in table4.ts. */
export const COUNT: usize = 0;
/** 2 or 4. */
export const LEAF_BYTES: usize = 4;
export const RIB: usize = 8;
/** u32[2^16]: address of the row of a /16. */
export const TOP: usize = 12;
/** u32[2^16]: for each /16, the value of its longest prefix of at most 16 bits. */
export const SHORT: usize = 16;
/** Narrow tables: three regions of 2^16 units, one of 2^15 for records; see units6.ts. */
export const LEVELS: usize = 20;
export const LINKS: usize = 24;
/** Rows that all /16 without prefixes beyond it share, and those for which there is no other. */
export const EMPTY_ROW: usize = 28;
export const WALK_ROW: usize = 32;
export const ROWS: usize = 36;
/** A record: the RIB as it was published. */
export const SEEN: usize = 40;
/** Odd while short values change. */
export const SEQUENCE: usize = 48;
export const SEEN_COUNT: usize = 52;
/** Narrow tables: the largest value that has a leaf in each level. */
export const LEAF_LIMIT: usize = 56;
/** Set when a narrow table has run out of units. */
export const IS_STARVED: usize = 60;
/** The change that is being shown: only what it touches is made anew. */
export const CHANGED_WORD0: usize = 64;
export const CHANGED_WORD1: usize = 68;
export const CHANGED_BITS: usize = 72;
/** SHOW_ bits. */
export const SHOWN: usize = 76;
export const LOG: usize = 80;
export const LOG_USED: usize = 84;
export const LOG_COUNT: usize = 88;
/** Four, 128 B each. */
export const POOLS: usize = 128;
/** Of each level, u32[64]. */
export const SLOTS: usize = 640;
export const HEADER_BYTES: u32 = 1408;

export const SHOW_SHORT: u32 = 1;
export const SHOW_ROWS: u32 = 2;

export const NARROW: u32 = 2;
export const WIDE: u32 = 4;

/** Levels by what their slots are: /16 and /30, then the three of six bits, and the records below them. */
export const LEVEL_TOP: i32 = -2;
export const LEVEL_ROW: i32 = -1;
export const LEVEL_COUNT: i32 = 3;
export const LEVEL_RECORD: i32 = LEVEL_COUNT;
export const TOP_BITS: u32 = 16;
export const TOP_SLOTS: u32 = 1 << TOP_BITS;
export const ROW_BITS: u32 = 30;
export const ROW_SLOTS: u32 = 1 << (ROW_BITS - TOP_BITS);
export const NODE_SLOTS: u32 = 64;

/** Narrow ids from here on, at the end of a walk, are none of values. */
export const ESCAPE_NARROW: u32 = 0x8000;
const WALK_NARROW: u32 = 0xfffe;
const WALK_WIDE: u32 = 0xffff_fffe;
const NODE_WIDE: u32 = 0x8000_0000;
/** Wide ids of nodes are less than this, as signed numbers; no others are. */
export const NODES_END_WIDE: i32 = 0xa000_0000;
export const LARGEST_NARROW_VALUE: u32 = ESCAPE_NARROW - 1;

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

// @ts-ignore: decorator
@inline
export function walkId(wide: bool): u32 {
  return wide ? WALK_WIDE : WALK_NARROW;
}

// @ts-ignore: decorator
@inline
export function noneId(wide: bool): u32 {
  return walkId(wide) + 1;
}

/** Of a value; 0 = no prefix. */
// @ts-ignore: decorator
@inline
export function leafId(wide: bool, value: u32): u32 {
  return value == 0 ? noneId(wide) : value;
}

/** Whether an id, or 0, is that of a node or record. */
export function isNode(table: usize, id: u32): bool {
  return isWide(table) ? <i32>id < NODES_END_WIDE : id > get(table, LEAF_LIMIT) && id < WALK_NARROW;
}

/** First unit of a node: counted in its region, or of all the memory. */
// @ts-ignore: decorator
@inline
export function unitOf(wide: bool, id: u32): u32 {
  return wide ? id & ~NODE_WIDE : id;
}

// @ts-ignore: decorator
@inline
export function nodeId(wide: bool, unit: u32): u32 {
  return wide ? unit | NODE_WIDE : unit;
}

/** Where the units of a level are counted from. Those of records begin at ESCAPE_NARROW. */
export function levelBase(table: usize, wide: bool, level: i32): usize {
  if (wide) return 0;
  return <usize>get(table, LEVELS) + (<usize>level << 20) - (level == LEVEL_RECORD ? <usize>ESCAPE_NARROW << 4 : 0);
}

/** Address of a node or record. */
export function nodeAt(table: usize, level: i32, id: u32): usize {
  const wide = isWide(table);
  return levelBase(table, wide, level) + (<usize>unitOf(wide, id) << 4);
}

/** An id in a row. */
export function rowId(wide: bool, row: usize, slot: u32): u32 {
  return wide ? load<u32>(row + (<usize>slot << 2)) : <u32>load<u16>(row + (<usize>slot << 1));
}

// @ts-ignore: decorator
@inline
export function rowBytes(wide: bool): u32 {
  return wide ? ROW_SLOTS << 2 : ROW_SLOTS << 1;
}
