/** The transaction of an in-place IPv4 table (table4.ts): insert, remove, which blocks changed, and how to go back. */
import {
  EMPTY_ROOT,
  LPM_TOO_NARROW,
  SPEC_BYTES,
} from '../layout';
import { arenaAlloc, arenaFree, arenaRelease, isFresh } from '../arena';
import { heapOf, longList, longLists, reservedOf, ribDestroy, ribGet, ribInherited, ribInit, ribPut, ribReserve, ribSweep, ribTouch, ribTouchBlock, setReserved } from './rib4';
import { LARGEST_NARROW_NODE, LARGEST_WIDE_NODE, uniformDestroy, uniformInit, uniformRegister, uniformReserve } from './run-node';
import { NODES_OF_QUAD, QUADS_BYTES, makeQuad, quadReserve, reclaim } from './quad';
import { poolDestroy, poolInit, poolLiveBytes, poolReserve, poolTrim } from './node-pool';
import { clearDirty, dirtyDestroy, dirtyInit, nextDirty, setDirty } from './dirty4';
import { specBits, specValue } from './spec';
import {
  BLOCK_BITS,
  BLOCK_COUNT,
  DIRECTORY,
  GROUP,
  GROUP_BLOCKS,
  HEADER_BYTES,
  LEAF_BYTES,
  NEEDED,
  POOL,
  QUADS,
  QUAD_NEEDED,
  SLOTS,
  SLOT_COUNT,
  TOUCHED,
  UNDO,
  UNDO_COUNT,
  UNDO_ROOM,
  UNIFORM_BARE,
  UNIFORM_CHANGES,
  WIDE,
  blocksOf,
  firstBlock,
  get,
  largestValue,
  put,
} from './table4';

/** { u32 word, u32 bits, u32 value before } */
const UNDO_BYTES: u32 = 12;
const FIRST_UNDO_ROOM: u32 = 256;
/** Nodes that insertions leave, so that what fills a table can also be taken out again. */
const NODES_FOR_REMOVAL: u32 = 64;

/** An empty table with a directory of `directoryBytes` that the kind has yet to fill. 0 = no room, nothing taken. */
export function createTable(arena: usize, leafBytes: u32, directoryBytes: u32): usize {
  const table = arenaAlloc(arena, HEADER_BYTES);
  if (table == 0) return 0;
  memory.fill(table, 0, HEADER_BYTES);
  put(table, LEAF_BYTES, leafBytes);
  if (fillTable(table, arena, leafBytes, directoryBytes)) return table;
  destroyTable(table, arena, directoryBytes);
  return 0;
}

function fillTable(table: usize, arena: usize, leafBytes: u32, directoryBytes: u32): bool {
  const largest = leafBytes == WIDE ? LARGEST_WIDE_NODE : LARGEST_NARROW_NODE;
  const directory = arenaAlloc(arena, directoryBytes);
  put(table, DIRECTORY, <u32>directory);
  if (directory == 0 || !ribInit(table, arena) || !poolInit(table + POOL, arena, largest)) return false;
  if (!dirtyInit(table, arena)) return false;
  const undo = arenaAlloc(arena, FIRST_UNDO_ROOM * UNDO_BYTES);
  put(table, UNDO, <u32>undo);
  put(table, UNDO_ROOM, FIRST_UNDO_ROOM);
  return undo != 0 && poolReserve(table + POOL, arena, 1) && uniformInit(table, arena);
}

/** The directory, nodes and quads in use, and the table of quads. */
export function readerBytesOf(table: usize, directoryBytes: u32): u32 {
  return directoryBytes + poolLiveBytes(table + POOL) + (get(table, QUADS) != 0 ? QUADS_BYTES : 0);
}

/** Releases everything; readers may still be in it. Takes a table that was made in part as well. */
export function destroyTable(table: usize, arena: usize, directoryBytes: u32): void {
  release(arena, get(table, DIRECTORY), directoryBytes);
  release(arena, get(table, QUADS), QUADS_BYTES);
  dirtyDestroy(table, arena);
  release(arena, get(table, UNDO), get(table, UNDO_ROOM) * UNDO_BYTES);
  uniformDestroy(table, arena);
  poolDestroy(table + POOL, arena);
  ribDestroy(table, arena);
  arenaRelease(arena, table, HEADER_BYTES);
}

function release(arena: usize, block: u32, bytes: u32): void {
  if (block != 0) arenaRelease(arena, <usize>block, bytes);
}

