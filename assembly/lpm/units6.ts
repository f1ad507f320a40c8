/**
 * Memory of the nodes and records of an IPv6 table, in units of 16 bytes. A narrow table has a region of its own for
 * each level, in which a node is known by a number of two bytes: values have the lowest units as leaves, nodes come
 * from the other end. A wide table takes chunks of the arena.
 *
 * What readers may still see waits in a list until they are gone; its content stays. So the links of lists lie beside
 * the units (narrow), or in the last word of a node, which readers do not look at (wide).
 *
 * POOL, 128 B, one for each region:
 *  0        4        8        12       16       20       24       28       32
 * +--------+--------+--------+--------+--------+--------+--------+--------+-----------------------------
 * | low    | end    | chunks | units  | waiting| epoch  | retired| epoch  | free lists, by units
 * |        |        |        | in use |        |        |        |        |
 * +--------+--------+--------+--------+--------+--------+--------+--------+-----------------------------
 * Units from `low` to `end` have never been used. CHUNK: | u32 next chunk | ... units
 */
import {
  ARENA_END_OFFSET,
  ARENA_LIVE_BYTES_OFFSET,
  ARENA_RETIRED_BYTES_OFFSET,
  ARENA_TRANSACTION_OFFSET,
  SECTION_FIB,
} from '../layout';
import { arenaAlloc, arenaHasRoom, arenaRelease } from '../arena';
import { quiesced, section } from '../control';
import { nodeBytes } from './patricia';
import { LEAF_LIMIT, LEVEL_COUNT, LEVEL_RECORD, LINKS, POOLS, ESCAPE_NARROW, get, isWide, levelBase, put, walkId } from './table6';

const POOL_SHIFT: usize = 7;
const LOW: usize = 0;
const END: usize = 4;
const CHUNKS: usize = 8;
const LIVE: usize = 12;
const WAITING: usize = 16;
const WAITING_EPOCH: usize = 20;
const RETIRED: usize = 24;
const RETIRED_EPOCH: usize = 28;
const FREE: usize = 32;
export const UNIT_BYTES: u32 = 16;
/** A wide node of 64 runs: 8 + 64 * 4 bytes, and its link. */
const MOST_UNITS: u32 = 17;
const CHUNK_BYTES: u32 = 65536;
/** Units of a cache line. */
const LINE_UNITS: u32 = 4;
/** RIB nodes that nothing else may take the room of, so that a full table can still be taken apart: of one path. */
export const SPARE_RIB_NODES: u32 = 129;
/** A u16 for each unit. */
export const LINKS_BYTES: u32 = 7 << 16;
/** Three regions of 2^16 units, one of 2^15. */
export const LEVELS_BYTES: u32 = 7 << 19;

function poolOf(table: usize, wide: bool, level: i32): usize {
  return table + POOLS + (<usize>(wide && level != LEVEL_RECORD ? 0 : level) << POOL_SHIFT);
}

/** Leaves for values up to `limit`, in all levels of an empty narrow table. */
export function unitsInit(table: usize, limit: u32): void {
  for (let level = 0; level <= LEVEL_RECORD; level++) {
    const pool = poolOf(table, false, level);
    put(pool, LOW, ESCAPE_NARROW);
    put(pool, END, walkId(false));
    if (level == LEVEL_RECORD) break;
    makeLeaf(table, level, walkId(false));
    makeLeaf(table, level, walkId(false) + 1);
  }
  growLeaves(table, limit);
}

/** A node whose slots all lead to itself. */
function makeLeaf(table: usize, level: i32, id: u32): void {
  const at = levelBase(table, false, level) + (<usize>id << 4);
  store<u64>(at, 1 << 63);
  store<u64>(at, id, 8);
}

