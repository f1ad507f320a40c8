/**
 * The keys of a batch in the order of their first bits before a kind of the engine looks them up, so that neighbours
 * share lines; the values go back to where their keys were. A counting sort: counts of two bytes, sums by eight.
 */
import { addUp, total } from './batch';

// @ts-ignore: decorator
@external("engine", "lookup")
declare function lookupRoutes(worker: i32, instanceId: u32, family: i32, table: u32, keys: usize, out: usize, n: i32): void;

const LIST: usize = 1024;
let counts: usize = 0;
let countBytes: usize = 0;
let shift: u32 = 0;
/** Of 256 keys in their order: key, where the value goes; and the values. */
let sorted: usize = 0;

/** `bits`: of an address, by which keys are in order. Returns the end of what it takes. */
export function prepare(work: usize, bits: u32): usize {
  counts = work;
  countBytes = <usize>2 << bits;
  shift = 31 - bits;
  sorted = counts + countBytes;
  return sorted + 3 * LIST;
}

// @ts-ignore: decorator
@inline
function countOf(at: usize, key: u32, by: u32): usize {
  return at + <usize>((key >>> by) & ~1);
}

export function lookup(keys: usize, out: usize, n: u32): void {
  const end = <usize>n << 2;
  const at = counts;
  const by = shift;
  memory.fill(at, 0, countBytes);
  for (let i: usize = 0; i < end; i += 4) {
    const count = countOf(at, load<u32>(keys + i), by);
    store<u16>(count, load<u16>(count) + 4);
  }
  // Each count becomes the sum of those before it.
  let before = i16x8.splat(0);
  for (let i = at; i < at + countBytes; i += 16) {
    const own = v128.load(i);
    let sum = own;
    sum = i16x8.add(sum, v128.shuffle<u16>(i16x8.splat(0), sum, 0, 8, 9, 10, 11, 12, 13, 14));
    sum = i16x8.add(sum, v128.shuffle<u16>(i16x8.splat(0), sum, 0, 0, 8, 9, 10, 11, 12, 13));
    sum = i16x8.add(sum, v128.shuffle<u16>(i16x8.splat(0), sum, 0, 0, 0, 0, 8, 9, 10, 11));
    v128.store(i, i16x8.add(before, i16x8.sub(sum, own)));
    before = i16x8.add(before, v128.shuffle<u16>(sum, sum, 7, 7, 7, 7, 7, 7, 7, 7));
  }
  for (let i: usize = 0; i < end; i += 4) {
    const key = load<u32>(keys + i);
    const count = countOf(at, key, by);
    const place = <usize>load<u16>(count);
    store<u16>(count, <u16>(place + 4));
    store<u32>(sorted + place, key);
    store<u32>(sorted + place, <u32>(out + i), LIST);
  }
  const values = sorted + 2 * LIST;
  lookupRoutes(0, 0, 4, 0, sorted, values, n);
  for (let i: usize = 0; i < end; i += 4) store<u32>(<usize>load<u32>(sorted + i, LIST), load<u32>(values + i));
}

export function pass(keys: usize, out: usize, count: u32, batch: u32): u64 {
  let sums = i64x2.splat(0);
  for (let done: u32 = 0; done < count; done += batch, keys += <usize>batch << 2) {
    lookup(keys, out, batch);
    sums = addUp(sums, out, batch);
  }
  return total(sums);
}
