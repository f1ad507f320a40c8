/** Next hops: results of the route tables (layout.ts: NEXT HOP). */
import {
  NEXT_HOP_BYTES_SHIFT,
  NEXT_HOP_CONNECTED,
  NEXT_HOP_DEFAULT_ROUTE,
  NEXT_HOP_FLAGS_OFFSET,
  NEXT_HOP_KIND_OFFSET,
  NEXT_HOP_MTU_OFFSET,
  NEXT_HOP_VIA,
  SECTION_NEXT_HOPS,
} from './layout';
import { section } from './control';

/** The record behind a value of a route table (its index + 1). */
// @ts-ignore: decorator
@inline
export function nextHopOf(route: u32): usize {
  return section(SECTION_NEXT_HOPS) + (<usize>(route - 1) << NEXT_HOP_BYTES_SHIFT);
}

/** NEXT_HOP_LOCAL, _CONNECTED, _VIA or _DISCARD. */
// @ts-ignore: decorator
@inline
export function nextHopKind(nextHop: usize): u32 {
  return load<u8>(nextHop, NEXT_HOP_KIND_OFFSET);
}

// @ts-ignore: decorator
@inline
export function nextHopMtu(nextHop: usize): u32 {
  return load<u32>(nextHop, NEXT_HOP_MTU_OFFSET);
}

/** A way to somewhere, as opposed to an own address or a hole. */
// @ts-ignore: decorator
@inline
export function leadsOut(nextHop: usize): bool {
  const kind = nextHopKind(nextHop);
  return kind == NEXT_HOP_CONNECTED || kind == NEXT_HOP_VIA;
}

/** Reached only because there is a default route. */
// @ts-ignore: decorator
@inline
export function isDefaultRoute(nextHop: usize): bool {
  return (load<u8>(nextHop, NEXT_HOP_FLAGS_OFFSET) & NEXT_HOP_DEFAULT_ROUTE) != 0;
}