/** Root after the change, 0 = no room, LPM_TOO_NARROW: the leaves cannot hold it. The latter two change nothing. */
export function insertPrefix(table: usize, arena: usize, spec: usize): u32 {
  const word = load<u32>(spec);
  const bits = specBits(spec);
  const value = specValue(spec);
  if (ribGet(table, word, bits) == value) return <u32>table;
  if (value > largestValue(table)) return LPM_TOO_NARROW;
  if (!uniformReserve(table, arena) || !ribReserve(table, arena, word, bits)) return refuse(table, word, bits);
  uniformRegister(table, value);
  return change(table, arena, word, bits, value);
}

export function removePrefix(table: usize, arena: usize, spec: usize): u32 {
  const word = load<u32>(spec);
  const bits = specBits(spec);
  return ribGet(table, word, bits) == 0 ? <u32>table : change(table, arena, word, bits, 0);
}

/** Has the memory fetched that the next `count` changes will read. */
export function touchAhead(table: usize, specs: usize, count: u32): void {
  let touched: u32 = 0;
  for (const end = specs + <usize>(count * SPEC_BYTES); specs < end; specs += SPEC_BYTES) {
    touched |= ribTouch(table, load<u32>(specs), specBits(specs));
  }
  put(table, TOUCHED, touched);
}

/** What was made for a change that will not be is found by the next commit. */
function refuse(table: usize, word: u32, bits: u32): u32 {
  if (bits > BLOCK_BITS) setDirty(table, firstBlock(word));
  return 0;
}

function change(table: usize, arena: usize, word: u32, bits: u32, value: u32): u32 {
  const first = firstBlock(word);
  const count = blocksOf(bits);
  // A block that has a heap needs a node, and each quad five. What a transaction has reserved it does not ask for twice.
  let nodes: u32 = 0;
  let quads: u32 = 0;
  for (let block = first; block < first + count; block++) {
    const heap = heapOf(table, block);
    if (heap == 0) continue;
    const reserved = reservedOf(heap);
    nodes += u32(reserved == 0);
    quads += longLists(heap) + 1 - max<u32>(reserved, 1);
  }
  nodes += quads * NODES_OF_QUAD;
  reclaim(table);
  const spare = value == 0 ? 0 : NODES_FOR_REMOVAL;
  // A change of whole blocks may bring a value that has no uniform node yet. Four of these take less than a largest.
  const uniform = min(get(table, UNIFORM_CHANGES), get(table, UNIFORM_BARE) + 1) + 4 >>> 2;
  if (!poolReserve(table + POOL, arena, get(table, NEEDED) + nodes + uniform + spare)) return refuse(table, word, bits);
  const numbers = quadReserve(table, arena, quads);
  if (numbers != 1) {
    refuse(table, word, bits);
    return numbers == 0 ? 0 : LPM_TOO_NARROW;
  }
  if (!undoReserve(table, arena)) return refuse(table, word, bits);
  put(table, NEEDED, get(table, NEEDED) + nodes);
  put(table, QUAD_NEEDED, get(table, QUAD_NEEDED) + quads);
  for (let block = first; block < first + count; block++) {
    setDirty(table, block);
    const heap = heapOf(table, block);
    if (heap != 0) setReserved(heap, longLists(heap) + 1);
  }
  if (bits <= BLOCK_BITS) put(table, UNIFORM_CHANGES, get(table, UNIFORM_CHANGES) + 1);
  noteUndo(table, word, bits, ribPut(table, word, bits, value));
  return <u32>table;
}

/** After the kind has renewed the dirty blocks, or the RIB is what it was: sweeps them and starts afresh. */
export function endTransaction(table: usize, arena: usize): void {
  for (let block = nextDirty(table, 0); block < BLOCK_COUNT; block = nextDirty(table, block + 1)) {
    ribSweep(table, arena, block);
  }
  clearDirty(table);
  put(table, NEEDED, 0);
  put(table, QUAD_NEEDED, 0);
  put(table, UNIFORM_CHANGES, 0);
  put(table, UNDO_COUNT, 0);
  // One stays, so that a full table can still be taken apart.
  poolTrim(table + POOL, arena, 1);
}

/** Notes the next dirty blocks from `block` on in the table's row for them; returns how many. */
export function nextGroup(table: usize, block: u32): u32 {
  let count: u32 = 0;
  let touched: u32 = 0;
  for (let next = nextDirty(table, block); next < BLOCK_COUNT && count < GROUP_BLOCKS; next = nextDirty(table, next + 1)) {
    store<u32>(table + GROUP + (<usize>count << 2), next);
    touched |= ribTouchBlock(table, next);
    count += 1;
  }
  put(table, TOUCHED, touched);
  return count;
}

