/**
 * The express lane: IPv4 packets without options that are encapsulated in IPv4, or come out of it (express-decap.ts),
 * four at a time. It decides by the same tables in the same order as forward.ts, and does nothing to a packet before all
 * is decided; one that is not so plain, or takes another way, is left as it was and listed for the ordinary way.
 */
import {
  ACTION_FORWARD,
  BATCH_MAX,
  BUCKET_BYTES,
  DESC_BYTES,
  ENTRY_ACTION_OFFSET,
  ENTRY_BUCKET_BASE_OFFSET,
  ENTRY_BUCKET_MASK_OFFSET,
  ENTRY_BYTES_SHIFT,
  ENTRY_FLAGS_OFFSET,
  ENTRY_HAS_TARGET,
  EXPRESS_DESC_OFFSET,
  EXPRESS_DESTINATION_OFFSET,
  EXPRESS_FIRST_OFFSET,
  EXPRESS_FROM_OFFSET,
  EXPRESS_HASH_OFFSET,
  EXPRESS_MATCH_OFFSET,
  EXPRESS_PACKET_OFFSET,
  EXPRESS_REWRITE_OFFSET,
  EXPRESS_ROUTE_OFFSET,
  EXPRESS_SOURCE_OFFSET,
  EXPRESS_TOWARD_OFFSET,
  EXPRESS_TTL_OFFSET,
  DESC_INSTANCE_OFFSET,
  NEXT_HOP_LOCAL,
  POLICY_ITR_SOURCE,
  POLICY_PITR_DESTINATION,
  REWRITE_BYTES_SHIFT,
  REWRITE_FAMILY_OFFSET,
  SECTION_BUCKETS,
  SECTION_ENTRIES,
  SECTION_REWRITES,
  TABLE_CACHE,
  TABLE_POLICY,
  TABLE_ROUTES,
  WORK_DECAP_OFFSET,
  WORK_LEFT_OFFSET,
  WORK_SKIP_OFFSET,
} from './layout';
import { work } from './batch';
import { section } from './control';
import { encapsulateColumns } from './express-encap';
import { decapsulateListed } from './express-decap';
import { look, parseColumns } from './express-parse';
import { isDefaultRoute, leadsOut, nextHopKind, nextHopOf } from './nexthop';
import { findVrf } from './snapshot';

/** When less than a quarter of a batch took the lane, so many batches do not try. */
const SKIPPED_BATCHES: u32 = 15;

/** Forwards what it can of `count` packets from `desc` on. Returns how many it left, listed at WORK_LEFT_OFFSET. */
export function express(snapshot: usize, desc: usize, count: u32): u32 {
  const skip = load<u32>(work, WORK_SKIP_OFFSET);
  const instance = load<u32>(desc, DESC_INSTANCE_OFFSET);
  const vrf = skip == 0 ? findVrf(snapshot, instance) : 0;
  if (vrf == 0) {
    if (skip != 0) store<u32>(work, skip - 1, WORK_SKIP_OFFSET);
    return leaveAll(desc, count);
  }
  const left = parseColumns(desc, count, instance);
  const taken = count - left;
  if (taken == 0) {
    store<u32>(work, SKIPPED_BATCHES, WORK_SKIP_OFFSET);
    return left;
  }
  look(vrf, TABLE_ROUTES, EXPRESS_DESTINATION_OFFSET, EXPRESS_ROUTE_OFFSET, taken);
  const local = listLocal(taken);
  let all = left;
  if (taken > local) all = encapsulate(vrf, taken - local, all);
  if (local > 0) all = decapsulateListed(snapshot, local, all);
  if (all > count - (count >>> 2)) store<u32>(work, SKIPPED_BATCHES, WORK_SKIP_OFFSET);
  return all;
}

function encapsulate(vrf: usize, count: u32, left: u32): u32 {
  look(vrf, TABLE_POLICY, EXPRESS_DESTINATION_OFFSET, EXPRESS_TOWARD_OFFSET, count);
  look(vrf, TABLE_POLICY, EXPRESS_SOURCE_OFFSET, EXPRESS_FROM_OFFSET, count);
  look(vrf, TABLE_CACHE, EXPRESS_DESTINATION_OFFSET, EXPRESS_MATCH_OFFSET, count);
  chooseRewrites(count);
  return encapsulateColumns(count, left);
}

