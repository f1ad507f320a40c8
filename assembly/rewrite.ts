/** Rewrites: outer headers ready to copy, and what goes with them (layout.ts: REWRITE). */
import {
  REWRITE_BYTES_SHIFT,
  REWRITE_FAMILY_OFFSET,
  REWRITE_NEXT_HOP_OFFSET,
  REWRITE_SIDE_BYTES_SHIFT,
  REWRITE_SIDE_FLAGS_OFFSET,
  REWRITE_SIDE_MTU_OFFSET,
  REWRITE_SIDE_SUM_OFFSET,
  SECTION_REWRITES,
  SECTION_REWRITE_SIDE,
} from './layout';
import { section } from './control';

// @ts-ignore: decorator
@inline
export function rewriteAt(index: u32): usize {
  return section(SECTION_REWRITES) + (<usize>index << REWRITE_BYTES_SHIFT);
}

// @ts-ignore: decorator
@inline
export function rewriteFamily(rewrite: usize): i32 {
  return load<u8>(rewrite, REWRITE_FAMILY_OFFSET);
}

/** Index of the next hop toward the outer destination. */
// @ts-ignore: decorator
@inline
export function rewriteNextHop(rewrite: usize): u32 {
  return load<u32>(rewrite, REWRITE_NEXT_HOP_OFFSET);
}

// @ts-ignore: decorator
@inline
export function sideAt(index: u32): usize {
  return section(SECTION_REWRITE_SIDE) + (<usize>index << REWRITE_SIDE_BYTES_SHIFT);
}

/** Sum of the words of the outer IPv4 header that no packet changes. */
// @ts-ignore: decorator
@inline
export function sideSum(side: usize): u32 {
  return load<u32>(side, REWRITE_SIDE_SUM_OFFSET);
}

/** The largest inner packet that still fits the way out. */
// @ts-ignore: decorator
@inline
export function sideMtu(side: usize): u32 {
  return load<u32>(side, REWRITE_SIDE_MTU_OFFSET);
}

/** REWRITE_CHECKSUM, REWRITE_GPE. */
// @ts-ignore: decorator
@inline
export function sideFlags(side: usize): u32 {
  return load<u32>(side, REWRITE_SIDE_FLAGS_OFFSET);
}
