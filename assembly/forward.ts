/**
 * The forwarding order, stage by stage over a batch, so that each stage's loads overlap across packets. The numbers
 * are those of docs/architecture.md:
 *   1 header checks   2 own address?   3 decapsulation   4 TTL   5 more specific route than the default
 *   6 eligible for LISP?   7 Map-Cache   8 PETR   9 underlay
 * A packet that is decapsulated goes on at 2 in the next round: 3 has checked its header. There are at most three.
 */
import {
  ACTION_FORWARD,
  BATCH_MAX,
  DESC_BUFFER_OFFSET,
  DESC_BYTES,
  DESC_BYTES_SHIFT,
  DESC_DECAPSULATED,
  DESC_FLAGS_OFFSET,
  DESC_FLOW_HASH_OFFSET,
  DESC_INSTANCE_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  DESC_ORIGINATED,
  DESC_UNDERLAY,
  NEXT_HOP_LOCAL,
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  POLICY_PETR_SOURCE,
  POLICY_PITR_DESTINATION,
  POLICY_RTR_DESTINATION,
  REASON_AUTH_FAILURE,
  REASON_DROP_NO_REASON,
  REASON_LOCAL,
  REASON_MAP_CACHE_MISS,
  REASON_NONE,
  REASON_NOT_LOCAL_EID,
  REASON_NOT_UNICAST,
  REASON_NO_ACTION,
  REASON_POLICY_DENIED,
  REASON_SEND_MAP_REQUEST,
  REASON_SOURCE_DENIED,
  REASON_TTL_EXPIRED,
  ROW_DEPTH_OFFSET,
  ROW_DESC_OFFSET,
  ROW_DESTINATION_OFFSET,
  ROW_HASH_OFFSET,
  ROW_PAIR_BYTES,
  ROW_ROUTE_OFFSET,
  ROW_SOURCE_OFFSET,
  ROW_TTL_OFFSET,
  ROW_VRF_OFFSET,
  SECTION_DESCRIPTORS,
  TABLE_CACHE,
  TABLE_POLICY,
  TABLE_ROUTES,
  WORK_ACTIVE_OFFSET,
  WORK_CANDIDATES_OFFSET,
  WORK_DECAP_OFFSET,
  WORK_LEFT_OFFSET,
  WORK_RESULT2_OFFSET,
  WORK_RESULT_OFFSET,
  WORK_ROWS_OFFSET,
} from './layout';
import { countHit, countReceived, descOf, drop, familyOf, hasFlag, item, lengthOf, lookup, openBatch, punt } from './batch';
import { setItem, vrfOf, work } from './batch';
import { isDestinationNotUnicast, isLispData, isSourceNotUnicast, parsePacket } from './classify';
import { announce, idle, isHeld, section } from './control';
import { commitDecap, innerRow, openEnvelope, outerRow } from './decap';
import { encapsulate } from './encap';
import { express } from './express';
import { flowHash } from './flow';
import { entryAction, entryAt } from './mapcache';
import { byRoute, sendNative } from './native';
import { isDefaultRoute, leadsOut, nextHopKind, nextHopOf } from './nexthop';
import { emptyVrf, findVrf, isProxyEtr, vrfPetr } from './snapshot';

/** ACT codes (RFC 9301 §5.4) beside ACTION_FORWARD. */
const ACT_NATIVELY_FORWARD: u32 = 1;
const ACT_SEND_MAP_REQUEST: u32 = 2;
const ACT_DROP: u32 = 3;
const ACT_DROP_POLICY_DENIED: u32 = 4;
const ACT_DROP_AUTH_FAILURE: u32 = 5;

/** Forwards the packets of descriptors `first` .. `first + count - 1`, in batches that see one snapshot each. */
export function process(worker: i32, first: u32, count: u32): void {
  openBatch(worker);
  const held = isHeld(worker);
  let desc = section(SECTION_DESCRIPTORS) + (<usize>first << DESC_BYTES_SHIFT);
  while (count > 0) {
    const batch: u32 = min<u32>(count, BATCH_MAX);
    const snapshot = announce(worker, held);
    // Plain packets first; what is listed as left goes the ordinary way.
    let active = admit(snapshot, express(snapshot, desc, batch));
    while (active > 0) active = round(snapshot, active);
    idle(worker, held);
    desc += <usize>(batch * DESC_BYTES);
    count -= batch;
  }
}

