/**
 * Memory of small nodes without a header each: cut from chunks of the arena in units of 8 bytes, with a free list for
 * each size. A node that readers may still see waits in a ring with the epoch that retired it.
 *
 * A change secures its memory before it begins (`poolReserve`), so that a commit cannot fail. What is not needed any
 * more goes back to the arena at `poolTrim`.
 *
 * POOL, 256 B, lies in the header of its table:
 *  0        4        8        12       16       20       24       28       32       36       40      48
 * +--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+-------+--------------+
 * | chunks | spare  | spare  | bump   | bump   | ring   | ring   | ring   | ring   | largest| live  | free lists,  |
 * | in use | chunks | count  | next   | end    |        | slots  | head   | tail   | bytes  | bytes | by units     |
 * +--------+--------+--------+--------+--------+--------+--------+--------+--------+--------+-------+--------------+
 * CHUNK: | u32 next chunk | u32 0 | nodes ... |      RING: { u32 what, i32 epoch }, head and tail count up
 */
import { ARENA_TRANSACTION_OFFSET } from '../layout';
import { arenaAlloc, arenaRelease } from '../arena';
import { quiesced } from '../control';

export const POOL_BYTES: u32 = 256;
const CHUNKS: usize = 0;
const SPARE: usize = 4;
const SPARE_COUNT: usize = 8;
const BUMP: usize = 12;
const BUMP_END: usize = 16;
const RING: usize = 20;
const RING_SLOTS: usize = 24;
const RING_HEAD: usize = 28;
const RING_TAIL: usize = 32;
const LARGEST: usize = 36;
const LIVE: usize = 40;
/** Nodes in the free list of the largest size. */
const LARGEST_FREE: usize = 44;
const FREE: usize = 48;
const CHUNK_BYTES: u32 = 65536;
const CHUNK_HEADER: u32 = 8;
const FIRST_RING_SLOTS: u32 = 1024;
/** A node of one unit could not be told from a leftover that is too small to use. */
const LEAST_UNITS: u32 = 2;

/** An empty pool for nodes of at most `largest` bytes (a multiple of 8, at most 408). False = no room. */
export function poolInit(pool: usize, arena: usize, largest: u32): bool {
  memory.fill(pool, 0, POOL_BYTES);
  store<u32>(pool, largest, LARGEST);
  return growRing(pool, arena, FIRST_RING_SLOTS);
}

function growRing(pool: usize, arena: usize, slots: u32): bool {
  const ring = arenaAlloc(arena, slots << 3);
  if (ring == 0) return false;
  const old = <usize>load<u32>(pool, RING);
  const oldSlots = load<u32>(pool, RING_SLOTS);
  for (let at = load<u32>(pool, RING_HEAD); at != load<u32>(pool, RING_TAIL); at++) {
    store<u64>(ring + <usize>((at & (slots - 1)) << 3), load<u64>(old + <usize>((at & (oldSlots - 1)) << 3)));
  }
  if (old != 0) arenaRelease(arena, old, oldSlots << 3);
  store<u32>(pool, <u32>ring, RING);
  store<u32>(pool, slots, RING_SLOTS);
  return true;
}

