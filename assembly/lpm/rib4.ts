/**
 * All IPv4 prefixes of a table, as its writer keeps them: complete binary trees in arrays ("heaps": node i has the
 * children 2i and 2i + 1, node 1 << bits | prefix is that prefix) for /0../18 and, in each /18 that has any, for
 * /19../24; beyond /24 a list for each /24. A value is where it is looked for, in one load.
 *
 * BLOCK HEAP, u32[128]: [0] LONG DIRECTORY or 0, [1] prefixes in the block beyond /18 (low half) and what the current
 * transaction has reserved for it (high half), [2..127] values of /19../24
 * LONG DIRECTORY, u32[65]: a LONG LIST or 0 for each /24 of the block, then how many there are
 * LONG LIST: | u32 count | u32 room | { u32 last octet << 8 | bits, u32 value } ... |
 */
import { arenaAlloc, arenaFree, arenaRelease } from '../arena';
import { wordMask } from '../bytes';
import { specBits, writeSpec } from './spec';
import { BLOCK_BITS, BLOCK_COUNT, BLOCK_SHIFT, COUNT, HEAPS, SLOT_COUNT, TOP, firstBlock, get, put } from './table4';

const TOP_BYTES: u32 = 1 << (BLOCK_BITS + 3);
const HEAPS_BYTES: u32 = BLOCK_COUNT << 2;
const HEAP_BYTES: u32 = 512;
const HEAP_COUNT: usize = 4;
const LONG_DIRECTORY_BYTES: u32 = (SLOT_COUNT + 1) << 2;
const LONG_COUNT: usize = SLOT_COUNT << 2;
const LIST_HEADER: usize = 8;
const LIST_ROOM: usize = 4;
const FIRST_LIST_ROOM: u32 = 4;

/** False = no room; then nothing was taken. */
export function ribInit(table: usize, arena: usize): bool {
  const top = arenaAlloc(arena, TOP_BYTES);
  const heaps = arenaAlloc(arena, HEAPS_BYTES);
  if (top == 0 || heaps == 0) {
    if (top != 0) arenaRelease(arena, top, TOP_BYTES);
    if (heaps != 0) arenaRelease(arena, heaps, HEAPS_BYTES);
    return false;
  }
  memory.fill(top, 0, TOP_BYTES);
  memory.fill(heaps, 0, HEAPS_BYTES);
  put(table, TOP, <u32>top);
  put(table, HEAPS, <u32>heaps);
  return true;
}

// @ts-ignore: decorator
@inline
function heapLink(table: usize, block: u32): usize {
  return <usize>get(table, HEAPS) + <usize>(block << 2);
}

/** The heap of a block; 0 when nothing beyond /18 lies in it. */
// @ts-ignore: decorator
@inline
export function heapOf(table: usize, block: u32): usize {
  return <usize>load<u32>(heapLink(table, block));
}

/** Prefixes beyond /24 of one /24, as (octet << 8 | bits, value) pairs at `longEntry`; 0 when there are none. */
// @ts-ignore: decorator
@inline
export function longList(heap: usize, slot: u32): usize {
  const directory = <usize>load<u32>(heap);
  return directory == 0 ? 0 : <usize>load<u32>(directory + <usize>(slot << 2));
}

// @ts-ignore: decorator
@inline
export function longEntry(list: usize, index: u32): usize {
  return list + LIST_HEADER + <usize>(index << 3);
}

/** How many /24 of a block have prefixes beyond /24. */
// @ts-ignore: decorator
@inline
export function longLists(heap: usize): u32 {
  if (heap == 0) return 0;
  const directory = <usize>load<u32>(heap);
  return directory == 0 ? 0 : load<u32>(directory, LONG_COUNT);
}

// @ts-ignore: decorator
@inline
function slotOf(word: u32): u32 {
  return (word >>> 8) & (SLOT_COUNT - 1);
}

/** What the current transaction has reserved for making this block anew: 0, or 1 + the number of its long lists. */
// @ts-ignore: decorator
@inline
export function reservedOf(heap: usize): u32 {
  return load<u16>(heap, HEAP_COUNT + 2);
}

// @ts-ignore: decorator
@inline
export function setReserved(heap: usize, reserved: u32): void {
  store<u16>(heap, <u16>reserved, HEAP_COUNT + 2);
}

// @ts-ignore: decorator
@inline
function topAt(table: usize, word: u32, bits: u32): usize {
  return <usize>get(table, TOP) + <usize>((<u32>(1 << bits) | <u32>(<u64>word >> (32 - bits))) << 2);
}

/** Word in a block heap of a prefix of /19../24. */
// @ts-ignore: decorator
@inline
function heapAt(heap: usize, word: u32, bits: u32): usize {
  const below = bits - BLOCK_BITS;
  return heap + <usize>((<u32>(1 << below) | ((word << BLOCK_BITS) >>> (32 - below))) << 2);
}