/** Leaves for values up to `limit` in a narrow table; false when nodes are in the way. */
export function growLeaves(table: usize, limit: u32): bool {
  for (let level = 0; level < LEVEL_COUNT; level++) {
    if (get(poolOf(table, false, level), END) <= limit) return false;
  }
  for (let level = 0; level < LEVEL_COUNT; level++) {
    for (let id = get(table, LEAF_LIMIT) + 1; id <= limit; id++) makeLeaf(table, level, id);
    put(poolOf(table, false, level), LOW, limit + 1);
  }
  put(table, LEAF_LIMIT, limit);
  return true;
}

function nextOf(table: usize, wide: bool, level: i32, unit: u32, units: u32): u32 {
  if (wide) return load<u32>((<usize>(unit + units) << 4) - 4);
  return load<u16>(<usize>get(table, LINKS) + (<usize>linkIndex(level, unit) << 1));
}

function setNext(table: usize, wide: bool, level: i32, unit: u32, units: u32, next: u32): void {
  if (wide) store<u32>((<usize>(unit + units) << 4) - 4, next);
  else store<u16>(<usize>get(table, LINKS) + (<usize>linkIndex(level, unit) << 1), <u16>next);
}

function linkIndex(level: i32, unit: u32): u32 {
  return ((<u32>level << 16) | unit) - (level == LEVEL_RECORD ? ESCAPE_NARROW : 0);
}

function pushFree(table: usize, wide: bool, level: i32, unit: u32, units: u32): void {
  const list = poolOf(table, wide, level) + FREE + (<usize>units << 2);
  setNext(table, wide, level, unit, units, load<u32>(list));
  store<u32>(list, unit);
}

function popFree(table: usize, wide: bool, level: i32, units: u32): u32 {
  const list = poolOf(table, wide, level) + FREE + (<usize>units << 2);
  const unit = load<u32>(list);
  if (unit != 0) store<u32>(list, nextOf(table, wide, level, unit, units));
  return unit;
}

/** `units` units in a row, their content arbitrary: the first of them, or 0 = no room. */
export function unitsAlloc(table: usize, level: i32, units: u32): u32 {
  const wide = isWide(table);
  const pool = poolOf(table, wide, level);
  let unit = popFree(table, wide, level, units);
  if (unit == 0) unit = cut(table, wide, level, units);
  for (let more = units + 1; unit == 0 && more <= MOST_UNITS; more++) {
    unit = popFree(table, wide, level, more);
    if (unit != 0) pushFree(table, wide, level, unit + units, more - units);
  }
  if (unit != 0) put(pool, LIVE, get(pool, LIVE) + units);
  return unit;
}

/** From the end of what was never used; a node that fits a cache line does not straddle two. */
function cut(table: usize, wide: bool, level: i32, units: u32): u32 {
  const pool = poolOf(table, wide, level);
  let end = get(pool, END);
  if (end - get(pool, LOW) < units + LINE_UNITS) {
    if (!wide || !takeChunk(table, level)) return 0;
    end = get(pool, END);
  }
  let unit = end - units;
  if (units <= LINE_UNITS && unit / LINE_UNITS != (end - 1) / LINE_UNITS) {
    const line = end & ~(LINE_UNITS - 1);
    pushFree(table, wide, level, line, end - line);
    unit = line - units;
  }
  put(pool, END, unit);
  return unit;
}

/** A block for what lookups can do without; 0 when that would leave less than a quarter of the arena to prefixes. */
export function takeRoom(arena: usize, bytes: u32): usize {
  const all = load<u32>(arena, ARENA_END_OFFSET) - <u32>arena;
  const used = load<u32>(arena, ARENA_LIVE_BYTES_OFFSET) + load<u32>(arena, ARENA_RETIRED_BYTES_OFFSET);
  if (used + bytes > all - (all >>> 2) || !arenaHasRoom(arena, nodeBytes(6), SPARE_RIB_NODES)) return 0;
  return arenaAlloc(arena, bytes);
}