/** True when `nodes` nodes of the largest size, and as many retirements, are certain to succeed now. */
export function poolReserve(pool: usize, arena: usize, nodes: u32): bool {
  const waiting = load<u32>(pool, RING_TAIL) - load<u32>(pool, RING_HEAD);
  let slots = load<u32>(pool, RING_SLOTS);
  if (waiting + nodes > slots) {
    while (slots < waiting + nodes) slots <<= 1;
    if (!growRing(pool, arena, slots)) return false;
  }
  const largest = load<u32>(pool, LARGEST);
  const each = (CHUNK_BYTES - CHUNK_HEADER) / largest;
  let found = load<u32>(pool, LARGEST_FREE) + (load<u32>(pool, BUMP_END) - load<u32>(pool, BUMP)) / largest;
  found += load<u32>(pool, SPARE_COUNT) * each;
  for (; found < nodes; found += each) {
    const chunk = arenaAlloc(arena, CHUNK_BYTES);
    if (chunk == 0) return false;
    push(pool + SPARE, chunk);
    store<u32>(pool, load<u32>(pool, SPARE_COUNT) + 1, SPARE_COUNT);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function push(list: usize, item: usize): void {
  store<u32>(item, load<u32>(list));
  store<u32>(list, <u32>item);
}

// @ts-ignore: decorator
@inline
function pop(list: usize): usize {
  const item = <usize>load<u32>(list);
  store<u32>(list, load<u32>(item));
  return item;
}

// @ts-ignore: decorator
@inline
function unitsOf(bytes: u32): u32 {
  return max((bytes + 7) >>> 3, LEAST_UNITS);
}

/** What a node of `bytes` bytes takes of the pool. */
// @ts-ignore: decorator
@inline
export function poolBytes(bytes: u32): u32 {
  return unitsOf(bytes) << 3;
}

// @ts-ignore: decorator
@inline
function freeList(pool: usize, units: u32): usize {
  return pool + FREE + <usize>(units << 2);
}

function pushFree(pool: usize, node: usize, units: u32): void {
  push(freeList(pool, units), node);
  if (units << 3 == load<u32>(pool, LARGEST)) store<u32>(pool, load<u32>(pool, LARGEST_FREE) + 1, LARGEST_FREE);
}

function popFree(pool: usize, units: u32): usize {
  const list = freeList(pool, units);
  if (load<u32>(list) == 0) return 0;
  if (units << 3 == load<u32>(pool, LARGEST)) store<u32>(pool, load<u32>(pool, LARGEST_FREE) - 1, LARGEST_FREE);
  return pop(list);
}

/** A node of `bytes` bytes, 8-byte aligned, its content arbitrary. Room has been reserved. */
export function poolAlloc(pool: usize, bytes: u32): usize {
  const units = unitsOf(bytes);
  store<u32>(pool, load<u32>(pool, LIVE) + (units << 3), LIVE);
  const exact = popFree(pool, units);
  if (exact != 0) return exact;
  let next = load<u32>(pool, BUMP);
  if (load<u32>(pool, BUMP_END) - next < units << 3) {
    const split = splitLarger(pool, units);
    if (split != 0) return split;
    nextChunk(pool);
    next = load<u32>(pool, BUMP);
  }
  store<u32>(pool, next + (units << 3), BUMP);
  return <usize>next;
}

/** Part of a larger free node; what is left becomes a free node too. 0 when there is none. */
function splitLarger(pool: usize, units: u32): usize {
  const most = load<u32>(pool, LARGEST) >>> 3;
  for (let larger = units + LEAST_UNITS; larger <= most; larger++) {
    const node = popFree(pool, larger);
    if (node == 0) continue;
    pushFree(pool, node + <usize>(units << 3), larger - units);
    return node;
  }
  return 0;
}

function nextChunk(pool: usize): void {
  const next = load<u32>(pool, BUMP);
  const left = (load<u32>(pool, BUMP_END) - next) >>> 3;
  if (left >= LEAST_UNITS) pushFree(pool, <usize>next, left);
  assert(load<u32>(pool, SPARE_COUNT) > 0); // reserved
  const chunk = pop(pool + SPARE);
  store<u32>(pool, load<u32>(pool, SPARE_COUNT) - 1, SPARE_COUNT);
  push(pool + CHUNKS, chunk);
  store<u32>(pool, <u32>chunk + CHUNK_HEADER, BUMP);
  store<u32>(pool, <u32>chunk + CHUNK_BYTES, BUMP_END);
}

/** Gives back a node that no reader can see. */
export function poolFree(pool: usize, node: usize, bytes: u32): void {
  const units = unitsOf(bytes);
  store<u32>(pool, load<u32>(pool, LIVE) - (units << 3), LIVE);
  pushFree(pool, node, units);
}

/** Bytes of the nodes in use, retired ones included. */
// @ts-ignore: decorator
@inline
export function poolLiveBytes(pool: usize): u32 {
  return load<u32>(pool, LIVE);
}

/** Hands something that readers may see to `poolReclaim`, once the coming publish has been seen by all of them. */
export function poolRetire(pool: usize, arena: usize, what: u32): void {
  const tail = load<u32>(pool, RING_TAIL);
  assert(tail - load<u32>(pool, RING_HEAD) < load<u32>(pool, RING_SLOTS)); // reserved
  const slot = <usize>load<u32>(pool, RING) + <usize>((tail & (load<u32>(pool, RING_SLOTS) - 1)) << 3);
  store<u32>(slot, what);
  store<i32>(slot, load<i32>(arena, ARENA_TRANSACTION_OFFSET), 4);
  store<u32>(pool, tail + 1, RING_TAIL);
}

/** The oldest retired item whose readers are gone, which the caller frees; 0 when there is none. */
// @ts-ignore: decorator
@inline
export function poolNextReclaimable(pool: usize): u32 {
  const head = load<u32>(pool, RING_HEAD);
  if (head == load<u32>(pool, RING_TAIL)) return 0;
  const slot = <usize>load<u32>(pool, RING) + <usize>((head & (load<u32>(pool, RING_SLOTS) - 1)) << 3);
  if (!quiesced(load<i32>(slot, 4))) return 0;
  store<u32>(pool, head + 1, RING_HEAD);
  return load<u32>(slot);
}

/** Gives chunks that were reserved and not needed back to the arena, all but `kept`. */
export function poolTrim(pool: usize, arena: usize, kept: u32): void {
  while (load<u32>(pool, SPARE_COUNT) > kept) {
    arenaRelease(arena, pop(pool + SPARE), CHUNK_BYTES);
    store<u32>(pool, load<u32>(pool, SPARE_COUNT) - 1, SPARE_COUNT);
  }
}

/** Releases everything. Readers may still be in it: the arena waits for them. */
export function poolDestroy(pool: usize, arena: usize): void {
  poolTrim(pool, arena, 0);
  let chunk = <usize>load<u32>(pool, CHUNKS);
  while (chunk != 0) {
    const next = <usize>load<u32>(chunk);
    arenaRelease(arena, chunk, CHUNK_BYTES);
    chunk = next;
  }
  const ring = <usize>load<u32>(pool, RING);
  if (ring != 0) arenaRelease(arena, ring, load<u32>(pool, RING_SLOTS) << 3);
}
