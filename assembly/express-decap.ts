/**
 * The express lane of what comes in LISP and leaves natively: IPv4 in IPv4, no GPE and no encryption, nothing to
 * report. As in express.ts, a packet is written once all is decided, and left as it was when it takes another way.
 */
import {
  BATCH_MAX,
  COUNTER_DECAP_BYTES,
  COUNTER_DECAP_PACKETS,
  COUNTER_NATIVE_BYTES,
  COUNTER_NATIVE_PACKETS,
  COUNTER_RECEIVED_BYTES,
  COUNTER_RECEIVED_PACKETS,
  DESC_DECAPSULATED,
  DESC_FLAGS_OFFSET,
  DESC_INSTANCE_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_NEXT_HOP_OFFSET,
  DESC_OFFSET_OFFSET,
  DESC_REASON_OFFSET,
  DESC_VERDICT_OFFSET,
  EXPRESS_DESC_OFFSET,
  EXPRESS_DESTINATION_OFFSET,
  EXPRESS_FIRST_OFFSET,
  EXPRESS_FROM_OFFSET,
  EXPRESS_PACKET_OFFSET,
  EXPRESS_ROUTE_OFFSET,
  EXPRESS_SOURCE_OFFSET,
  EXPRESS_TOWARD_OFFSET,
  EXPRESS_TTL_OFFSET,
  POLICY_ETR_DESTINATION,
  POLICY_ITR_SOURCE,
  POLICY_PETR_SOURCE,
  POLICY_PITR_DESTINATION,
  POLICY_RTR_DESTINATION,
  SNAPSHOT_REPORT,
  TABLE_POLICY,
  TABLE_ROUTES,
  VERDICT_NATIVE,
  WORK_DECAP_OFFSET,
  WORK_LEFT_OFFSET,
} from './layout';
import { countBy, work } from './batch';
import { swap16 } from './bytes';
import { OVERHEAD4 } from './encap';
import { instance, openEnvelopes } from './express-open';
import { look, parseListed } from './express-parse';
import { bitsAre, halves, hasNone, highHalf, lanesOf, words } from './lanes';
import { isDefaultRoute, leadsOut, nextHopMtu, nextHopOf } from './nexthop';
import { findVrf, snapshotFlags } from './snapshot';

let left: usize = 0;
/** Packets that this call has sent, and bytes: as received, of the outer headers, of what is inside. */
let packets: u32 = 0;
let received: u32 = 0;
let outerBytes: u32 = 0;
let innerBytes: u32 = 0;

/**
 * Decapsulates what it can of the `count` packets listed at WORK_DECAP_OFFSET, which are to this router. `before`:
 * packets that are left already; returns how many there are in all.
 */
export function decapsulateListed(snapshot: usize, count: u32, before: u32): u32 {
  assert(count <= <u32>BATCH_MAX);
  left = work + WORK_LEFT_OFFSET + <usize>(before << 2);
  if (snapshotFlags(snapshot) & SNAPSHOT_REPORT) return before + leaveAll(count);
  const closed = openEnvelopes(count, left);
  left += <usize>(closed << 2);
  const opened = count - closed;
  const vrf: usize = opened == 0 ? 0 : findVrf(snapshot, instance);
  if (vrf == 0) return before + closed + leaveAll(opened);
  const refused = parseListed(opened, left);
  left += <usize>(refused << 2);
  const plain = opened - refused;
  look(vrf, TABLE_POLICY, EXPRESS_DESTINATION_OFFSET, EXPRESS_TOWARD_OFFSET, plain);
  look(vrf, TABLE_POLICY, EXPRESS_SOURCE_OFFSET, EXPRESS_FROM_OFFSET, plain);
  look(vrf, TABLE_ROUTES, EXPRESS_DESTINATION_OFFSET, EXPRESS_ROUTE_OFFSET, plain);
  sendAll(plain);
  return <u32>(left - work - WORK_LEFT_OFFSET) >>> 2;
}

function leaveAll(count: u32): u32 {
  memory.copy(left, work + WORK_DECAP_OFFSET, <usize>count << 2);
  return count;
}

function sendAll(count: u32): void {
  packets = 0;
  received = 0;
  outerBytes = 0;
  innerBytes = 0;
  for (let i: u32 = 0; i < count; i += 4) sendFour(work + <usize>(i << 2), lanesOf(count - i));
  countBy(COUNTER_RECEIVED_PACKETS, packets);
  countBy(COUNTER_RECEIVED_BYTES, received);
  countBy(COUNTER_DECAP_PACKETS, packets);
  countBy(COUNTER_DECAP_BYTES, outerBytes);
  countBy(COUNTER_NATIVE_PACKETS, packets);
  countBy(COUNTER_NATIVE_BYTES, innerBytes);
}

/** Address of the outer header of the packet at `at`; beyond the end that of the first one of the four. */
// @ts-ignore: decorator
@inline
function outerAt(at: usize, lane: usize, present: i32): usize {
  return <usize>load<u32>(present & (1 << <i32>lane) ? at + (lane << 2) : at, EXPRESS_PACKET_OFFSET) - OVERHEAD4;
}

