/**
 * Another structure by /8: some have a value for each /24 in a table of their own, as dir24-8 has; keys in others, and of
 * /24 with something longer in them, are packed into a list, which the engine looks up as it does.
 *
 * HALVES: { u32 first leaf, u32 mask of twice the /24 } for each /8; one without a table has the escape alone and mask 0.
 */
import { addUp, leaves, makePackTable, packed, total } from './batch';

// @ts-ignore: decorator
@external("engine", "lookup")
declare function lookupRoutes(worker: i32, instanceId: u32, family: i32, table: u32, keys: usize, out: usize, n: i32): void;

const LIST: usize = 1536;
const ESCAPE: u32 = 0x8000;
const HALVES_BYTES: usize = 2048;
const TABLE_MASK: u32 = 0x1fffe;
let halves: usize = 0;
let escape: usize = 0;
let packs: usize = 0;
/** Of 256 keys: where the leaf of each is. */
let places: usize = 0;
/** Of those that are left to the engine: key, where the value goes; and the values. */
let missing: usize = 0;

/** Without tables. Returns the end of what it takes: tables may be there. */
export function prepare(work: usize): usize {
  halves = work;
  packs = halves + HALVES_BYTES;
  escape = makePackTable(packs);
  places = escape + 64;
  missing = places + LIST;
  store<u32>(escape, ESCAPE);
  for (let octet: u32 = 0; octet < 256; octet++) setTable(octet, 0);
  return missing + 3 * LIST;
}

/** `at`: u16[2^16], values or the escape; 0: no table. */
export function setTable(octet: u32, at: usize): void {
  const half = halves + (<usize>octet << 3);
  store<u32>(half, <u32>(at == 0 ? escape : at));
  store<u32>(half, at == 0 ? 0 : TABLE_MASK, 4);
}

// @ts-ignore: decorator
@inline
function pack(table: usize, list: usize, values: v128, key: v128, place: v128): usize {
  const set = i32x4.bitmask(i32x4.shl(values, 16));
  v128.store(list, packed(table, key, set));
  v128.store(list, packed(table, place, set), LIST);
  return <usize>popcnt<u32>(set) << 2;
}

export function lookup(keys: usize, out: usize, n: u32): void {
  const end = <usize>n << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const half = halves;
    let low = v128.load64_zero(half + (<usize>load<u8>(keys + at, 3) << 3));
    low = v128.load_lane<u64>(half + (<usize>load<u8>(keys + at, 7) << 3), low, 1);
    let high = v128.load64_zero(half + (<usize>load<u8>(keys + at, 11) << 3));
    high = v128.load_lane<u64>(half + (<usize>load<u8>(keys + at, 15) << 3), high, 1);
    const first = v128.shuffle<u32>(low, high, 0, 2, 4, 6);
    const mask = v128.shuffle<u32>(low, high, 1, 3, 5, 7);
    v128.store(places + at, i32x4.add(first, v128.and(i32x4.shr_u(v128.load(keys + at), 7), mask)));
  }
  let place = i32x4.add(i32x4.splat(<i32>out), i32x4(0, 4, 8, 12));
  let list = missing;
  for (let at: usize = 0; at < end; at += 32) {
    const v = leaves(places + at);
    const low = i32x4.extend_low_i16x8_u(v);
    const high = i32x4.extend_high_i16x8_u(v);
    v128.store(out + at, low);
    v128.store(out + at, high, 16);
    list += pack(packs, list, low, v128.load(keys + at), place);
    place = i32x4.add(place, i32x4.splat(16));
    list += pack(packs, list, high, v128.load(keys + at, 16), place);
    place = i32x4.add(place, i32x4.splat(16));
  }
  const bytes = list - missing;
  if (bytes == 0) return;
  // The engine takes 32 at a time; behind the end are keys of before.
  const values = missing + 2 * LIST;
  lookupRoutes(0, 0, 4, 0, missing, values, <i32>(((bytes >>> 2) + 31) & ~31));
  for (let at: usize = 0; at < bytes; at += 4) store<u32>(<usize>load<u32>(missing + at, LIST), load<u32>(values + at));
}

export function pass(keys: usize, out: usize, count: u32, batch: u32): u64 {
  let sums = i64x2.splat(0);
  for (let done: u32 = 0; done < count; done += batch, keys += <usize>batch << 2) {
    lookup(keys, out, batch);
    sums = addUp(sums, out, batch);
  }
  return total(sums);
}