function findLong(list: usize, word: u32, bits: u32): usize {
  const key = ((word & 0xff) << 8) | bits;
  const count: u32 = list == 0 ? 0 : load<u32>(list);
  for (let i: u32 = 0; i < count; i++) {
    const entry = longEntry(list, i);
    if (load<u32>(entry) == key) return entry;
  }
  return 0;
}

/** The value of exactly this prefix, 0 = it is not there. `word` may have bits beyond `bits`: they do not count. */
export function ribGet(table: usize, word: u32, bits: u32): u32 {
  word &= wordMask(bits);
  if (bits <= BLOCK_BITS) return load<u32>(topAt(table, word, bits));
  const heap = heapOf(table, firstBlock(word));
  if (heap == 0) return 0;
  if (bits <= 24) return load<u32>(heapAt(heap, word, bits));
  const entry = findLong(longList(heap, slotOf(word)), word, bits);
  return entry == 0 ? 0 : load<u32>(entry, 4);
}

/**
 * Reads what a change of this prefix will read, so that the memory of several changes is fetched at once: each alone
 * waits for it. Returns something of it, to be used, or the compiler leaves the reads out.
 */
// @ts-ignore: decorator
@inline
export function ribTouch(table: usize, word: u32, bits: u32): u32 {
  if (bits <= BLOCK_BITS) return load<u32>(topAt(table, word & wordMask(bits), bits));
  const heap = heapOf(table, firstBlock(word));
  if (heap == 0) return 0;
  return bits > 24 ? load<u32>(heap) : load<u32>(heap) | load<u32>(heapAt(heap, word & wordMask(bits), bits));
}

/** As `ribTouch`, what making a block anew will read. */
// @ts-ignore: decorator
@inline
export function ribTouchBlock(table: usize, block: u32): u32 {
  const top = <usize>get(table, TOP);
  const node = BLOCK_COUNT | block;
  let touched = load<u32>(top + (<usize>node << 2)) | load<u32>(top + (<usize>(node >>> 1) << 2)) | load<u32>(top + (<usize>(node >>> 2) << 2));
  const heap = heapOf(table, block);
  if (heap == 0) return touched;
  for (let at = heap; at < heap + <usize>HEAP_BYTES; at += 64) touched |= load<u32>(at);
  return touched;
}

/** Makes sure that `ribPut` of this prefix finds memory. False = no room; what was made is empty and is swept. */
export function ribReserve(table: usize, arena: usize, word: u32, bits: u32): bool {
  if (bits <= BLOCK_BITS) return true;
  const link = heapLink(table, firstBlock(word));
  if (!ensure(arena, link, HEAP_BYTES)) return false;
  if (bits <= 24) return true;
  const heap = <usize>load<u32>(link);
  if (!ensure(arena, heap, LONG_DIRECTORY_BYTES)) return false;
  const directory = <usize>load<u32>(heap);
  const listLink = directory + <usize>(slotOf(word) << 2);
  const list = <usize>load<u32>(listLink);
  const count: u32 = list == 0 ? 0 : load<u32>(list);
  const room: u32 = list == 0 ? 0 : load<u32>(list, LIST_ROOM);
  if (count < room) return true;
  const larger = room == 0 ? FIRST_LIST_ROOM : room << 1;
  const grown = arenaAlloc(arena, listBytes(larger));
  if (grown == 0) return false;
  if (list == 0) {
    store<u32>(grown, 0);
    store<u32>(directory, load<u32>(directory, LONG_COUNT) + 1, LONG_COUNT);
  } else {
    memory.copy(grown, list, listBytes(room));
    arenaFree(arena, list, listBytes(room));
  }
  store<u32>(grown, larger, LIST_ROOM);
  store<u32>(listLink, <u32>grown);
  return true;
}

// @ts-ignore: decorator
@inline
function listBytes(room: u32): u32 {
  return <u32>LIST_HEADER + (room << 3);
}

/** Zeroed memory behind a link, if there is none yet. */
function ensure(arena: usize, link: usize, bytes: u32): bool {
  if (load<u32>(link) != 0) return true;
  const made = arenaAlloc(arena, bytes);
  if (made == 0) return false;
  memory.fill(made, 0, bytes);
  store<u32>(link, <u32>made);
  return true;
}

/** Sets a prefix to `value`, 0 = takes it out; room has been reserved. Returns the value before. */
export function ribPut(table: usize, word: u32, bits: u32, value: u32): u32 {
  word &= wordMask(bits);
  let before: u32 = 0;
  if (bits <= BLOCK_BITS) {
    const at = topAt(table, word, bits);
    before = load<u32>(at);
    store<u32>(at, value);
  } else {
    const heap = heapOf(table, firstBlock(word));
    if (bits <= 24) {
      const at = heapAt(heap, word, bits);
      before = load<u32>(at);
      store<u32>(at, value);
    } else {
      before = putLong(longList(heap, slotOf(word)), word, bits, value);
    }
    const change = i32(value != 0) - i32(before != 0);
    store<u16>(heap, <u16>(<i32>load<u16>(heap, HEAP_COUNT) + change), HEAP_COUNT);
  }
  put(table, COUNT, get(table, COUNT) + u32(value != 0) - u32(before != 0));
  return before;
}

