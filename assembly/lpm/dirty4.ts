/**
 * The blocks of an in-place IPv4 table that have changed since its last publish: a bit for each, and above that a bit
 * for each 64 of these, so that a few changed blocks among 2^18 are found, and forgotten, in as many steps.
 */
import { arenaAlloc, arenaRelease } from '../arena';
import { BLOCK_COUNT, DIRTY, get, put } from './table4';

const BITS_BYTES: u32 = BLOCK_COUNT >>> 3;
const SUMMARY: usize = BITS_BYTES;
const SUMMARY_WORDS: u32 = BLOCK_COUNT >>> 12;
const BYTES: u32 = BITS_BYTES + (SUMMARY_WORDS << 3);

/** False = no room. */
export function dirtyInit(table: usize, arena: usize): bool {
  const bits = arenaAlloc(arena, BYTES);
  put(table, DIRTY, <u32>bits);
  if (bits == 0) return false;
  memory.fill(bits, 0, BYTES);
  return true;
}

export function dirtyDestroy(table: usize, arena: usize): void {
  if (get(table, DIRTY) != 0) arenaRelease(arena, <usize>get(table, DIRTY), BYTES);
}

// @ts-ignore: decorator
@inline
function setBit(bits: usize, index: u32): void {
  const at = bits + <usize>((index >>> 6) << 3);
  store<u64>(at, load<u64>(at) | ((<u64>1) << <u64>(index & 63)));
}

export function setDirty(table: usize, block: u32): void {
  const bits = <usize>get(table, DIRTY);
  setBit(bits, block);
  setBit(bits + SUMMARY, block >>> 6);
}

/** The first bit that is set from `index` on, of `words` words; 64 times as many = none. */
// @ts-ignore: decorator
@inline
function nextBit(bits: usize, index: u32, words: u32): u32 {
  let word = index >>> 6;
  if (word >= words) return words << 6;
  let left = (load<u64>(bits + <usize>(word << 3)) >>> <u64>(index & 63)) << <u64>(index & 63);
  while (left == 0) {
    if (++word == words) return words << 6;
    left = load<u64>(bits + <usize>(word << 3));
  }
  return (word << 6) | <u32>ctz<u64>(left);
}

/** The first dirty block from `block` on; BLOCK_COUNT = none. */
export function nextDirty(table: usize, block: u32): u32 {
  if (block >= BLOCK_COUNT) return BLOCK_COUNT;
  const bits = <usize>get(table, DIRTY);
  const left = load<u64>(bits + <usize>((block >>> 6) << 3)) >>> <u64>(block & 63);
  if (left != 0) return block + <u32>ctz<u64>(left);
  const word = nextBit(bits + SUMMARY, (block >>> 6) + 1, SUMMARY_WORDS);
  if (word == SUMMARY_WORDS << 6) return BLOCK_COUNT;
  return (word << 6) | <u32>ctz<u64>(load<u64>(bits + <usize>(word << 3)));
}

export function clearDirty(table: usize): void {
  const bits = <usize>get(table, DIRTY);
  const none = SUMMARY_WORDS << 6;
  for (let word = nextBit(bits + SUMMARY, 0, SUMMARY_WORDS); word < none; word = nextBit(bits + SUMMARY, word + 1, SUMMARY_WORDS)) {
    store<u64>(bits + <usize>(word << 3), 0);
  }
  memory.fill(bits + SUMMARY, 0, <usize>(SUMMARY_WORDS << 3));
}
