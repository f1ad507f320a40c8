/**
 * The last stage of the IPv4 batches: places of leaves become the values that lie there, as words in memory.
 *
 * Where places have just been computed, `fetchFour...` take them out of their lanes: to store a vector and load words of it
 * costs time until the store is done, and pays only when something else is done meanwhile, as in `dir18-run`.
 */
import { isEscape, quadLookup } from './quad';
import { ESCAPE_NARROW, ESCAPE_WIDE } from './table4';

/** Bytes of 8 keys or values. */
export const EIGHT: usize = 32;

/** Four leaves of two bytes. */
// @ts-ignore: decorator
@inline
export function fetchFourNarrow(places: v128, out: usize): void {
  fetchTwoNarrow(i64x2.extract_lane(places, 0), out);
  fetchTwoNarrow(i64x2.extract_lane(places, 1), out + 8);
}

// @ts-ignore: decorator
@inline
function fetchTwoNarrow(places: u64, out: usize): void {
  store<u32>(out, load<u16>(<usize>(<u32>places)));
  store<u32>(out, load<u16>(<usize>(places >>> 32)), 4);
}

/** Four leaves of four bytes. */
// @ts-ignore: decorator
@inline
export function fetchFourWide(places: v128, out: usize): void {
  fetchTwoWide(i64x2.extract_lane(places, 0), out);
  fetchTwoWide(i64x2.extract_lane(places, 1), out + 8);
}

// @ts-ignore: decorator
@inline
function fetchTwoWide(places: u64, out: usize): void {
  store<u32>(out, load<u32>(<usize>(<u32>places)));
  store<u32>(out, load<u32>(<usize>(places >>> 32)), 4);
}

/**
 * Eight leaves of two bytes, whose places lie where the values will. Returns them as they were, so that escapes can be
 * looked for.
 */
// @ts-ignore: decorator
@inline
export function fetchNarrow(out: usize): v128 {
  let v = v128.load_lane<u16>(<usize>load<u32>(out), i16x8.splat(0), 0);
  v = v128.load_lane<u16>(<usize>load<u32>(out, 4), v, 1);
  v = v128.load_lane<u16>(<usize>load<u32>(out, 8), v, 2);
  v = v128.load_lane<u16>(<usize>load<u32>(out, 12), v, 3);
  v = v128.load_lane<u16>(<usize>load<u32>(out, 16), v, 4);
  v = v128.load_lane<u16>(<usize>load<u32>(out, 20), v, 5);
  v = v128.load_lane<u16>(<usize>load<u32>(out, 24), v, 6);
  v = v128.load_lane<u16>(<usize>load<u32>(out, 28), v, 7);
  v128.store(out, i32x4.extend_low_i16x8_u(v));
  v128.store(out, i32x4.extend_high_i16x8_u(v), 16);
  return v;
}

/** Eight leaves of four bytes. Returns the union of their halves. */
// @ts-ignore: decorator
@inline
export function fetchWide(out: usize): v128 {
  let low = v128.load_lane<u32>(<usize>load<u32>(out), i32x4.splat(0), 0);
  low = v128.load_lane<u32>(<usize>load<u32>(out, 4), low, 1);
  low = v128.load_lane<u32>(<usize>load<u32>(out, 8), low, 2);
  low = v128.load_lane<u32>(<usize>load<u32>(out, 12), low, 3);
  let high = v128.load_lane<u32>(<usize>load<u32>(out, 16), i32x4.splat(0), 0);
  high = v128.load_lane<u32>(<usize>load<u32>(out, 20), high, 1);
  high = v128.load_lane<u32>(<usize>load<u32>(out, 24), high, 2);
  high = v128.load_lane<u32>(<usize>load<u32>(out, 28), high, 3);
  v128.store(out, low);
  v128.store(out, high, 16);
  return v128.or(low, high);
}

/**
 * Replaces the escapes among `bytes` bytes of values, a multiple of 32, by what they stand for. They are few: eight at a
 * time are seen to have none.
 */
// @ts-ignore: decorator
@inline
export function resolve(table: usize, wide: bool, keys: usize, out: usize, bytes: usize): void {
  const escape = i32x4.splat(<i32>(wide ? ESCAPE_WIDE : ESCAPE_NARROW));
  for (let at: usize = 0; at < bytes; at += EIGHT) {
    const any = v128.or(v128.load(out + at), v128.load(out + at, 16));
    if (v128.any_true(v128.and(any, escape))) resolveEight(table, wide, keys + at, out + at);
  }
}

function resolveEight(table: usize, wide: bool, keys: usize, out: usize): void {
  for (let at: usize = 0; at < EIGHT; at += 4) {
    const value = load<u32>(out + at);
    if (isEscape(wide, value)) store<u32>(out + at, quadLookup(table, wide, value, load<u32>(keys + at)));
  }
}