function putLong(list: usize, word: u32, bits: u32, value: u32): u32 {
  const count = load<u32>(list);
  const entry = findLong(list, word, bits);
  if (entry == 0) {
    assert(count < load<u32>(list, LIST_ROOM)); // reserved
    store<u32>(longEntry(list, count), ((word & 0xff) << 8) | bits);
    store<u32>(longEntry(list, count), value, 4);
    store<u32>(list, count + 1);
    return 0;
  }
  const before = load<u32>(entry, 4);
  if (value != 0) {
    store<u32>(entry, value, 4);
  } else {
    store<u64>(entry, load<u64>(longEntry(list, count - 1)));
    store<u32>(list, count - 1);
  }
  return before;
}

/** Releases what became empty in a block, and forgets what was reserved for it. */
export function ribSweep(table: usize, arena: usize, block: u32): void {
  const link = heapLink(table, block);
  const heap = <usize>load<u32>(link);
  if (heap == 0) return;
  const directory = <usize>load<u32>(heap);
  if (directory != 0) {
    for (let slot: u32 = 0; slot < SLOT_COUNT; slot++) {
      const list = <usize>load<u32>(directory + <usize>(slot << 2));
      if (list == 0 || load<u32>(list) != 0) continue;
      arenaRelease(arena, list, listBytes(load<u32>(list, LIST_ROOM)));
      store<u32>(directory + <usize>(slot << 2), 0);
      store<u32>(directory, load<u32>(directory, LONG_COUNT) - 1, LONG_COUNT);
    }
    if (load<u32>(directory, LONG_COUNT) == 0) {
      arenaRelease(arena, directory, LONG_DIRECTORY_BYTES);
      store<u32>(heap, 0);
    }
  }
  setReserved(heap, 0);
  if (load<u16>(heap, HEAP_COUNT) == 0) {
    arenaRelease(arena, heap, HEAP_BYTES);
    store<u32>(link, 0);
  }
}

/** The value that a whole block gets from prefixes up to /18. */
export function ribInherited(table: usize, block: u32): u32 {
  const top = <usize>get(table, TOP);
  for (let node = BLOCK_COUNT | block; node != 0; node >>>= 1) {
    const value = load<u32>(top + <usize>(node << 2));
    if (value != 0) return value;
  }
  return 0;
}

/** Releases everything. */
export function ribDestroy(table: usize, arena: usize): void {
  if (get(table, TOP) == 0) return;
  for (let block: u32 = 0; block < BLOCK_COUNT; block++) {
    const heap = heapOf(table, block);
    if (heap == 0) continue;
    const directory = <usize>load<u32>(heap);
    if (directory != 0) {
      for (let slot: u32 = 0; slot < SLOT_COUNT; slot++) {
        const list = <usize>load<u32>(directory + <usize>(slot << 2));
        if (list != 0) arenaRelease(arena, list, listBytes(load<u32>(list, LIST_ROOM)));
      }
      arenaRelease(arena, directory, LONG_DIRECTORY_BYTES);
    }
    arenaRelease(arena, heap, HEAP_BYTES);
  }
  arenaRelease(arena, <usize>get(table, TOP), TOP_BYTES);
  arenaRelease(arena, <usize>get(table, HEAPS), HEAPS_BYTES);
}

/** How far below a prefix of `bits` bits the tree at `word` reaches. */
function deepest(table: usize, word: u32): u32 {
  const heap = heapOf(table, word >>> BLOCK_SHIFT);
  if (heap == 0) return BLOCK_BITS;
  return longList(heap, slotOf(word)) == 0 ? 24 : 32;
}

/**
 * The prefix that follows (word, bits) when prefixes are sorted by address, shorter ones first; -1 bits starts at the
 * beginning. Returns word << 8 | bits; all ones = there is none.
 */
function ribNext(table: usize, word: u32, bits: i32): u64 {
  while (true) {
    if (bits < <i32>deepest(table, word)) {
      bits += 1; // down to the left
    } else {
      while (bits > 0 && ((word >>> (32 - <u32>bits)) & 1) == 1) {
        word &= ~(<u32>1 << (32 - <u32>bits));
        bits -= 1;
      }
      if (bits == 0) return u64.MAX_VALUE;
      word |= <u32>1 << (32 - <u32>bits); // over to the right
    }
    if (ribGet(table, word, <u32>bits) != 0) return (<u64>word << 8) | <u64>bits;
  }
}

/** Makes `spec` the prefix that follows it, with its value, or the first of all. False = there is none. */
export function nextPrefix(table: usize, spec: usize, first: bool): bool {
  const found = first ? ribNext(table, 0, -1) : ribNext(table, load<u32>(spec), <i32>specBits(spec));
  if (found == u64.MAX_VALUE) return false;
  const word = <u32>(found >>> 8);
  const bits = <u32>found & 0xff;
  store<u32>(spec, word);
  writeSpec(spec, spec, 4, bits, ribGet(table, word, bits));
  return true;
}
