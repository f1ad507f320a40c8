/** The transaction of an IPv6 table (table6.ts): insert, remove, the log of what changed, and how to go back. */
import { EMPTY_ROOT, LPM_TOO_NARROW } from '../layout';
import { arenaAlloc, arenaHasRoom, arenaRelease, isFresh } from '../arena';
import * as patricia from './patricia';
import { specBits, specValue } from './spec';
import { fillRow, showChange } from './show6';
import { LEVELS_BYTES, LINKS_BYTES, SPARE_RIB_NODES, growLeaves, unitsDestroy, unitsInit, unitsReclaim } from './units6';
import {
  CHANGED_BITS,
  CHANGED_WORD0,
  CHANGED_WORD1,
  COUNT,
  EMPTY_ROW,
  HEADER_BYTES,
  IS_STARVED,
  LARGEST_NARROW_VALUE,
  LEAF_BYTES,
  LEAF_LIMIT,
  LEVELS,
  LINKS,
  LOG,
  LOG_COUNT,
  LOG_USED,
  RIB,
  SEEN,
  SEEN_COUNT,
  SEQUENCE,
  SHORT,
  SHOWN,
  SHOW_ROWS,
  SHOW_SHORT,
  TOP,
  TOP_BITS,
  TOP_SLOTS,
  WALK_ROW,
  WIDE,
  get,
  isWide,
  noneId,
  put,
  rowBytes,
  walkId,
} from './table6';

const TOP_BYTES: u32 = TOP_SLOTS << 2;
/** More prefixes than this are not worth a try with two-byte ids. */
const MOST_NARROW: u32 = 1 << 18;
/** Values that have leaves from the first, and how many more at a time. */
const LEAF_STEP: u32 = 64;

/** LOG: | u32 next block, or 0 | entries: { u32 first word, u32 second word, u32 bits } ... |; the last one stays. */
const LOG_ENTRY: u32 = 12;
const FIRST_LOG_ENTRIES: u32 = 256;
const LOG_ENTRIES: u32 = 4096;
/** In place of the number of changes: more than could be noted. */
const LOG_LOST: u32 = 0xffff_ffff;

/** An empty table; 0 = no room, nothing taken. */
export function createTable(arena: usize, leafBytes: u32): usize {
  const table = arenaAlloc(arena, HEADER_BYTES);
  if (table == 0) return 0;
  memory.fill(table, 0, HEADER_BYTES);
  put(table, LEAF_BYTES, leafBytes);
  put(table, RIB, EMPTY_ROOT);
  put(table, SEEN, EMPTY_ROOT);
  if (fillTable(table, arena)) return table;
  destroyTable(table, arena);
  return 0;
}

function fillTable(table: usize, arena: usize): bool {
  const wide = isWide(table);
  if (!take(table, arena, TOP, TOP_BYTES) || !take(table, arena, SHORT, TOP_BYTES)) return false;
  if (!take(table, arena, LOG, logBytes(FIRST_LOG_ENTRIES))) return false;
  if (!wide && !(take(table, arena, LEVELS, LEVELS_BYTES) && take(table, arena, LINKS, LINKS_BYTES))) return false;
  if (!take(table, arena, EMPTY_ROW, rowBytes(wide)) || !take(table, arena, WALK_ROW, rowBytes(wide))) return false;
  const empty = fillRow(<usize>get(table, EMPTY_ROW), wide, noneId(wide));
  fillRow(<usize>get(table, WALK_ROW), wide, walkId(wide));
  for (let i: u32 = 0; i < TOP_SLOTS; i++) store<u32>(<usize>get(table, TOP) + <usize>(i << 2), <u32>empty);
  memory.fill(<usize>get(table, SHORT), 0, TOP_BYTES);
  store<u32>(<usize>get(table, LOG), 0);
  if (!wide) unitsInit(table, LEAF_STEP);
  return true;
}

function take(table: usize, arena: usize, field: usize, bytes: u32): bool {
  const block = arenaAlloc(arena, bytes);
  put(table, field, <u32>block);
  return block != 0;
}

/** Releases everything; readers may still be in it. Takes a table that was made in part as well. */
export function destroyTable(table: usize, arena: usize): void {
  const wide = isWide(table);
  patricia.destroy(6, get(table, RIB), arena);
  if (get(table, LOG) != 0) endLog(table, arena);
  if (get(table, WALK_ROW) != 0) {
    for (let i: u32 = 0; i < TOP_SLOTS; i++) {
      const row = load<u32>(<usize>get(table, TOP) + <usize>(i << 2));
      if (row != get(table, EMPTY_ROW) && row != get(table, WALK_ROW)) release(arena, row, rowBytes(wide));
    }
  }
  release(arena, get(table, EMPTY_ROW), rowBytes(wide));
  release(arena, get(table, WALK_ROW), rowBytes(wide));
  release(arena, get(table, TOP), TOP_BYTES);
  release(arena, get(table, SHORT), TOP_BYTES);
  release(arena, get(table, LOG), logBytes(FIRST_LOG_ENTRIES));
  release(arena, get(table, LEVELS), LEVELS_BYTES);
  release(arena, get(table, LINKS), LINKS_BYTES);
  if (wide) unitsDestroy(table, arena);
  arenaRelease(arena, table, HEADER_BYTES);
}

function release(arena: usize, block: u32, bytes: u32): void {
  if (block != 0) arenaRelease(arena, <usize>block, bytes);
}

