/**
 * Makes what readers see of an IPv6 table from its RIB: the part that a change reaches. What holds for a slot comes
 * from one walk through the RIB nodes of its frame (/16s, the slots of a row, the slots of a node), in order.
 */
import { SECTION_FIB } from '../layout';
import { arenaRelease } from '../arena';
import { section } from '../control';
import { isEmpty } from './spec';
import { KEY_OFFSET, leftOf, nodeBits, nodeValue, rightOf } from './patricia';
import { gatherSlots, idInNode, makeNode, makeRecord, retireTree, slotsOf } from './node6';
import { takeRoom } from './units6';
import {
  CHANGED_BITS,
  CHANGED_WORD0,
  EMPTY_ROW,
  LEVEL_COUNT,
  LEVEL_ROW,
  LEVEL_TOP,
  NODE_SLOTS,
  RIB,
  ROWS,
  ROW_BITS,
  ROW_SLOTS,
  SHORT,
  SHOWN,
  SHOW_ROWS,
  SHOW_SHORT,
  TOP,
  TOP_BITS,
  TOP_SLOTS,
  WALK_ROW,
  get,
  isNode,
  isWide,
  leafId,
  noneId,
  put,
  rowBytes,
  rowId,
} from './table6';

/** Rows are 32 or 64 KiB: what a hostile table could ask for has to end. The real one has about 60. */
export const MOST_ROWS: u32 = 256;

/** Bits before the slots of a level, and with them. */
function endOf(level: i32): u32 {
  return level == LEVEL_TOP ? TOP_BITS : <u32>(level * 6) + (ROW_BITS + 6);
}

/** Slot of a key in the level whose slots end at `end`; `key` holds its first words. */
function slotOf(level: i32, end: u32, key: usize): u32 {
  const bits = <u32>(rotl<u64>(load<u64>(key), 32) >>> <u64>(64 - end));
  return bits & (level == LEVEL_TOP ? TOP_SLOTS - 1 : level == LEVEL_ROW ? ROW_SLOTS - 1 : NODE_SLOTS - 1);
}

/** How many slots of a frame the change reaches, of frames that lie on its way or that it covers. */
function reach(table: usize, level: i32, end: u32): u32 {
  const bits = get(table, CHANGED_BITS);
  const all = level == LEVEL_TOP ? TOP_SLOTS : level == LEVEL_ROW ? ROW_SLOTS : NODE_SLOTS;
  return bits >= end ? 1 : <u32>min<u64>((<u64>1) << <u64>(end - bits), all);
}

/** Makes anew what the change reaches in a frame: `old`, as in `cover`. */
function coverReached(table: usize, level: i32, old: u32, node: usize, value: u32): void {
  const end = endOf(level);
  const count = reach(table, level, end);
  const first = slotOf(level, end, table + CHANGED_WORD0) & ~(count - 1);
  cover(table, level, old, node, first, first + count, value);
}

/** Shows the change in the header, of some bits; all of the table when they are 0 and SHOWN says both. */
export function showChange(table: usize): void {
  coverReached(table, LEVEL_TOP, 0, <usize>get(table, RIB), 0);
}

/**
 * Goes through the slots `from` to `to` of a frame. `node` is the top of all RIB nodes that begin in it, `value` what
 * holds where there are none. `old` is the frame as readers see it: the id of a node or 0, or the address of a row.
 */
function cover(table: usize, level: i32, old: u32, node: usize, from: u32, to: u32, value: u32): void {
  if (from >= to) return;
  if (isEmpty(node)) return fill(table, level, old, from, to, value);
  const end = endOf(level);
  const bits = nodeBits(node);
  const first = slotOf(level, end, node + KEY_OFFSET);
  const left = leftOf(node);
  const right = rightOf(node);
  // What a /16 has is a short value, and none of its row.
  const own = bits > end || (level == LEVEL_ROW && bits == TOP_BITS) ? 0 : nodeValue(node);
  const inner = own != 0 ? own : value;
  if (bits > end || (bits == end && (left | right) != 0)) {
    if (first < from || first >= to) return fill(table, level, old, from, to, value);
    fill(table, level, old, from, first, value);
    below(table, level, old, first, node, inner);
    return fill(table, level, old, first + 1, to, value);
  }
  const last = first + (1 << (end - bits));
  fill(table, level, old, from, min(first, to), value);
  if (bits == end) {
    fill(table, level, old, max(from, first), min(to, last), inner);
  } else {
    const middle = (first + last) >>> 1;
    cover(table, level, old, left, max(from, first), min(to, middle), inner);
    cover(table, level, old, right, max(from, middle), min(to, last), inner);
  }
  fill(table, level, old, max(from, last), to, value);
}

