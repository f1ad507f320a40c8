/**
 * Memory of the FIB: blocks by size class, cut from the unused rest or taken from free lists.
 *
 * A block starts with two words that only the writer reads: `stamp`, the transaction that made it (while it lives)
 * or retired it, and `link`, its successor in a list. So a retired block waits for its readers in a list that needs
 * no memory of its own, and its payload stays whole until it is handed out again.
 *
 * A transaction is what the next publish makes visible. Blocks made in it are *fresh*: no reader has seen them, so
 * they are changed in place and freed at once. That makes a bulk load by path copy cost no garbage (the transients
 * of Clojure's persistent vectors; Bagwell 2001 for the tries).
 *
 * NO_GRACE drops the "published" condition too, so that a test can see what it protects from.
 */
import {
  ARENA_CLASSES_OFFSET,
  ARENA_CLASS_BYTES,
  ARENA_CLASS_COUNT,
  ARENA_CLASS_COUNT_OFFSET,
  ARENA_CLASS_FREE_OFFSET,
  ARENA_CLASS_HEAD_OFFSET,
  ARENA_CLASS_TAIL_OFFSET,
  ARENA_END_OFFSET,
  ARENA_HEADER_BYTES,
  ARENA_LIVE_BYTES_OFFSET,
  ARENA_MARK_OFFSET,
  ARENA_NEXT_OFFSET,
  ARENA_RETIRED_BYTES_OFFSET,
  ARENA_TRANSACTION_OFFSET,
  BLOCK_HEADER_BYTES,
} from './layout';
import { nextEpoch, quiesced } from './control';

const STAMP_BACK: usize = 8;
const LINK_BACK: usize = 4;
/**
 * Classes 1..32 are multiples of 16 bytes, the two words included; from there payloads of 512 bytes, 640, 768, 896,
 * 1024, 1280, ...: four to an octave, and whole powers of two fit.
 */
const LINEAR_CLASSES: u32 = 32;
const LINEAR_BYTES: u32 = 512;
/** What a large class has beside its payload: the two words, rounded up. */
const LARGE_EXTRA: u32 = 16;

/** Class of a block with `bytes` bytes of payload. */
// @ts-ignore: decorator
@inline
function classOf(bytes: u32): u32 {
  const whole = bytes + BLOCK_HEADER_BYTES;
  if (whole <= LINEAR_BYTES) return (whole + 15) >>> 4;
  // The two bits below the leading one of bytes - 1 are the quarter of its octave; 505..512 are the first class.
  const exponent = 31 - clz<u32>(bytes - 1);
  return LINEAR_CLASSES + ((exponent - 8) << 2) + (((bytes - 1) >>> (exponent - 2)) & 3) - 2;
}

/** Bytes of a block of this class, its two words included. */
// @ts-ignore: decorator
@inline
function classBytes(index: u32): u32 {
  if (index <= LINEAR_CLASSES) return index << 4;
  const quarters = index - LINEAR_CLASSES - 1;
  return (LINEAR_BYTES >>> 2 << (quarters >>> 2)) * (4 + (quarters & 3)) + LARGE_EXTRA;
}

/** What a block for `bytes` bytes of payload takes from the arena. */
export function blockBytes(bytes: u32): u32 {
  return classBytes(classOf(bytes));
}

// @ts-ignore: decorator
@inline
function classAt(arena: usize, index: u32): usize {
  return arena + ARENA_CLASSES_OFFSET + <usize>(index * ARENA_CLASS_BYTES);
}

// @ts-ignore: decorator
@inline
function adjust(at: usize, delta: i32): void {
  store<i32>(at, load<i32>(at) + delta);
}

/** Makes `bytes` bytes at `arena` an empty arena. The section is taken as it is, zeroed or not. */
export function arenaInit(arena: usize, bytes: u32): void {
  memory.fill(arena, 0, ARENA_HEADER_BYTES);
  store<u32>(arena, <u32>arena + ARENA_HEADER_BYTES, ARENA_NEXT_OFFSET);
  store<u32>(arena, <u32>arena + bytes, ARENA_END_OFFSET);
  arenaBegin(arena);
}

/** Starts a transaction, or continues one that was not published. */
export function arenaBegin(arena: usize): void {
  store<i32>(arena, nextEpoch(), ARENA_TRANSACTION_OFFSET);
  store<u32>(arena, arenaMark(arena), ARENA_MARK_OFFSET);
}

/** Where the unused rest begins, for `arenaRewind`. */
export function arenaMark(arena: usize): u32 {
  return load<u32>(arena, ARENA_NEXT_OFFSET);
}

/**
 * Makes what has been cut since `mark` the unused rest again, to be cut into other sizes. Nothing happens when some of it
 * is in use. Walks the free lists, since it is for the rare case that something found no room.
 */
