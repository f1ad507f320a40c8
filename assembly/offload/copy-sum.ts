/**
 * Copies and ones'-complement sums, 16 bytes at a time. Sums are as those of `sumWords` (bytes.ts): big-endian words,
 * folded, an odd tail padded with zero. Lanes hold pairs of words: 128 KiB and more would be needed to overflow one.
 */
import { fold, swap16 } from '../bytes';

// @ts-ignore: decorator
@inline
function addLanes(sum: v128, words: v128): v128 {
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(words));
}

// @ts-ignore: decorator
@inline
function total(sum: v128): u64 {
  const low = <u64>(<u32>i32x4.extract_lane(sum, 0)) + <u64>(<u32>i32x4.extract_lane(sum, 1));
  return low + <u64>(<u32>i32x4.extract_lane(sum, 2)) + <u64>(<u32>i32x4.extract_lane(sum, 3));
}

/** Little-endian sum, 48 bits at most, to the folded sum of big-endian words (RFC 1071 §2 B). */
// @ts-ignore: decorator
@inline
function folded(sum: u64): u32 {
  sum = (sum & 0xffffffff) + (sum >>> 32);
  sum = (sum & 0xffffffff) + (sum >>> 32);
  return swap16(fold(<u32>(sum & 0xffff) + <u32>(sum >>> 16)));
}

/** Copies `bytes` bytes; the two ranges do not overlap. */
export function copyBytes(to: usize, from: usize, bytes: u32): void {
  const end = from + bytes;
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
  if (from + 8 <= end) {
    store<u64>(to, load<u64>(from));
    from += 8;
    to += 8;
  }
  for (; from + 4 <= end; from += 4, to += 4) store<u32>(to, load<u32>(from));
  for (; from < end; from += 1, to += 1) store<u8>(to, load<u8>(from));
}

/** Copies and sums at once; the two ranges do not overlap. */
export function copySum(to: usize, from: usize, bytes: u32): u32 {
  const end = from + bytes;
  let even = i32x4.splat(0);
  let odd = i32x4.splat(0);
  for (; from + 32 <= end; from += 32, to += 32) {
    const first = v128.load(from);
    const second = v128.load(from, 16);
    v128.store(to, first);
    v128.store(to, second, 16);
    even = addLanes(even, first);
    odd = addLanes(odd, second);
  }
  if (from + 16 <= end) {
    const words = v128.load(from);
    v128.store(to, words);
    even = addLanes(even, words);
    from += 16;
    to += 16;
  }
  let sum = total(even) + total(odd);
  for (; from + 4 <= end; from += 4, to += 4) {
    const word = load<u32>(from);
    store<u32>(to, word);
    sum += word;
  }
  if (from + 2 <= end) {
    const word = load<u16>(from);
    store<u16>(to, word);
    sum += word;
    from += 2;
    to += 2;
  }
  if (from < end) {
    const byte = load<u8>(from);
    store<u8>(to, byte);
    sum += byte;
  }
  return folded(sum);
}

export function sumBytes(at: usize, bytes: u32): u32 {
  const end = at + bytes;
  let even = i32x4.splat(0);
  let odd = i32x4.splat(0);
  for (; at + 32 <= end; at += 32) {
    even = addLanes(even, v128.load(at));
    odd = addLanes(odd, v128.load(at, 16));
  }
  if (at + 16 <= end) {
    even = addLanes(even, v128.load(at));
    at += 16;
  }
  let sum = total(even) + total(odd);
  for (; at + 4 <= end; at += 4) sum += load<u32>(at);
  if (at + 2 <= end) {
    sum += load<u16>(at);
    at += 2;
  }
  if (at < end) sum += load<u8>(at);
  return folded(sum);
}