/** Lists the packets to this router at WORK_DECAP_OFFSET and closes the gaps in the columns. Returns how many. */
function listLocal(count: u32): u32 {
  let route: u32 = 0;
  let toUs: bool = false;
  let kept = work;
  let listed = work;
  const end = work + <usize>(count << 2);
  for (let at = work; at < end; at += 4) {
    if (load<u32>(at, EXPRESS_ROUTE_OFFSET) != route) {
      route = load<u32>(at, EXPRESS_ROUTE_OFFSET);
      toUs = route != 0 && nextHopKind(nextHopOf(route)) == NEXT_HOP_LOCAL;
    }
    if (toUs) {
      store<u32>(listed, load<u32>(at, EXPRESS_DESC_OFFSET), WORK_DECAP_OFFSET);
      listed += 4;
      continue;
    }
    if (kept != at) moveColumns(kept, at);
    kept += 4;
  }
  return <u32>(listed - work) >>> 2;
}

function moveColumns(to: usize, from: usize): void {
  store<u32>(to, load<u32>(from, EXPRESS_PACKET_OFFSET), EXPRESS_PACKET_OFFSET);
  store<u32>(to, load<u32>(from, EXPRESS_DESC_OFFSET), EXPRESS_DESC_OFFSET);
  store<u32>(to, load<u32>(from, EXPRESS_SOURCE_OFFSET), EXPRESS_SOURCE_OFFSET);
  store<u32>(to, load<u32>(from, EXPRESS_DESTINATION_OFFSET), EXPRESS_DESTINATION_OFFSET);
  store<u32>(to, load<u32>(from, EXPRESS_HASH_OFFSET), EXPRESS_HASH_OFFSET);
  store<u32>(to, load<u32>(from, EXPRESS_FIRST_OFFSET), EXPRESS_FIRST_OFFSET);
  store<u32>(to, load<u32>(from, EXPRESS_TTL_OFFSET), EXPRESS_TTL_OFFSET);
  store<u32>(to, load<u32>(from, EXPRESS_ROUTE_OFFSET), EXPRESS_ROUTE_OFFSET);
}

function leaveAll(desc: usize, count: u32): u32 {
  const list = work + WORK_LEFT_OFFSET;
  for (let i: u32 = 0; i < count; i++) store<u32>(list + <usize>(i << 2), <u32>desc + i * DESC_BYTES);
  return count;
}

/**
 * The address of the rewrite of each packet that is to be encapsulated in IPv4, else 0. Routes come in few kinds, so
 * that the verdict on the one before is kept.
 */
function chooseRewrites(count: u32): void {
  assert(count <= <u32>BATCH_MAX);
  const entries = section(SECTION_ENTRIES);
  const buckets = section(SECTION_BUCKETS);
  const rewrites = section(SECTION_REWRITES);
  let route: u32 = 0;
  let asksLisp: bool = true;
  const end = work + <usize>(count << 2);
  for (let at = work; at < end; at += 4) {
    if (load<u32>(at, EXPRESS_ROUTE_OFFSET) != route) {
      route = load<u32>(at, EXPRESS_ROUTE_OFFSET);
      asksLisp = route == 0 || isNoWayByItself(route);
    }
    const isEligible =
      (load<u32>(at, EXPRESS_FROM_OFFSET) & POLICY_ITR_SOURCE) |
      (load<u32>(at, EXPRESS_TOWARD_OFFSET) & POLICY_PITR_DESTINATION);
    const match = load<u32>(at, EXPRESS_MATCH_OFFSET);
    let rewrite: usize = 0;
    if (asksLisp && isEligible != 0 && match != 0) {
      const entry = entries + (<usize>(match - 1) << ENTRY_BYTES_SHIFT);
      if (load<u8>(entry, ENTRY_ACTION_OFFSET) == ACTION_FORWARD && load<u8>(entry, ENTRY_FLAGS_OFFSET) & ENTRY_HAS_TARGET) {
        const hash = load<u32>(at, EXPRESS_HASH_OFFSET);
        const slot = load<u32>(entry, ENTRY_BUCKET_BASE_OFFSET) + ((hash >>> 16) & <u32>load<u16>(entry, ENTRY_BUCKET_MASK_OFFSET));
        const index = load<u32>(buckets + <usize>(slot * BUCKET_BYTES));
        rewrite = rewrites + (<usize>index << REWRITE_BYTES_SHIFT);
        if (load<u8>(rewrite, REWRITE_FAMILY_OFFSET) != 4) rewrite = 0;
      }
    }
    store<u32>(at, <u32>rewrite, EXPRESS_REWRITE_OFFSET);
  }
}

/** A route that leaves the packet to LISP: a discard route or the default one, but not an own address. */
function isNoWayByItself(route: u32): bool {
  const nextHop = nextHopOf(route);
  return leadsOut(nextHop) ? isDefaultRoute(nextHop) : nextHopKind(nextHop) != NEXT_HOP_LOCAL;
}