/** 1: a row for each of the `count` packets left, if its header is sound. Returns their number. */
function admit(snapshot: usize, count: u32): i32 {
  const left = work + WORK_LEFT_OFFSET;
  const list = work + WORK_ACTIVE_OFFSET;
  let row = work + WORK_ROWS_OFFSET;
  let active = 0;
  let instance: u32 = 0;
  let vrf = vrfFor(snapshot, 0);
  for (let i: u32 = 0; i < count; i++, row += ROW_PAIR_BYTES) {
    const desc = item(left, i);
    const bytes = <u32>load<u16>(desc, DESC_LENGTH_OFFSET);
    countReceived(bytes);
    const packet = <usize>load<u32>(desc, DESC_BUFFER_OFFSET) + load<u16>(desc, DESC_OFFSET_OFFSET);
    const reason = parsePacket(row, packet, bytes);
    if (reason != REASON_NONE) {
      drop(desc, reason);
      continue;
    }
    if (load<u32>(desc, DESC_INSTANCE_OFFSET) != instance) {
      instance = load<u32>(desc, DESC_INSTANCE_OFFSET);
      vrf = vrfFor(snapshot, instance);
    }
    store<u16>(desc, <u16>lengthOf(row), DESC_LENGTH_OFFSET);
    store<u32>(row, <u32>desc, ROW_DESC_OFFSET);
    store<u32>(row, <u32>vrf, ROW_VRF_OFFSET);
    store<u8>(row, u32((load<u8>(desc, DESC_FLAGS_OFFSET) & DESC_DECAPSULATED) != 0), ROW_DEPTH_OFFSET);
    setItem(list, active++, row);
  }
  return active;
}

// @ts-ignore: decorator
@inline
function vrfFor(snapshot: usize, instanceId: u32): usize {
  const vrf = findVrf(snapshot, instanceId);
  return vrf != 0 ? vrf : emptyVrf();
}

/** 2 to 9 for the `count` packets of the active list. Returns how many were decapsulated and are active again. */
function round(snapshot: usize, count: i32): i32 {
  const active = work + WORK_ACTIVE_OFFSET;
  const decap = work + WORK_DECAP_OFFSET;
  const candidates = work + WORK_CANDIDATES_OFFSET;
  const routes = work + WORK_RESULT_OFFSET;
  lookup(active, count, TABLE_ROUTES, ROW_DESTINATION_OFFSET, routes);
  let decapCount = 0;
  let candidateCount = 0;
  for (let i = 0; i < count; i++) {
    const row = item(active, i);
    const route = <u32>item(routes, i);
    store<u32>(row, route, ROW_ROUTE_OFFSET);
    const isLocal = route != 0 && nextHopKind(nextHopOf(route)) == NEXT_HOP_LOCAL;
    if (isSourceNotUnicast(row) || (!isLocal && isDestinationNotUnicast(row))) {
      drop(descOf(row), REASON_NOT_UNICAST);
    } else if (!isLocal) {
      if (!routeAhead(row, route)) setItem(candidates, candidateCount++, row);
    } else if (isLispData(row)) {
      const reason = openEnvelope(row, snapshot);
      if (reason == REASON_NONE) setItem(decap, decapCount++, innerRow(row));
      else drop(descOf(row), reason);
    } else {
      punt(descOf(row), REASON_LOCAL);
    }
  }
  if (candidateCount > 0) forwardByLisp(candidates, candidateCount);
  return decapCount > 0 ? accept(snapshot, decap, decapCount) : 0;
}

