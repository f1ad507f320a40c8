/**
 * A cache of recent addresses in front of a kind of the engine: { u32 address, u32 value }, direct-mapped by a product.
 * Four keys are told apart at a time, without branches; those that are not in it are packed into a list, which the engine
 * looks up. Some of the list, from its front on, comes into the cache.
 */
import { addUp, makePackTable, packed, total } from './batch';

// @ts-ignore: decorator
@external("engine", "lookup")
declare function lookupRoutes(worker: i32, instanceId: u32, family: i32, table: u32, keys: usize, out: usize, n: i32): void;

const LIST: usize = 1536;
let cache: usize = 0;
let shift: i32 = 0;
let fillShift: u32 = 0;
let packs: usize = 0;
/** Of 256 keys: where each is in the cache. */
let slots: usize = 0;
/** Of those that are not in it: key, where the value goes, slot; and the values. */
let missing: usize = 0;

/** `bits`: of the number of entries. One in 2^`fill` of those that were missing comes into the cache. Returns the end. */
export function prepare(work: usize, bits: u32, fill: u32): usize {
  cache = work;
  shift = 29 - bits;
  fillShift = fill;
  const bytes = <usize>8 << bits;
  memory.fill(cache, 0, bytes);
  // No entry of address 0 where it would be looked for.
  store<u32>(cache, 1);
  slots = makePackTable(cache + bytes);
  packs = cache + bytes;
  missing = slots + LIST;
  return missing + 4 * LIST;
}

export function lookup(keys: usize, out: usize, n: u32): void {
  const end = <usize>n << 2;
  const base = i32x4.splat(<i32>cache);
  for (let at: usize = 0; at < end; at += 16) {
    const hash = i32x4.mul(v128.load(keys + at), i32x4.splat(0x9e3779b1));
    v128.store(slots + at, i32x4.add(base, v128.and(i32x4.shr_u(hash, shift), i32x4.splat(~7))));
  }
  let place = i32x4.add(i32x4.splat(<i32>out), i32x4(0, 4, 8, 12));
  let list = missing;
  for (let at: usize = 0; at < end; at += 16) {
    const key = v128.load(keys + at);
    let low = v128.load64_zero(<usize>load<u32>(slots + at));
    low = v128.load_lane<u64>(<usize>load<u32>(slots + at, 4), low, 1);
    let high = v128.load64_zero(<usize>load<u32>(slots + at, 8));
    high = v128.load_lane<u64>(<usize>load<u32>(slots + at, 12), high, 1);
    v128.store(out + at, v128.shuffle<u32>(low, high, 1, 3, 5, 7));
    const set = i32x4.bitmask(i32x4.ne(v128.shuffle<u32>(low, high, 0, 2, 4, 6), key));
    v128.store(list, packed(packs, key, set));
    v128.store(list, packed(packs, place, set), LIST);
    v128.store(list, packed(packs, v128.load(slots + at), set), 2 * LIST);
    list += <usize>popcnt<u32>(set) << 2;
    place = i32x4.add(place, i32x4.splat(16));
  }
  const bytes = list - missing;
  if (bytes == 0) return;
  // The engine takes 32 at a time; behind the end are keys of before.
  const values = missing + 3 * LIST;
  lookupRoutes(0, 0, 4, 0, missing, values, <i32>(((bytes >>> 2) + 31) & ~31));
  for (let at: usize = 0; at < bytes; at += 4) store<u32>(<usize>load<u32>(missing + at, LIST), load<u32>(values + at));
  const fill = bytes >>> fillShift;
  for (let at: usize = 0; at < fill; at += 4) {
    const slot = <usize>load<u32>(missing + at, 2 * LIST);
    store<u32>(slot, load<u32>(missing + at));
    store<u32>(slot, load<u32>(values + at), 4);
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