/** Root after the change, 0 = no room, LPM_TOO_NARROW: the ids cannot hold it. The latter two change nothing. */
export function insertPrefix(table: usize, arena: usize, spec: usize): u32 {
  const value = specValue(spec);
  const before = patricia.valueOf(<usize>get(table, RIB), spec);
  if (before == value) return <u32>table;
  if (!holds(table, value)) return LPM_TOO_NARROW;
  if (!arenaHasRoom(arena, patricia.nodeBytes(6), SPARE_RIB_NODES)) return 0;
  return note(table, arena, spec, patricia.insert(get(table, RIB), arena, spec), before == 0 ? 1 : 0);
}

export function removePrefix(table: usize, arena: usize, spec: usize): u32 {
  if (patricia.valueOf(<usize>get(table, RIB), spec) == 0) return <u32>table;
  return note(table, arena, spec, patricia.remove(get(table, RIB), arena, spec), -1);
}

/** Whether ids of this size do for one more prefix, with this value. */
function holds(table: usize, value: u32): bool {
  if (isWide(table)) return <i32>value >= 0;
  if (value > LARGEST_NARROW_VALUE || get(table, IS_STARVED) != 0 || get(table, COUNT) >= MOST_NARROW) return false;
  return value <= get(table, LEAF_LIMIT) || growLeaves(table, min(value + LEAF_STEP, LARGEST_NARROW_VALUE));
}

function note(table: usize, arena: usize, spec: usize, rib: u32, more: i32): u32 {
  if (rib == 0) return 0;
  put(table, RIB, rib);
  put(table, COUNT, get(table, COUNT) + more);
  addToLog(table, arena, spec);
  return <u32>table;
}

/** Takes the transaction back. A table that it made is gone. */
export function abandonTable(table: usize, arena: usize): void {
  if (isFresh(arena, table)) return destroyTable(table, arena);
  patricia.abandon(6, get(table, RIB), arena);
  put(table, RIB, get(table, SEEN));
  put(table, COUNT, get(table, SEEN_COUNT));
  endLog(table, arena);
}

// ---- log ---------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function logBytes(entries: u32): u32 {
  return 4 + entries * LOG_ENTRY;
}

function addToLog(table: usize, arena: usize, spec: usize): void {
  if (get(table, LOG_COUNT) == LOG_LOST) return;
  let block = <usize>get(table, LOG);
  let used = get(table, LOG_USED);
  if (used == (load<u32>(block) == 0 ? FIRST_LOG_ENTRIES : LOG_ENTRIES)) {
    const more = arenaAlloc(arena, logBytes(LOG_ENTRIES));
    if (more == 0) return put(table, LOG_COUNT, LOG_LOST);
    store<u32>(more, <u32>block);
    put(table, LOG, <u32>more);
    block = more;
    used = 0;
  }
  const at = block + <usize>logBytes(used);
  store<u64>(at, load<u64>(spec));
  store<u32>(at, specBits(spec), 8);
  put(table, LOG_USED, used + 1);
  put(table, LOG_COUNT, get(table, LOG_COUNT) + 1);
}

/** Drops the last block of the log, or empties the first. */
function dropLogBlock(table: usize, arena: usize): void {
  const block = <usize>get(table, LOG);
  const next = load<u32>(block);
  if (next == 0) return put(table, LOG_USED, 0);
  put(table, LOG, next);
  put(table, LOG_USED, load<u32>(<usize>next) == 0 ? FIRST_LOG_ENTRIES : LOG_ENTRIES);
  arenaRelease(arena, block, logBytes(LOG_ENTRIES));
}

function endLog(table: usize, arena: usize): void {
  while (load<u32>(<usize>get(table, LOG)) != 0) dropLogBlock(table, arena);
  put(table, LOG_USED, 0);
  put(table, LOG_COUNT, 0);
}

// ---- publish -------------------------------------------------------------------------------------------------------------

/** Puts all changes in place, right before the publish. Cannot fail. Returns the root. */
export function commitTable(table: usize, arena: usize): u32 {
  if (get(table, COUNT) == 0) {
    destroyTable(table, arena);
    return EMPTY_ROOT;
  }
  if (get(table, LOG_COUNT) == 0) return <u32>table;
  unitsReclaim(table);
  atomic.store<u32>(table + SEEN, get(table, RIB));
  put(table, SEEN_COUNT, get(table, COUNT));
  // One change costs as much as many prefixes do that come in order.
  if (get(table, LOG_COUNT) > (get(table, COUNT) >>> 4) + 64) showAll(table);
  else while (get(table, LOG_USED) != 0) showLogBlock(table, arena);
  endLog(table, arena);
  return <u32>table;
}

function showAll(table: usize): void {
  put(table, CHANGED_BITS, 0);
  put(table, CHANGED_WORD0, 0);
  put(table, CHANGED_WORD1, 0);
  put(table, SHOWN, SHOW_SHORT | SHOW_ROWS);
  show(table, true);
}

function showLogBlock(table: usize, arena: usize): void {
  const block = <usize>get(table, LOG);
  for (let i = get(table, LOG_USED); i > 0; i--) {
    const at = block + <usize>logBytes(i - 1);
    const bits = load<u32>(at, 8);
    store<u64>(table + CHANGED_WORD0, load<u64>(at));
    put(table, CHANGED_BITS, bits);
    put(table, SHOWN, bits <= TOP_BITS ? SHOW_SHORT : SHOW_ROWS);
    show(table, bits <= TOP_BITS);
  }
  dropLogBlock(table, arena);
}

function show(table: usize, isShort: bool): void {
  const sequence = get(table, SEQUENCE);
  if (isShort) atomic.store<u32>(table + SEQUENCE, sequence + 1);
  showChange(table);
  if (isShort) atomic.store<u32>(table + SEQUENCE, sequence + 2);
}
