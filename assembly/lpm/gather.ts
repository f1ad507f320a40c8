/** The last stage of the IPv4 batches: places of leaves, in the words where the values will be, become the values. */
import { isEscape, quadLookup } from './quad';

/** Eight leaves of two bytes. Returns them as they were, so that escapes can be looked for. */
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

/** Replaces the escapes among `bytes` bytes of values by what they stand for. */
export function resolve(table: usize, wide: bool, keys: usize, out: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 4) {
    const value = load<u32>(out + at);
    if (isEscape(wide, value)) store<u32>(out + at, quadLookup(table, wide, value, load<u32>(keys + at)));
  }
}
