/**
 * dir18-run with less memory: a directory of 2^18 numbers of two bytes, and leaves of ten bits behind the same bitmap of
 * runs. A number counts units of eight bytes within a region, a 64th of all addresses, whose nodes have a stretch of
 * memory of their own: so its base need not be loaded.
 *
 * NODE: | u64 ends | leaf of 10 bits | leaf | ...  last run first, without gaps
 *
 * The code 1023 says that the leaf does not hold what is to be said, a value beyond 1022 or something longer than /24: a
 * hash table { u32 /24 + 1, u32 value or group } has it. A group is 256 values.
 */
import { addUp, leaves, total } from './batch';

// Layout of bench/ideas/flat-memory.ts.
const DIRECTORY: usize = 0x40000;
const NODES: usize = 0x300000;
const LEAVES: usize = 8;
/** Of 256 keys: the rank of each, from 1 on. */
const RANKS: usize = 0x12000;
const ESCAPE: u32 = 1023;
/** Of a key shifted by 7: the region, in stretches of 512 KiB. */
const REGION: i32 = 0x01f80000;

/** Bytes of 8 keys or values; a stage runs GAP bytes ahead of the next. */
const EIGHT: usize = 32;
const GAP: usize = 128;

let groups: usize = 0;
let hash: usize = 0;
let hashShift: u32 = 0;

/** `table`: the hash table, of 2^`bits` entries; `at`: u16[256] for each group. */
export function prepare(table: usize, bits: u32, at: usize): void {
  hash = table;
  hashShift = 32 - bits;
  groups = at;
}

// @ts-ignore: decorator
@inline
function index(keys: usize, out: usize): void {
  const mask = i32x4.splat(~1);
  const base = i32x4.splat(<i32>DIRECTORY);
  v128.store(out, i32x4.add(base, v128.and(i32x4.shr_u(v128.load(keys), 13), mask)));
  v128.store(out, i32x4.add(base, v128.and(i32x4.shr_u(v128.load(keys, 16), 13), mask)), 16);
}

// @ts-ignore: decorator
@inline
function nodeOf(key: v128, number: v128): v128 {
  const region = v128.and(i32x4.shr_u(key, 7), i32x4.splat(REGION));
  return i32x4.add(i32x4.splat(<i32>NODES), v128.or(region, i32x4.shl(number, 3)));
}

// @ts-ignore: decorator
@inline
function visit(keys: usize, out: usize): void {
  const numbers = leaves(out);
  v128.store(out, nodeOf(v128.load(keys), i32x4.extend_low_i16x8_u(numbers)));
  v128.store(out, nodeOf(v128.load(keys, 16), i32x4.extend_high_i16x8_u(numbers)), 16);
}

// @ts-ignore: decorator
@inline
function rankOf(node: u32, slot: u32): u32 {
  return <u32>popcnt<u64>(load<u64>(<usize>node) >>> <u64>slot);
}

// @ts-ignore: decorator
@inline
function rank(keys: usize, out: usize, ranks: usize): void {
  store<u32>(ranks, rankOf(load<u32>(out), load<u8>(keys, 1)));
  store<u32>(ranks, rankOf(load<u32>(out, 4), load<u8>(keys, 5)), 4);
  store<u32>(ranks, rankOf(load<u32>(out, 8), load<u8>(keys, 9)), 8);
  store<u32>(ranks, rankOf(load<u32>(out, 12), load<u8>(keys, 13)), 12);
  store<u32>(ranks, rankOf(load<u32>(out, 16), load<u8>(keys, 17)), 16);
  store<u32>(ranks, rankOf(load<u32>(out, 20), load<u8>(keys, 21)), 20);
  store<u32>(ranks, rankOf(load<u32>(out, 24), load<u8>(keys, 25)), 24);
  store<u32>(ranks, rankOf(load<u32>(out, 28), load<u8>(keys, 29)), 28);
}

/** Where the leaf begins, in bits behind the bitmap. */
// @ts-ignore: decorator
@inline
function bitOf(ranks: v128): v128 {
  return i32x4.sub(i32x4.add(i32x4.shl(ranks, 3), i32x4.shl(ranks, 1)), i32x4.splat(10));
}

/** Returns where codes are escapes. */
// @ts-ignore: decorator
@inline
function fetch(out: usize, ranks: usize): v128 {
  const low = bitOf(v128.load(ranks));
  const high = bitOf(v128.load(ranks, 16));
  const base = i32x4.splat(<i32>LEAVES);
  v128.store(out, i32x4.add(i32x4.add(v128.load(out), base), i32x4.shr_u(low, 3)));
  v128.store(out, i32x4.add(i32x4.add(v128.load(out, 16), base), i32x4.shr_u(high, 3)), 16);
  // No shift by lanes: a product with 2^(6 - first bit) brings the code to the top of its sixteen bits.
  const bits = v128.and(i16x8.narrow_i32x4_u(low, high), i16x8.splat(6));
  const factors = i8x16.swizzle(i8x16(64, 0, 16, 0, 4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), v128.or(bits, i16x8.splat(<i16>0xff00)));
  const codes = i16x8.shr_u(i16x8.mul(leaves(out), factors), 6);
  v128.store(out, i32x4.extend_low_i16x8_u(codes));
  v128.store(out, i32x4.extend_high_i16x8_u(codes), 16);
  return i16x8.eq(codes, i16x8.splat(<i16>ESCAPE));
}

/** `n`: a multiple of 32. */
export function lookup(keys: usize, out: usize, n: u32): void {
  const bytes = <usize>n << 2;
  let all = i16x8.splat(0);
  for (let at: usize = 0; at < bytes + 3 * GAP; at += GAP) {
    const second = at - GAP;
    const third = at - 2 * GAP;
    const fourth = at - 3 * GAP;
    for (let i: usize = 0; i < GAP; i += EIGHT) {
      if (at < bytes) index(keys + at + i, out + at + i);
      if (second < bytes) visit(keys + second + i, out + second + i);
      if (third < bytes) rank(keys + third + i, out + third + i, RANKS + third + i);
      if (fourth < bytes) all = v128.or(all, fetch(out + fourth + i, RANKS + fourth + i));
    }
  }
  if (v128.any_true(all)) resolve(keys, out, bytes);
}

function resolve(keys: usize, out: usize, bytes: usize): void {
  const mask = (1 << (32 - hashShift)) - 1;
  for (let at: usize = 0; at < bytes; at += 4) {
    if (load<u32>(out + at) != ESCAPE) continue;
    const name = (load<u32>(keys + at) >>> 8) + 1;
    let place = (name * 0x9e3779b1) >>> hashShift;
    let entry = hash + (<usize>place << 3);
    // What is not there ends at a free entry, with value 0: a wrong answer, and no endless one.
    while (load<u32>(entry) != name && load<u32>(entry) != 0) {
      place = (place + 1) & mask;
      entry = hash + (<usize>place << 3);
    }
    const value = load<u32>(entry, 4);
    const group = groups + (<usize>(value & 0x7fff) << 9);
    store<u32>(out + at, value & 0x8000 ? load<u16>(group + (<usize>load<u8>(keys + at) << 1)) : value);
  }
}

export function pass(keys: usize, out: usize, count: u32, batch: u32): u64 {
  let sums = i64x2.splat(0);
  for (let done: u32 = 0; done < count; done += batch, keys += <usize>batch << 2) {
    lookup(keys, out, batch);
    sums = addUp(sums, out, batch);
  }
  return total(sums);
}
