/** The transaction of an in-place IPv4 table (table4.ts): insert, remove, which blocks changed, and how to go back. */
import {
  EMPTY_ROOT,
  LPM_TOO_NARROW,
} from '../layout';
import { arenaAlloc, arenaRelease, isFresh } from '../arena';
import { heapOf, longList, longLists, reservedOf, ribDestroy, ribGet, ribInherited, ribInit, ribPut, ribReserve, ribSweep, setReserved } from './rib4';
import { LARGEST_NARROW_NODE, LARGEST_WIDE_NODE, uniformDestroy, uniformInit, uniformRegister, uniformReserve } from './run-node';
import { NODES_OF_QUAD, QUADS_BYTES, makeQuad, quadReserve, reclaim } from './quad';
import { poolDestroy, poolInit, poolLiveBytes, poolReserve, poolTrim } from './node-pool';
import { specBits, specValue } from './spec';
import {
  BLOCK_BITS,
  BLOCK_COUNT,
  DIRECTORY,
  DIRTY,
  DIRTY_COUNT,
  HEADER_BYTES,
  LEAF_BYTES,
  NEEDED,
  POOL,
  QUADS,
  QUAD_NEEDED,
  SLOTS,
  SLOT_COUNT,
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

const DIRTY_BYTES: u32 = BLOCK_COUNT >>> 3;
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
  const dirty = arenaAlloc(arena, DIRTY_BYTES);
  put(table, DIRTY, <u32>dirty);
  if (dirty == 0) return false;
  memory.fill(dirty, 0, DIRTY_BYTES);
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
  release(arena, get(table, DIRTY), DIRTY_BYTES);
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

/** What was made for a change that will not be is found by the next commit. */
function refuse(table: usize, word: u32, bits: u32): u32 {
  if (bits > BLOCK_BITS && !isDirty(table, firstBlock(word))) setDirty(table, firstBlock(word));
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
    if (!isDirty(table, block)) setDirty(table, block);
    const heap = heapOf(table, block);
    if (heap != 0) setReserved(heap, longLists(heap) + 1);
  }
  if (bits <= BLOCK_BITS) put(table, UNIFORM_CHANGES, get(table, UNIFORM_CHANGES) + 1);
  noteUndo(table, word, bits, ribPut(table, word, bits, value));
  return <u32>table;
}

// ---- dirty blocks ------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function isDirty(table: usize, block: u32): bool {
  return ((load<u8>(<usize>get(table, DIRTY) + <usize>(block >>> 3)) >>> (block & 7)) & 1) != 0;
}

function setDirty(table: usize, block: u32): void {
  const at = <usize>get(table, DIRTY) + <usize>(block >>> 3);
  store<u8>(at, <u8>(<u32>load<u8>(at) | (1 << (block & 7))));
  put(table, DIRTY_COUNT, get(table, DIRTY_COUNT) + 1);
}

/** The first dirty block from `block` on; BLOCK_COUNT = none. */
export function nextDirty(table: usize, block: u32): u32 {
  const bits = <usize>get(table, DIRTY);
  while (block < BLOCK_COUNT) {
    const word = load<u64>(bits + <usize>((block >>> 6) << 3)) >>> <u64>(block & 63);
    if (word != 0) return block + <u32>ctz<u64>(word);
    block = (block | 63) + 1;
  }
  return BLOCK_COUNT;
}

/** After the kind has renewed the dirty blocks, or the RIB is what it was: sweeps them and starts afresh. */
export function endTransaction(table: usize, arena: usize): void {
  if (get(table, DIRTY_COUNT) != 0) {
    for (let block = nextDirty(table, 0); block < BLOCK_COUNT; block = nextDirty(table, block + 1)) {
      ribSweep(table, arena, block);
    }
    memory.fill(<usize>get(table, DIRTY), 0, DIRTY_BYTES);
  }
  put(table, DIRTY_COUNT, 0);
  put(table, NEEDED, 0);
  put(table, QUAD_NEEDED, 0);
  put(table, UNIFORM_CHANGES, 0);
  put(table, UNDO_COUNT, 0);
  // One stays, so that a full table can still be taken apart.
  poolTrim(table + POOL, arena, 1);
}

// ---- undo --------------------------------------------------------------------------------------------------------------

function undoReserve(table: usize, arena: usize): bool {
  const room = get(table, UNDO_ROOM);
  if (get(table, UNDO_COUNT) < room) return true;
  const grown = arenaAlloc(arena, (room << 1) * UNDO_BYTES);
  if (grown == 0) return false;
  const old = <usize>get(table, UNDO);
  memory.copy(grown, old, <usize>(room * UNDO_BYTES));
  arenaRelease(arena, old, room * UNDO_BYTES);
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
  for (let width: u32 = 1; width < SLOT_COUNT; width <<= 1) {
    for (let i: i32 = width - 1; i >= 0; i--) {
      const above = load<u32>(slots + (<usize>i << 2));
      const pair = load<u64>(heap + (<usize>(width + i) << 3));
      const left = <u32>pair;
      const right = <u32>(pair >>> 32);
      store<u64>(slots + (<usize>i << 3), <u64>(left != 0 ? left : above) | (<u64>(right != 0 ? right : above) << 32));
    }
  }
}