/** 3, the role's part: ETR, RTR or PETR of the inner packet? Those accepted become the active list. */
function accept(snapshot: usize, decap: usize, count: i32): i32 {
  const active = work + WORK_ACTIVE_OFFSET;
  const toward = work + WORK_RESULT_OFFSET;
  const from = work + WORK_RESULT2_OFFSET;
  lookup(decap, count, TABLE_POLICY, ROW_DESTINATION_OFFSET, toward);
  lookup(decap, count, TABLE_POLICY, ROW_SOURCE_OFFSET, from);
  const refusal: u32 = isProxyEtr(snapshot) ? REASON_SOURCE_DENIED : REASON_NOT_LOCAL_EID;
  let accepted = 0;
  for (let i = 0; i < count; i++) {
    const inner = item(decap, i);
    const isForUs = (item(toward, i) & (POLICY_ETR_DESTINATION | POLICY_RTR_DESTINATION)) != 0;
    if (isForUs || item(from, i) & POLICY_PETR_SOURCE) {
      commitDecap(inner, snapshot);
      setItem(active, accepted++, outerRow(inner));
    } else {
      drop(descOf(inner), refusal);
    }
  }
  return accepted;
}

/** 4 and 5. True when that settled the packet. */
function routeAhead(row: usize, route: u32): bool {
  if (load<u8>(row, ROW_TTL_OFFSET) <= 1 && !hasFlag(row, DESC_ORIGINATED)) {
    punt(descOf(row), REASON_TTL_EXPIRED);
    return true;
  }
  if (route == 0) return false;
  const nextHop = nextHopOf(route);
  if (!leadsOut(nextHop) || isDefaultRoute(nextHop)) return false;
  sendNative(row);
  return true;
}

/** 6 to 9 for packets that no specific route settled. The list is used up. */
function forwardByLisp(candidates: usize, count: i32): void {
  const toward = work + WORK_RESULT_OFFSET;
  const from = work + WORK_RESULT2_OFFSET;
  lookup(candidates, count, TABLE_POLICY, ROW_DESTINATION_OFFSET, toward);
  lookup(candidates, count, TABLE_POLICY, ROW_SOURCE_OFFSET, from);
  let eligible = 0;
  for (let i = 0; i < count; i++) {
    const row = item(candidates, i);
    // An RTR puts a new LISP header on what it took one off, and on nothing else.
    const served: u32 = hasFlag(row, DESC_DECAPSULATED)
      ? POLICY_PITR_DESTINATION | POLICY_RTR_DESTINATION
      : POLICY_PITR_DESTINATION;
    const isServed = (item(from, i) & POLICY_ITR_SOURCE) != 0 || (<u32>item(toward, i) & served) != 0;
    if (isServed && !hasFlag(row, DESC_UNDERLAY)) {
      const hash = flowHash(row);
      store<u32>(row, hash, ROW_HASH_OFFSET);
      store<u32>(descOf(row), hash, DESC_FLOW_HASH_OFFSET);
      setItem(candidates, eligible++, row);
    } else {
      byRoute(row);
    }
  }
  if (eligible == 0) return;
  lookup(candidates, eligible, TABLE_CACHE, ROW_DESTINATION_OFFSET, toward);
  for (let i = 0; i < eligible; i++) act(item(candidates, i), <u32>item(toward, i));
}

/** 7 to 9: what the mapping system said. */
function act(row: usize, match: u32): void {
  const desc = descOf(row);
  if (match == 0) return punt(desc, REASON_MAP_CACHE_MISS);
  countHit(match - 1);
  const entry = entryAt(match - 1);
  switch (entryAction(entry)) {
    case ACTION_FORWARD: return encapsulate(row, entry);
    case ACT_NATIVELY_FORWARD: return nativelyForward(row);
    case ACT_SEND_MAP_REQUEST: return punt(desc, REASON_SEND_MAP_REQUEST);
    case ACT_DROP: return drop(desc, REASON_DROP_NO_REASON);
    case ACT_DROP_POLICY_DENIED: return drop(desc, REASON_POLICY_DENIED);
    case ACT_DROP_AUTH_FAILURE: return drop(desc, REASON_AUTH_FAILURE);
    default: drop(desc, REASON_NO_ACTION);
  }
}

/** 8: natively, unless a PETR does it for us (IW-07, IW-08). */
function nativelyForward(row: usize): void {
  const petr = vrfPetr(vrfOf(row), familyOf(row));
  if (petr != 0) encapsulate(row, entryAt(petr - 1));
  else byRoute(row);
}
