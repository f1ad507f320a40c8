/**
 * A directory of numbers of two bytes, and behind it blocks of 16, 32 or 64 values, one for each /24, equal ones kept
 * once. A number counts within a region, as many blocks as two bytes can count, which has a stretch of memory of its own.
 * More memory than runs, but nothing to count: both loads go by lanes, and what is between them is done for four keys at
 * once.
 *
 * A value with the top bit names a group of 256 values, of a /24 with something longer in it.
 */
import { addUp, leaves, total } from './batch';

// Layout of bench/ideas/flat-memory.ts.
const DIRECTORY: usize = 0x40000;
const BLOCKS: usize = 0x300000;
const BLOCKS_BYTES: i32 = 1 << 25;
const ESCAPE: i16 = <i16>0x8000;
/** Bytes of 8 keys, and of 64 that go through a stage together. */
const EIGHT: usize = 32;
const GROUP: usize = 256;

let groups: usize = 0;

/** `at`: u16[256] for each group. */
export function prepare(at: usize): void {
  groups = at;
}

/** Stage 1: where in the directory. Blocks have 2^`bits` values. */
// @ts-ignore: decorator
@inline
function numberOf(key: v128, bits: i32): v128 {
  return i32x4.add(i32x4.splat(<i32>DIRECTORY), v128.and(i32x4.shr_u(key, 7 + bits), i32x4.splat(~1)));
}

/** Stage 2: where in the blocks: the region, the block, and twice the place in it. */
// @ts-ignore: decorator
@inline
function leafOf(key: v128, number: v128, bits: i32): v128 {
  const within = i32x4.splat((BLOCKS_BYTES - (1 << (17 + bits))) | ((2 << bits) - 2));
  const place = v128.or(v128.and(i32x4.shr_u(key, 7), within), i32x4.shl(number, 1 + bits));
  return i32x4.add(i32x4.splat(<i32>BLOCKS), place);
}

/** `n`: a multiple of 8. Inlined once for each size of blocks. */
// @ts-ignore: decorator
@inline
function lookup(bits: i32, keys: usize, out: usize, n: u32): void {
  const bytes = <usize>n << 2;
  let all = i16x8.splat(0);
  for (let first: usize = 0; first < bytes; first += GROUP) {
    const end = min(first + GROUP, bytes);
    for (let at = first; at < end; at += EIGHT) {
      v128.store(out + at, numberOf(v128.load(keys + at), bits));
      v128.store(out + at, numberOf(v128.load(keys + at, 16), bits), 16);
    }
    for (let at = first; at < end; at += EIGHT) {
      const numbers = leaves(out + at);
      v128.store(out + at, leafOf(v128.load(keys + at), i32x4.extend_low_i16x8_u(numbers), bits));
      v128.store(out + at, leafOf(v128.load(keys + at, 16), i32x4.extend_high_i16x8_u(numbers), bits), 16);
    }
    for (let at = first; at < end; at += EIGHT) {
      const values = leaves(out + at);
      v128.store(out + at, i32x4.extend_low_i16x8_u(values));
      v128.store(out + at, i32x4.extend_high_i16x8_u(values), 16);
      all = v128.or(all, values);
    }
  }
  if (v128.any_true(v128.and(all, i16x8.splat(ESCAPE)))) resolve(keys, out, bytes);
}

function resolve(keys: usize, out: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 4) {
    const value = load<u32>(out + at);
    if ((value & 0x8000) == 0) continue;
    const group = groups + (<usize>(value & 0x7fff) << 9);
    store<u32>(out + at, load<u16>(group + (<usize>load<u8>(keys + at) << 1)));
  }
}

export function lookup16(keys: usize, out: usize, n: u32): void {
  lookup(4, keys, out, n);
}

export function lookup32(keys: usize, out: usize, n: u32): void {
  lookup(5, keys, out, n);
}

export function lookup64(keys: usize, out: usize, n: u32): void {
  lookup(6, keys, out, n);
}

// @ts-ignore: decorator
@inline
function pass(bits: i32, keys: usize, out: usize, count: u32, batch: u32): u64 {
  let sums = i64x2.splat(0);
  for (let done: u32 = 0; done < count; done += batch, keys += <usize>batch << 2) {
    if (bits == 4) lookup16(keys, out, batch);
    else if (bits == 5) lookup32(keys, out, batch);
    else lookup64(keys, out, batch);
    sums = addUp(sums, out, batch);
  }
  return total(sums);
}

export function pass16(keys: usize, out: usize, count: u32, batch: u32): u64 {
  return pass(4, keys, out, count, batch);
}

export function pass32(keys: usize, out: usize, count: u32, batch: u32): u64 {
  return pass(5, keys, out, count, batch);
}

export function pass64(keys: usize, out: usize, count: u32, batch: u32): u64 {
  return pass(6, keys, out, count, batch);
}