function takeChunk(table: usize, level: i32): bool {
  const chunk = takeRoom(section(SECTION_FIB), CHUNK_BYTES);
  if (chunk == 0) return false;
  const pool = poolOf(table, true, level);
  // The rest of the last one is too small for most, not for all.
  const rest = min(get(pool, END) - get(pool, LOW), MOST_UNITS);
  if (rest != 0) pushFree(table, true, level, get(pool, LOW), rest);
  store<u32>(chunk, get(pool, CHUNKS));
  put(pool, CHUNKS, <u32>chunk);
  put(pool, LOW, (<u32>chunk >>> 4) + 1);
  put(pool, END, (<u32>chunk + CHUNK_BYTES) >>> 4);
  return true;
}

/** Hands what readers may see to `unitsReclaim`, once the coming publish has been seen by all of them. */
export function unitsRetire(table: usize, level: i32, unit: u32, units: u32): void {
  const wide = isWide(table);
  const pool = poolOf(table, wide, level);
  setNext(table, wide, level, unit, units, get(pool, RETIRED));
  put(pool, RETIRED, unit);
  put(pool, RETIRED_EPOCH, load<u32>(section(SECTION_FIB), ARENA_TRANSACTION_OFFSET));
}

/** Units of a node in one of the lists of a level, whose content is as it was. */
function unitsAt(table: usize, wide: bool, level: i32, unit: u32): u32 {
  return level == LEVEL_RECORD ? 1 : unitsOfRuns(wide, <u32>popcnt<u64>(load<u64>(levelBase(table, wide, level) + (<usize>unit << 4))));
}

/** Units of a node: run bitmap, an id a run, and a link in wide tables. */
// @ts-ignore: decorator
@inline
export function unitsOfRuns(wide: bool, runs: u32): u32 {
  return wide ? ((runs << 2) + 27) >>> 4 : ((runs << 1) + 23) >>> 4;
}

/** Frees what no reader sees any more. */
export function unitsReclaim(table: usize): void {
  const wide = isWide(table);
  for (let level = 0; level <= LEVEL_RECORD; level++) {
    const pool = poolOf(table, wide, level);
    for (let turn = 0; turn < 2; turn++) {
      if (get(pool, WAITING) != 0 && quiesced(get(pool, WAITING_EPOCH))) freeWaiting(table, wide, level);
      if (get(pool, WAITING) != 0) break;
      put(pool, WAITING, get(pool, RETIRED));
      put(pool, WAITING_EPOCH, get(pool, RETIRED_EPOCH));
      put(pool, RETIRED, 0);
    }
  }
}

function freeWaiting(table: usize, wide: bool, level: i32): void {
  const pool = poolOf(table, wide, level);
  let unit = get(pool, WAITING);
  put(pool, WAITING, 0);
  while (unit != 0) {
    const units = unitsAt(table, wide, level, unit);
    const next = nextOf(table, wide, level, unit, units);
    pushFree(table, wide, level, unit, units);
    put(pool, LIVE, get(pool, LIVE) - units);
    unit = next;
  }
}

/** Bytes of nodes, records and leaves; of retired ones too. */
export function unitsLiveBytes(table: usize): u32 {
  let units: u32 = isWide(table) ? 0 : LEVEL_COUNT * (get(table, LEAF_LIMIT) + 3);
  for (let pool = table + POOLS; pool < table + POOLS + (<usize>(LEVEL_RECORD + 1) << POOL_SHIFT); pool += 1 << POOL_SHIFT) {
    units += get(pool, LIVE);
  }
  return units << 4;
}

/** Releases the chunks of a wide table. */
export function unitsDestroy(table: usize, arena: usize): void {
  for (let pool = table + POOLS; pool < table + POOLS + (<usize>(LEVEL_RECORD + 1) << POOL_SHIFT); pool += 1 << POOL_SHIFT) {
    let chunk = <usize>get(pool, CHUNKS);
    while (chunk != 0) {
      const next = <usize>load<u32>(chunk);
      arenaRelease(arena, chunk, CHUNK_BYTES);
      chunk = next;
    }
  }
}
