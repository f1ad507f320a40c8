/**
 * A table as what it says of all addresses: ranges in order, each from its first address to the next one's, without two
 * neighbours of equal value. Builders ask it what a slot of theirs holds, slot after slot, so nothing is searched.
 *
 * Addresses are 128 bits here, hi and lo; an IPv4 address is the top 32 of them. RANGE: u64 hi, u64 lo, u32 value, 0.
 */
import { isEmpty } from '../spec';
import { keyHigh, keyLow, leftOf, nodeBits, nodeValue, rightOf } from '../patricia';

export const RANGE_BYTES: u32 = 24;
const LOW: usize = 8;
const VALUE: usize = 16;

let first: usize = 0;
let last: usize = 0;
let cursor: usize = 0;

/** No more ranges than these come of `prefixes` prefixes. */
export function mostRanges(prefixes: u32): u32 {
  return 2 * prefixes + 1;
}

/** The ranges of a patricia, at `at`, which has room for them; they are what the functions below speak of. */
export function makeRanges(family: i32, rib: usize, at: usize): void {
  first = at;
  last = at;
  put(at, 0, 0, 0);
  if (!isEmpty(rib)) visit(family, rib, 0);
}

export function rangeCount(): u32 {
  return <u32>(last - first) / RANGE_BYTES + 1;
}

function put(at: usize, high: u64, low: u64, value: u32): void {
  store<u64>(at, high);
  store<u64>(at, low, LOW);
  store<u32>(at, value, VALUE);
}

/** From here on, the value is this one. What began at the same address is nothing. */
function emit(high: u64, low: u64, value: u32): void {
  if (load<u64>(last) == high && load<u64>(last, LOW) == low) {
    if (last == first) {
      store<u32>(last, value, VALUE);
      return;
    }
    last -= RANGE_BYTES;
  }
  if (load<u32>(last, VALUE) == value) return;
  last += RANGE_BYTES;
  put(last, high, low, value);
}

function visit(family: i32, node: usize, inherited: u32): void {
  const own = nodeValue(node);
  const value = own != 0 ? own : inherited;
  const high = keyHigh(family, node);
  const low = keyLow(family, node);
  emit(high, low, value);
  if (!isEmpty(leftOf(node))) visit(family, leftOf(node), value);
  if (!isEmpty(rightOf(node))) visit(family, rightOf(node), value);
  const endHigh = lastHigh(high, nodeBits(node));
  const endLow = lastLow(low, nodeBits(node));
  if ((endHigh & endLow) == u64.MAX_VALUE) return;
  emit(endLow == u64.MAX_VALUE ? endHigh + 1 : endHigh, endLow + 1, inherited);
}

/** High half of the last address under a prefix of `bits` bits. */
// @ts-ignore: decorator
@inline
export function lastHigh(high: u64, bits: u32): u64 {
  return bits >= 64 ? high : high | (u64.MAX_VALUE >> bits);
}

// @ts-ignore: decorator
@inline
export function lastLow(low: u64, bits: u32): u64 {
  if (bits >= 128) return low;
  return bits <= 64 ? u64.MAX_VALUE : low | (u64.MAX_VALUE >> (bits - 64));
}

/** High half of slot `index` of a node whose slots are prefixes of `bits` bits, the node's own address added. */
// @ts-ignore: decorator
@inline
export function slotHigh(high: u64, index: u32, bits: u32): u64 {
  if (bits <= 64) return high | (<u64>index << (64 - bits));
  return bits < 128 ? high | (<u64>index >> (bits - 64)) : high;
}

// @ts-ignore: decorator
@inline
export function slotLow(low: u64, index: u32, bits: u32): u64 {
  return bits <= 64 ? low : low | (<u64>index << (128 - bits));
}

/** Starts over with the first range. */
export function rewind(): void {
  cursor = first;
}

/** Where it has come to, for `back`. */
export function mark(): usize {
  return cursor;
}

export function back(to: usize): void {
  cursor = to;
}

/** Steps on to the range of an address that is not before the one asked last. */
export function seek(high: u64, low: u64): void {
  while (cursor < last && isAtMost(cursor + RANGE_BYTES, high, low)) cursor += RANGE_BYTES;
}

// @ts-ignore: decorator
@inline
function isAtMost(range: usize, high: u64, low: u64): bool {
  const start = load<u64>(range);
  return start < high || (start == high && load<u64>(range, LOW) <= low);
}

/** Whether the range that was stepped to goes on to this address at least. */
export function reaches(high: u64, low: u64): bool {
  return cursor == last || !isAtMost(cursor + RANGE_BYTES, high, low);
}

/**
 * Of slots that are prefixes of `bits` bits, at most 32: the one in which the range that was stepped to ends. All slots
 * before it, from where `seek` was told, have its value.
 */
export function slotOfEnd(bits: u32): u32 {
  return cursor == last ? 1 << bits : <u32>(load<u64>(cursor + RANGE_BYTES) >> (64 - bits));
}

/** Value of the range that was stepped to. */
export function valueHere(): u32 {
  return load<u32>(cursor, VALUE);
}

/** First 32 bits of where it starts. */
export function startHere(): u32 {
  return <u32>(load<u64>(cursor) >> 32);
}

/** Steps to the next range; false when there is none. */
export function step(): bool {
  if (cursor == last) return false;
  cursor += RANGE_BYTES;
  return true;
}
