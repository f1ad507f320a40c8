/** Vectors of four words, one for each of four packets. */

/** All four, as a bit mask. */
export const ALL_LANES: i32 = 15;

// @ts-ignore: decorator
@inline
export function lanes(a: u32, b: u32, c: u32, d: u32): v128 {
  return i32x4.replace_lane(i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(a), 1, b), 2, c), 3, d);
}

/** A word of each of four packets, `offset` bytes from where it starts. */
// @ts-ignore: decorator
@inline
export function words(p0: usize, p1: usize, p2: usize, p3: usize, offset: usize): v128 {
  return lanes(load<u32>(p0 + offset), load<u32>(p1 + offset), load<u32>(p2 + offset), load<u32>(p3 + offset));
}

/** Four rows of four words become columns: of (a, b) and (c, d) the zips, of those the joins. a0 b0 a1 b1. */
// @ts-ignore: decorator
@inline
export function zipLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}

/** a2 b2 a3 b3. */
// @ts-ignore: decorator
@inline
export function zipHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

/** a0 a1 b0 b1. */
// @ts-ignore: decorator
@inline
export function joinLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** a2 a3 b2 b3. */
// @ts-ignore: decorator
@inline
export function joinHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** The bytes of each word in the other order. */
// @ts-ignore: decorator
@inline
export function swapWords(v: v128): v128 {
  return i8x16.shuffle(v, v, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

/** Of each word the lower half, as it lies on the wire, as a number. */
// @ts-ignore: decorator
@inline
export function lowHalf(v: v128): v128 {
  return i8x16.shuffle(v, i32x4.splat(0), 1, 0, 16, 16, 5, 4, 16, 16, 9, 8, 16, 16, 13, 12, 16, 16);
}

/** Of each word the upper half, as it lies on the wire, as a number. */
// @ts-ignore: decorator
@inline
export function highHalf(v: v128): v128 {
  return i8x16.shuffle(v, i32x4.splat(0), 3, 2, 16, 16, 7, 6, 16, 16, 11, 10, 16, 16, 15, 14, 16, 16);
}

/** Sum of the two halves of each word: one fold of a ones'-complement sum. */
// @ts-ignore: decorator
@inline
export function halves(v: v128): v128 {
  return i32x4.add(v128.and(v, i32x4.splat(0xffff)), i32x4.shr_u(v, 16));
}

/** All ones in the lanes where none of these bits is set. */
// @ts-ignore: decorator
@inline
export function hasNone(v: v128, bits: u32): v128 {
  return i32x4.eq(v128.and(v, i32x4.splat(bits)), i32x4.splat(0));
}

/** All ones in the lanes where these bits have that value. */
// @ts-ignore: decorator
@inline
export function bitsAre(v: v128, bits: u32, value: u32): v128 {
  return i32x4.eq(v128.and(v, i32x4.splat(bits)), i32x4.splat(value));
}

/** The lanes that hold one of `count` items, as a bit mask. */
// @ts-ignore: decorator
@inline
export function lanesOf(count: u32): i32 {
  return count >= 4 ? ALL_LANES : (1 << count) - 1;
}