/** Slots that have one value, or none, whatever follows. */
function fill(table: usize, level: i32, old: u32, from: u32, to: u32, value: u32): void {
  if (level == LEVEL_TOP) {
    for (; from < to; from++) setTop(table, from, 0, value);
    return;
  }
  const id = leafId(isWide(table), value);
  if (level == LEVEL_ROW) {
    for (; from < to; from++) setRowSlot(table, old, from, id);
    return;
  }
  for (; from < to; from++) store<u32>(slotsOf(table, level) + <usize>(from << 2), id);
}

/** A slot that has longer prefixes: `node` and what is under it. */
function below(table: usize, level: i32, old: u32, slot: u32, node: usize, value: u32): void {
  if (level == LEVEL_TOP) return setTop(table, slot, node, value);
  if (level == LEVEL_ROW) {
    const before = rowId(isWide(table), <usize>old, slot);
    return setRowSlot(table, old, slot, renew(table, level + 1, before, node, value));
  }
  const before: u32 = old == 0 ? 0 : idInNode(table, level, old, slot);
  store<u32>(slotsOf(table, level) + <usize>(slot << 2), renew(table, level + 1, before, node, value));
}

/** The id for what is under `node`, in place of `old`, which it may be again. */
function renew(table: usize, level: i32, old: u32, node: usize, value: u32): u32 {
  const kept = isNode(table, old) ? old : 0;
  if (level == LEVEL_COUNT) return makeRecord(table, kept, node, value);
  if (kept == 0) {
    cover(table, level, 0, node, 0, NODE_SLOTS, value);
  } else {
    gatherSlots(table, level, kept);
    coverReached(table, level, kept, node, value);
  }
  return makeNode(table, level, kept);
}

// ---- rows ----------------------------------------------------------------------------------------------------------------

function setRowSlot(table: usize, row: u32, slot: u32, id: u32): void {
  const wide = isWide(table);
  const before = rowId(wide, <usize>row, slot);
  if (before == id) return;
  if (wide) atomic.store<u32>(<usize>row + <usize>(slot << 2), id);
  else atomic.store<u16>(<usize>row + <usize>(slot << 1), <u16>id);
  retireTree(table, 0, before, id);
}

/** One /16: `node` and what is under it are its longer prefixes, `value` what it has else. */
function setTop(table: usize, slot: u32, node: usize, value: u32): void {
  const shown = get(table, SHOWN);
  if (shown & SHOW_SHORT) store<u32>(<usize>get(table, SHORT) + <usize>(slot << 2), value);
  if ((shown & SHOW_ROWS) == 0) return;
  const link = <usize>get(table, TOP) + <usize>(slot << 2);
  const row = load<u32>(link);
  if (node == 0) {
    if (row == get(table, EMPTY_ROW)) return;
    atomic.store<u32>(link, get(table, EMPTY_ROW));
    if (row != get(table, WALK_ROW)) dropRow(table, row);
  } else if (row == get(table, EMPTY_ROW) || row == get(table, WALK_ROW)) {
    const made = makeRow(table);
    if (made != 0) cover(table, LEVEL_ROW, <u32>made, node, 0, ROW_SLOTS, 0);
    atomic.store<u32>(link, made != 0 ? <u32>made : get(table, WALK_ROW));
  } else {
    coverReached(table, LEVEL_ROW, row, node, 0);
  }
}

/** A row with nothing in it; 0 when there is no room, or there are enough of them. */
function makeRow(table: usize): usize {
  if (get(table, ROWS) == MOST_ROWS) return 0;
  const wide = isWide(table);
  const row = takeRoom(section(SECTION_FIB), rowBytes(wide));
  if (row == 0) return 0;
  put(table, ROWS, get(table, ROWS) + 1);
  return fillRow(row, wide, noneId(wide));
}

/** Puts one id into all slots of a row, and returns that. */
export function fillRow(row: usize, wide: bool, id: u32): usize {
  for (let slot: u32 = 0; slot < ROW_SLOTS; slot++) {
    if (wide) store<u32>(row + <usize>(slot << 2), id);
    else store<u16>(row + <usize>(slot << 1), <u16>id);
  }
  return row;
}

function dropRow(table: usize, row: u32): void {
  const wide = isWide(table);
  for (let slot: u32 = 0; slot < ROW_SLOTS; slot++) retireTree(table, 0, rowId(wide, <usize>row, slot), 0);
  arenaRelease(section(SECTION_FIB), <usize>row, rowBytes(wide));
  put(table, ROWS, get(table, ROWS) - 1);
}
