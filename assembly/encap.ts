/**
 * Putting outer headers on (RFC 9300 §5): copy the rewrite in front of the packet, patch lengths, source port, TTL,
 * DSCP and ECN. ECN copied is RFC 6040 normal mode; UDP checksum 0, DF=1, id 0 and what the LISP header says (nothing
 * but the instance in the public profile) come with the rewrite; what its flags ask for beside is done in marked.ts.
 */
import {
  DESC_LENGTH_OFFSET,
  DESC_MTU_OFFSET,
  DESC_NEXT_HOP_OFFSET,
  DESC_OFFSET_OFFSET,
  REASON_NO_USABLE_RLOC,
  REASON_TOO_BIG,
  REWRITE_NONE,
  ROW_HASH_OFFSET,
  ROW_TOS_OFFSET,
} from './layout';
import { fold, store16, store32 } from './bytes';
import { descOf, drop, familyOf, leaveEncapsulated, lengthOf, packetOf, punt } from './batch';
import { chooseRewrite } from './locator';
import { entryHasTarget } from './mapcache';
import { finishMarked } from './marked';
import { rewriteAt, rewriteFamily, rewriteNextHop, sideAt, sideFlags, sideMtu, sideSum } from './rewrite';
import { lowerTtl } from './native';

/** Outer IPv4, UDP and LISP headers. */
export const OVERHEAD4: u32 = 36;
const OVERHEAD6: u32 = 56;
export const UDP_AND_LISP: u32 = 16;
/** Outer UDP source ports: the dynamic range, chosen by flow. */
export const PORT_BASE: u32 = 0xc000;
export const PORT_MASK: u32 = 0x3fff;

/** Encapsulates to a locator of `entry`, or says why not. */
export function encapsulate(row: usize, entry: usize): void {
  const desc = descOf(row);
  if (!entryHasTarget(entry)) return drop(desc, REASON_NO_USABLE_RLOC);
  const hash = load<u32>(row, ROW_HASH_OFFSET);
  const index = chooseRewrite(entry, hash);
  const rewrite = rewriteAt(index);
  const side = sideAt(index);
  const length = lengthOf(row);
  if (length > sideMtu(side)) {
    if (sideFlags(side) & REWRITE_NONE) return drop(desc, REASON_NO_USABLE_RLOC);
    store<u16>(desc, sideMtu(side), DESC_MTU_OFFSET);
    return punt(desc, REASON_TOO_BIG);
  }
  const ttl = lowerTtl(row);
  const tos = <u32>load<u8>(row, ROW_TOS_OFFSET);
  const port = PORT_BASE | (hash & PORT_MASK);
  let added = OVERHEAD4;
  if (rewriteFamily(rewrite) == 4) {
    const outer = packetOf(row) - OVERHEAD4;
    v128.store(outer, v128.load(rewrite));
    v128.store(outer, v128.load(rewrite, 16), 16);
    store<u32>(outer, load<u32>(rewrite, 32), 32);
    const total = length + OVERHEAD4;
    store<u8>(outer, tos, 1);
    store16(outer, total, 2);
    store<u8>(outer, ttl, 8);
    store16(outer, ~fold(sideSum(side) + tos + total + (ttl << 8)), 10);
    store16(outer, port, 20);
    store16(outer, length + UDP_AND_LISP, 24);
  } else {
    added = OVERHEAD6;
    const outer = packetOf(row) - OVERHEAD6;
    v128.store(outer, v128.load(rewrite));
    v128.store(outer, v128.load(rewrite, 16), 16);
    v128.store(outer, v128.load(rewrite, 32), 32);
    store<u64>(outer, load<u64>(rewrite, 48), 48);
    store32(outer, 0x60000000 | (tos << 20));
    store16(outer, length + UDP_AND_LISP, 4);
    store<u8>(outer, ttl, 7);
    store16(outer, port, 40);
    store16(outer, length + UDP_AND_LISP, 44);
  }
  const flags = sideFlags(side);
  if (flags != 0) {
    finishMarked(flags, packetOf(row) - added, rewriteFamily(rewrite), familyOf(row), length + UDP_AND_LISP);
  }
  store<u16>(desc, <u16>(load<u16>(desc, DESC_OFFSET_OFFSET) - added), DESC_OFFSET_OFFSET);
  store<u16>(desc, <u16>(length + added), DESC_LENGTH_OFFSET);
  store<u32>(desc, rewriteNextHop(rewrite) + 1, DESC_NEXT_HOP_OFFSET);
  leaveEncapsulated(desc);
}