export function arenaRewind(arena: usize, mark: u32): void {
  const cut = arenaMark(arena) - mark;
  let free: u32 = 0;
  for (let index: u32 = 1; index < <u32>ARENA_CLASS_COUNT && cut != 0; index++) {
    let block = load<u32>(classAt(arena, index), ARENA_CLASS_FREE_OFFSET);
    for (; block != 0; block = load<u32>(<usize>block - LINK_BACK)) if (block > mark) free += classBytes(index);
  }
  if (cut == 0 || free != cut) return;
  for (let index: u32 = 1; index < <u32>ARENA_CLASS_COUNT; index++) {
    const at = classAt(arena, index);
    let link = at + ARENA_CLASS_FREE_OFFSET;
    while (load<u32>(link) != 0) {
      const block = load<u32>(link);
      const next = <usize>block - LINK_BACK;
      if (block > mark) {
        store<u32>(link, load<u32>(next));
        adjust(at + ARENA_CLASS_COUNT_OFFSET, -1);
      } else {
        link = next;
      }
    }
  }
  store<u32>(arena, mark, ARENA_NEXT_OFFSET);
}

/**
 * Cuts free blocks of larger sizes, the largest first, until `count` blocks of `bytes` bytes can be had or no larger one
 * is left. They do not become one again.
 */
export function arenaCut(arena: usize, bytes: u32, count: u32): void {
  const index = classOf(bytes);
  const whole = <usize>classBytes(index);
  const at = classAt(arena, index);
  for (let larger = <u32>ARENA_CLASS_COUNT - 1; larger > index; larger--) {
    const from = classAt(arena, larger);
    while (!arenaHasRoom(arena, bytes, count)) {
      const block = <usize>load<u32>(from, ARENA_CLASS_FREE_OFFSET);
      if (block == 0) {
        if (!reclaimOne(arena, from, larger)) break;
        continue;
      }
      store<u32>(from, load<u32>(block - LINK_BACK), ARENA_CLASS_FREE_OFFSET);
      adjust(from + ARENA_CLASS_COUNT_OFFSET, -1);
      const end = block + <usize>classBytes(larger);
      for (let part = block; part + whole <= end; part += whole) pushFree(at, part);
    }
  }
}

// @ts-ignore: decorator
@inline
export function isFresh(arena: usize, block: usize): bool {
  return load<i32>(block - STAMP_BACK) == load<i32>(arena, ARENA_TRANSACTION_OFFSET);
}

/** True when `count` blocks of `bytes` bytes can be had now, whatever else happens in between. */
export function arenaHasRoom(arena: usize, bytes: u32, count: u32): bool {
  const index = classOf(bytes);
  const at = classAt(arena, index);
  let found = load<u32>(at, ARENA_CLASS_COUNT_OFFSET);
  if (found >= count) return true;
  const left = load<u32>(arena, ARENA_END_OFFSET) - load<u32>(arena, ARENA_NEXT_OFFSET);
  found += left / classBytes(index);
  while (found < count && reclaimOne(arena, at, index)) found += 1;
  return found >= count;
}

/** Bytes that the unused rest must give for `count` blocks of `bytes` bytes, beside what is free for them. */
export function arenaLack(arena: usize, bytes: u32, count: u32): u32 {
  const index = classOf(bytes);
  const at = classAt(arena, index);
  let found = load<u32>(at, ARENA_CLASS_COUNT_OFFSET);
  while (found < count && reclaimOne(arena, at, index)) found += 1;
  return found < count ? (count - found) * classBytes(index) : 0;
}

/** Bytes that no block has had yet. */
export function arenaRest(arena: usize): u32 {
  return load<u32>(arena, ARENA_END_OFFSET) - load<u32>(arena, ARENA_NEXT_OFFSET);
}

/** Moves the oldest retired block of a class to its free list, if its readers are gone. */
function reclaimOne(arena: usize, at: usize, index: u32): bool {
  const block = <usize>load<u32>(at, ARENA_CLASS_HEAD_OFFSET);
  if (block == 0 || !quiesced(load<i32>(block - STAMP_BACK))) return false;
  const next = load<u32>(block - LINK_BACK);
  store<u32>(at, next, ARENA_CLASS_HEAD_OFFSET);
  if (next == 0) store<u32>(at, 0, ARENA_CLASS_TAIL_OFFSET);
  adjust(arena + ARENA_RETIRED_BYTES_OFFSET, -(<i32>classBytes(index)));
  pushFree(at, block);
  return true;
}

