/** What the ideas share: leaves fetched by lanes, keys packed, values added up. Imported by the others. */

/** Eight leaves of two bytes, whose addresses are words at `at`. */
// @ts-ignore: decorator
@inline
export function leaves(at: usize): v128 {
  let v = v128.load_lane<u16>(<usize>load<u32>(at), i16x8.splat(0), 0);
  v = v128.load_lane<u16>(<usize>load<u32>(at, 4), v, 1);
  v = v128.load_lane<u16>(<usize>load<u32>(at, 8), v, 2);
  v = v128.load_lane<u16>(<usize>load<u32>(at, 12), v, 3);
  v = v128.load_lane<u16>(<usize>load<u32>(at, 16), v, 4);
  v = v128.load_lane<u16>(<usize>load<u32>(at, 20), v, 5);
  v = v128.load_lane<u16>(<usize>load<u32>(at, 24), v, 6);
  return v128.load_lane<u16>(<usize>load<u32>(at, 28), v, 7);
}

/** Bytes of the table that `pack` reads. */
const PACK_BYTES: usize = 256;

/** Writes the table: for each set of four lanes the order that brings them to the front. */
export function makePackTable(at: usize): usize {
  for (let set: u32 = 0; set < 16; set++) {
    let to = at + (<usize>set << 4);
    for (let lane: u32 = 0; lane < 4; lane++) {
      if ((set & (1 << lane)) == 0) continue;
      store<u32>(to, 0x03020100 + lane * 0x04040404);
      to += 4;
    }
  }
  return at + PACK_BYTES;
}

/** The lanes of a set at the front; what follows them is of no meaning. */
// @ts-ignore: decorator
@inline
export function packed(table: usize, lanes: v128, set: u32): v128 {
  return i8x16.swizzle(lanes, v128.load(table + (<usize>set << 4)));
}

/** Sum of `n` values, a multiple of four, in two lanes. */
// @ts-ignore: decorator
@inline
export function addUp(sums: v128, out: usize, n: u32): v128 {
  const end = out + (<usize>n << 2);
  for (let at = out; at < end; at += 16) {
    const values = v128.load(at);
    sums = i64x2.add(sums, i64x2.extend_low_i32x4_u(values));
    sums = i64x2.add(sums, i64x2.extend_high_i32x4_u(values));
  }
  return sums;
}

// @ts-ignore: decorator
@inline
export function total(sums: v128): u64 {
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
}