/** Decides on four packets and writes them. Items beyond the end are of an earlier batch: they are not looked at. */
function sendFour(at: usize, present: i32): void {
  const o0 = outerAt(at, 0, present);
  const o1 = outerAt(at, 1, present);
  const o2 = outerAt(at, 2, present);
  const o3 = outerAt(at, 3, present);
  const outerFirst = words(o0, o1, o2, o3, 0);
  const first = v128.load(at, EXPRESS_FIRST_OFFSET);
  const second = v128.load(at, EXPRESS_TTL_OFFSET);
  const toward = v128.load(at, EXPRESS_TOWARD_OFFSET);
  const from = v128.load(at, EXPRESS_FROM_OFFSET);
  const low = i32x4.splat(0xffff);

  const ttl = i32x4.min_u(v128.and(second, i32x4.splat(0xff)), v128.and(words(o0, o1, o2, o3, 8), i32x4.splat(0xff)));
  // Of ECN (RFC 6040) only where the inner codepoint stays: no CE, and no ECT(1) over ECT(0).
  const isCongested = bitsAre(outerFirst, 0x300, 0x300);
  const isMarked = v128.and(bitsAre(outerFirst, 0x300, 0x100), bitsAre(first, 0x300, 0x200));
  // ETR or RTR of the destination, or PETR of the source.
  const isRefused = v128.and(
    hasNone(toward, POLICY_ETR_DESTINATION | POLICY_RTR_DESTINATION),
    hasNone(from, POLICY_PETR_SOURCE),
  );
  let fits = i32x4.gt_s(ttl, i32x4.splat(1));
  fits = v128.andnot(fits, v128.or(isRefused, v128.or(isCongested, isMarked)));
  const mask = i32x4.bitmask(fits) & present;
  // What is served by LISP again does not leave by the default route.
  const unserved = i32x4.bitmask(
    v128.and(hasNone(from, POLICY_ITR_SOURCE), hasNone(toward, POLICY_PITR_DESTINATION | POLICY_RTR_DESTINATION)),
  );

  const firstAfter = v128.or(
    v128.and(first, i32x4.splat(0xffff03ff)),
    v128.and(outerFirst, i32x4.splat(0xfc00)),
  );
  const ttlAfter = i32x4.sub(ttl, i32x4.splat(1));
  const half = v128.or(v128.and(second, i32x4.splat(0xff00)), ttlAfter);
  // Both words change at once; the checksum follows (RFC 1624, equation 3), in the order of memory.
  let sum = v128.xor(i32x4.shr_u(second, 16), low);
  sum = i32x4.add(sum, i32x4.add(v128.andnot(low, first), v128.and(firstAfter, low)));
  sum = i32x4.add(sum, i32x4.add(v128.andnot(low, second), half));
  const secondAfter = v128.or(half, i32x4.shl(v128.xor(halves(halves(sum)), low), 16));
  const length = highHalf(first);

  send(
    at, o0, mask & 1, present & 1, unserved & 1,
    i32x4.extract_lane(firstAfter, 0), i32x4.extract_lane(secondAfter, 0),
    i32x4.extract_lane(length, 0), i32x4.extract_lane(outerFirst, 0),
  );
  send(
    at + 4, o1, mask & 2, present & 2, unserved & 2,
    i32x4.extract_lane(firstAfter, 1), i32x4.extract_lane(secondAfter, 1),
    i32x4.extract_lane(length, 1), i32x4.extract_lane(outerFirst, 1),
  );
  send(
    at + 8, o2, mask & 4, present & 4, unserved & 4,
    i32x4.extract_lane(firstAfter, 2), i32x4.extract_lane(secondAfter, 2),
    i32x4.extract_lane(length, 2), i32x4.extract_lane(outerFirst, 2),
  );
  send(
    at + 12, o3, mask & 8, present & 8, unserved & 8,
    i32x4.extract_lane(firstAfter, 3), i32x4.extract_lane(secondAfter, 3),
    i32x4.extract_lane(length, 3), i32x4.extract_lane(outerFirst, 3),
  );
}

/** Writes one packet, or lists it as left. Words are as they are to lie in memory. */
function send(
  at: usize,
  outer: usize,
  fits: i32,
  isPresent: i32,
  isUnserved: i32,
  first: u32,
  second: u32,
  length: u32,
  outerFirst: u32,
): void {
  if (isPresent == 0) return;
  const desc = <usize>load<u32>(at, EXPRESS_DESC_OFFSET);
  const route = load<u32>(at, EXPRESS_ROUTE_OFFSET);
  if (fits == 0 || !leavesBy(route, isUnserved != 0, length)) {
    store<u32>(left, <u32>desc);
    left += 4;
    return;
  }
  store<u32>(outer + OVERHEAD4, first);
  store<u32>(outer + OVERHEAD4, second, 8);
  received += load<u16>(desc, DESC_LENGTH_OFFSET);
  outerBytes += swap16(outerFirst >>> 16);
  innerBytes += length;
  packets += 1;
  store<u16>(desc, <u16>(<u32>load<u16>(desc, DESC_OFFSET_OFFSET) + OVERHEAD4), DESC_OFFSET_OFFSET);
  store<u16>(desc, <u16>length, DESC_LENGTH_OFFSET);
  store<u8>(desc, VERDICT_NATIVE, DESC_VERDICT_OFFSET);
  store<u8>(desc, DESC_DECAPSULATED, DESC_FLAGS_OFFSET);
  store<u8>(desc, 0, DESC_REASON_OFFSET);
  store<u32>(desc, route, DESC_NEXT_HOP_OFFSET);
  store<u32>(desc, instance, DESC_INSTANCE_OFFSET);
}

/** The packet goes out by this route and fits; by the default route only when LISP does not serve it. */
// @ts-ignore: decorator
@inline
function leavesBy(route: u32, isUnserved: bool, length: u32): bool {
  if (route == 0) return false;
  const nextHop = nextHopOf(route);
  if (!leadsOut(nextHop) || length > nextHopMtu(nextHop)) return false;
  return isUnserved || !isDefaultRoute(nextHop);
}