/** Block `index` of that row. */
// @ts-ignore: decorator
@inline
export function groupBlock(table: usize, index: u32): u32 {
  return load<u32>(table + GROUP + (<usize>index << 2));
}

// ---- undo --------------------------------------------------------------------------------------------------------------

function undoReserve(table: usize, arena: usize): bool {
  const room = get(table, UNDO_ROOM);
  if (get(table, UNDO_COUNT) < room) return true;
  const grown = arenaAlloc(arena, (room << 1) * UNDO_BYTES);
  if (grown == 0) return false;
  const old = <usize>get(table, UNDO);
  memory.copy(grown, old, <usize>(room * UNDO_BYTES));
  arenaFree(arena, old, room * UNDO_BYTES);
  put(table, UNDO, <u32>grown);
  put(table, UNDO_ROOM, room << 1);
  return true;
}

function noteUndo(table: usize, word: u32, bits: u32, before: u32): void {
  const count = get(table, UNDO_COUNT);
  const at = <usize>get(table, UNDO) + <usize>(count * UNDO_BYTES);
  store<u32>(at, word);
  store<u32>(at, bits, 4);
  store<u32>(at, before, 8);
  put(table, UNDO_COUNT, count + 1);
}

/** Takes the transaction back. A table that it made is gone. */
export function abandonTable(table: usize, arena: usize, directoryBytes: u32): void {
  if (isFresh(arena, table)) return destroyTable(table, arena, directoryBytes);
  const undo = <usize>get(table, UNDO);
  for (let i = get(table, UNDO_COUNT); i > 0; i--) {
    const at = undo + <usize>((i - 1) * UNDO_BYTES);
    ribPut(table, load<u32>(at), load<u32>(at, 4), load<u32>(at, 8));
  }
  endTransaction(table, arena);
}

// ---- a block as readers will see it ---------------------------------------------------------------------------------------

/** Fills the table's row of slots with what each /24 of a block has: a value, or the escape of a new quad. */
export function fillSlots(table: usize, block: u32): usize {
  const slots = table + SLOTS;
  const heap = heapOf(table, block);
  const inherited = ribInherited(table, block);
  if (heap == 0) {
    for (let slot: u32 = 0; slot < SLOT_COUNT; slot++) store<u32>(slots + <usize>(slot << 2), inherited);
    return slots;
  }
  fillFromHeap(slots, heap, inherited);
  if (longLists(heap) == 0) return slots;
  for (let slot: u32 = 0; slot < SLOT_COUNT; slot++) {
    const list = longList(heap, slot);
    if (list == 0 || load<u32>(list) == 0) continue;
    const at = slots + <usize>(slot << 2);
    store<u32>(at, makeQuad(table, list, load<u32>(at)));
  }
  return slots;
}

/** Level by level, in place from behind: after the level of /18+d the first 2^d slots hold what its nodes have. */
function fillFromHeap(slots: usize, heap: usize, inherited: u32): void {
  store<u32>(slots, inherited);
  fillPair(slots, heap + 8, 0);
  fillPair(slots, heap + 16, 1);
  fillPair(slots, heap + 16, 0);
  for (let width: usize = 4; width < SLOT_COUNT; width <<= 1) {
    for (let i: isize = width - 4; i >= 0; i -= 4) fillFour(slots + (i << 2), slots + (i << 3), heap + ((width + i) << 3));
  }
}

/** Two children of slot `i`, whose values start `i` pairs behind `pairs`. */
// @ts-ignore: decorator
@inline
function fillPair(slots: usize, pairs: usize, i: usize): void {
  const above = load<u32>(slots + (i << 2));
  const pair = load<u64>(pairs + (i << 3));
  const left = <u32>pair;
  const right = <u32>(pair >>> 32);
  store<u64>(slots + (i << 3), <u64>(left != 0 ? left : above) | (<u64>(right != 0 ? right : above) << 32));
}

/** Eight children of the four slots at `from`: their own values, or else what is above them. */
// @ts-ignore: decorator
@inline
function fillFour(from: usize, to: usize, own: usize): void {
  const above = v128.load(from);
  const none = i32x4.splat(0);
  const first = v128.load(own);
  const last = v128.load(own, 16);
  v128.store(to, v128.bitselect(v128.shuffle<u32>(above, above, 0, 0, 1, 1), first, i32x4.eq(first, none)));
  v128.store(to, v128.bitselect(v128.shuffle<u32>(above, above, 2, 2, 3, 3), last, i32x4.eq(last, none)), 16);
}