// @ts-ignore: decorator
@inline
function pushFree(at: usize, block: usize): void {
  store<i32>(block - STAMP_BACK, 0);
  store<u32>(block - LINK_BACK, load<u32>(at, ARENA_CLASS_FREE_OFFSET));
  store<u32>(at, <u32>block, ARENA_CLASS_FREE_OFFSET);
  adjust(at + ARENA_CLASS_COUNT_OFFSET, 1);
}

/** A fresh block; its content is arbitrary. 0 = no room. */
export function arenaAlloc(arena: usize, bytes: u32): usize {
  const index = classOf(bytes);
  const whole = classBytes(index);
  const at = classAt(arena, index);
  let block = <usize>load<u32>(at, ARENA_CLASS_FREE_OFFSET);
  if (block == 0 && reclaimOne(arena, at, index)) block = <usize>load<u32>(at, ARENA_CLASS_FREE_OFFSET);
  if (block != 0) {
    store<u32>(at, load<u32>(block - LINK_BACK), ARENA_CLASS_FREE_OFFSET);
    adjust(at + ARENA_CLASS_COUNT_OFFSET, -1);
  } else {
    const next = load<u32>(arena, ARENA_NEXT_OFFSET);
    if (load<u32>(arena, ARENA_END_OFFSET) - next < whole) return 0;
    store<u32>(arena, next + whole, ARENA_NEXT_OFFSET);
    block = <usize>next + BLOCK_HEADER_BYTES;
  }
  store<i32>(block - STAMP_BACK, load<i32>(arena, ARENA_TRANSACTION_OFFSET));
  store<u32>(block - LINK_BACK, 0);
  adjust(arena + ARENA_LIVE_BYTES_OFFSET, <i32>whole);
  return block;
}

/** Gives a block back: at once when it is fresh, else when the readers of this transaction's predecessor are gone. */
export function arenaRelease(arena: usize, block: usize, bytes: u32): void {
  const index = classOf(bytes);
  const at = classAt(arena, index);
  const whole = <i32>classBytes(index);
  adjust(arena + ARENA_LIVE_BYTES_OFFSET, -whole);
  if (isFresh(arena, block)) {
    pushFree(at, block);
    return;
  }
  store<i32>(block - STAMP_BACK, load<i32>(arena, ARENA_TRANSACTION_OFFSET));
  store<u32>(block - LINK_BACK, 0);
  const tail = <usize>load<u32>(at, ARENA_CLASS_TAIL_OFFSET);
  if (tail == 0) store<u32>(at, <u32>block, ARENA_CLASS_HEAD_OFFSET);
  else store<u32>(tail - LINK_BACK, <u32>block);
  store<u32>(at, <u32>block, ARENA_CLASS_TAIL_OFFSET);
  adjust(arena + ARENA_RETIRED_BYTES_OFFSET, whole);
}

/**
 * Frees a block that no reader has ever seen, at once and for good: a rollback does not bring it back. For what the
 * writer alone works with and has replaced by something larger.
 */
export function arenaFree(arena: usize, block: usize, bytes: u32): void {
  const index = classOf(bytes);
  adjust(arena + ARENA_LIVE_BYTES_OFFSET, -(<i32>classBytes(index)));
  pushFree(classAt(arena, index), block);
}

/**
 * Takes back every retirement of the current transaction: its blocks are live again. The caller has already released
 * the fresh blocks, which become the unused rest again if none of them is kept. Walks the retired lists, since it is
 * for the rare case that a publish failed for lack of room.
 */
export function arenaRollback(arena: usize): void {
  const transaction = load<i32>(arena, ARENA_TRANSACTION_OFFSET);
  for (let index: u32 = 1; index < <u32>ARENA_CLASS_COUNT; index++) {
    const at = classAt(arena, index);
    let kept: usize = 0;
    let block = <usize>load<u32>(at, ARENA_CLASS_HEAD_OFFSET);
    while (block != 0 && load<i32>(block - STAMP_BACK) != transaction) {
      kept = block;
      block = <usize>load<u32>(block - LINK_BACK);
    }
    if (kept == 0) store<u32>(at, 0, ARENA_CLASS_HEAD_OFFSET);
    else store<u32>(kept - LINK_BACK, 0);
    store<u32>(at, <u32>kept, ARENA_CLASS_TAIL_OFFSET);
    const whole = <i32>classBytes(index);
    while (block != 0) {
      const next = <usize>load<u32>(block - LINK_BACK);
      store<i32>(block - STAMP_BACK, 0);
      adjust(arena + ARENA_RETIRED_BYTES_OFFSET, -whole);
      adjust(arena + ARENA_LIVE_BYTES_OFFSET, whole);
      block = next;
    }
  }
  arenaRewind(arena, load<u32>(arena, ARENA_MARK_OFFSET));
}
