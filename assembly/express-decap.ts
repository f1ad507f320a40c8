/**
 * The express lane of what comes in LISP and leaves natively: IPv4 in IPv4, the public profile's header, nothing to
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
  EXPRESS_MATCH_OFFSET,
  EXPRESS_PACKET_OFFSET,
  EXPRESS_REWRITE_OFFSET,
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
import { fold, load16, store16, swap16 } from './bytes';
import { OVERHEAD4 } from './encap';
import { look, packetAt, parseListed } from './express-parse';
import { DATA_PORT, LISP_BYTES, lispInstance, PROTOCOL_UDP, UDP_BYTES } from './lisp';
import { isDefaultRoute, leadsOut, nextHopMtu, nextHopOf } from './nexthop';
import { findVrf, snapshotFlags } from './snapshot';

const UDP: usize = 20;
const LISP: usize = 28;
/** Of the first byte of the LISP header all but I: nonce, LSBs, versions, GPE, encryption. */
const OTHER_FLAGS: u32 = 0xf7;
const FRAGMENT_MASK: u32 = 0x3fff;
/** Outer IPv4 header, then UDP and LISP. */
const IPV4_BYTES: u32 = 20;

let left: usize = 0;
/** Of all packets that are opened: the first one's. */
let instance: u32 = 0;

/**
 * Decapsulates what it can of the `count` packets listed at WORK_DECAP_OFFSET, which are to this router. `before`:
 * packets that are left already; returns how many there are in all.
 */
export function decapsulateListed(snapshot: usize, count: u32, before: u32): u32 {
  assert(count <= <u32>BATCH_MAX);
  left = work + WORK_LEFT_OFFSET + <usize>(before << 2);
  const opened = snapshotFlags(snapshot) & SNAPSHOT_REPORT ? leaveAll(count) : openEnvelopes(count);
  const vrf: usize = opened == 0 ? 0 : findVrf(snapshot, instance);
  if (vrf == 0) {
    leaveAll(opened);
  } else {
    const refused = parseListed(opened, left);
    left += <usize>(refused << 2);
    const plain = opened - refused;
    look(vrf, TABLE_POLICY, EXPRESS_DESTINATION_OFFSET, EXPRESS_TOWARD_OFFSET, plain);
    look(vrf, TABLE_POLICY, EXPRESS_SOURCE_OFFSET, EXPRESS_FROM_OFFSET, plain);
    look(vrf, TABLE_ROUTES, EXPRESS_DESTINATION_OFFSET, EXPRESS_ROUTE_OFFSET, plain);
    sendAll(plain);
  }
  return <u32>(left - work - WORK_LEFT_OFFSET) >>> 2;
}

// @ts-ignore: decorator
@inline
function leave(desc: u32): void {
  store<u32>(left, desc);
  left += 4;
}

function leaveAll(count: u32): u32 {
  for (let i: usize = 0; i < <usize>count << 2; i += 4) leave(load<u32>(work + i, WORK_DECAP_OFFSET));
  return 0;
}

/** Lists, in place of the descriptors, those with a plain LISP header, and beside them where the inner packet is. */
function openEnvelopes(count: u32): u32 {
  let at = work;
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const desc = load<u32>(work + i, WORK_DECAP_OFFSET);
    const packet = <usize>packetAt(<usize>desc);
    const bytes = innerBytes(packet);
    if (bytes != 0 && at == work) instance = lispInstance(packet + LISP);
    if (bytes == 0 || lispInstance(packet + LISP) != instance) {
      leave(desc);
      continue;
    }
    store<u32>(at, desc, WORK_DECAP_OFFSET);
    store<u32>(at, <u32>packet + OVERHEAD4, EXPRESS_MATCH_OFFSET);
    store<u32>(at, bytes, EXPRESS_REWRITE_OFFSET);
    at += 4;
  }
  return <u32>(at - work) >>> 2;
}

/** Bytes in the envelope, 0 when it is not a plain one. The IPv4 header has been checked. */
// @ts-ignore: decorator
@inline
function innerBytes(packet: usize): u32 {
  const room = load16(packet, 2) - IPV4_BYTES;
  if (load<u8>(packet, 9) != PROTOCOL_UDP || (load16(packet, 6) & FRAGMENT_MASK) != 0 || room < UDP_BYTES + LISP_BYTES) return 0;
  const udp = packet + UDP;
  const bytes = load16(udp, 4);
  // Destination port, and no checksum.
  if (load16(udp, 2) != DATA_PORT || load<u16>(udp, 6) != 0) return 0;
  if (bytes <= UDP_BYTES + LISP_BYTES || bytes > room) return 0;
  if ((<u32>load<u8>(packet + LISP) & OTHER_FLAGS) != 0) return 0;
  return bytes - UDP_BYTES - LISP_BYTES;
}

/** Decides and writes, packet by packet. */
function sendAll(count: u32): void {
  let packets: u32 = 0;
  let received: u32 = 0;
  let decapsulated: u32 = 0;
  let native: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = work + <usize>(i << 2);
    const desc = <usize>load<u32>(at, EXPRESS_DESC_OFFSET);
    const packet = <usize>load<u32>(at, EXPRESS_PACKET_OFFSET);
    const outer = packet - OVERHEAD4;
    const first = load<u32>(at, EXPRESS_FIRST_OFFSET);
    const second = load<u32>(at, EXPRESS_TTL_OFFSET);
    const route = load<u32>(at, EXPRESS_ROUTE_OFFSET);
    const length = swap16(first >>> 16);
    const ttl = min<u32>(second & 0xff, load<u8>(outer, 8));
    const innerTos = (first >>> 8) & 0xff;
    const outerTos = <u32>load<u8>(outer, 1);
    // Of ECN (RFC 6040) only where the inner codepoint stays: no CE, and no ECT(1) over ECT(0).
    const isEcnKept = (outerTos & 3) == 0 || (outerTos & 3) == 2 || ((outerTos & 3) == 1 && (innerTos & 3) != 2);
    const toward = load<u32>(at, EXPRESS_TOWARD_OFFSET);
    const from = load<u32>(at, EXPRESS_FROM_OFFSET);
    if (ttl <= 1 || !isEcnKept || !isAccepted(toward, from) || !leavesBy(route, toward, from, length)) {
      leave(<u32>desc);
      continue;
    }
    const tos = (outerTos & 0xfc) | (innerTos & 3);
    // Both words change at once; the checksum follows (RFC 1624, equation 3).
    const ttlWord = swap16(second);
    const ttlAfter = ((ttl - 1) << 8) | (ttlWord & 0xff);
    const tosWord = 0x4500 | innerTos;
    const tosAfter = 0x4500 | tos;
    const checksum = load16(packet, 10) ^ 0xffff;
    const sum = checksum + (tosWord ^ 0xffff) + tosAfter + (ttlWord ^ 0xffff) + ttlAfter;
    store<u8>(packet, tos, 1);
    store<u8>(packet, ttl - 1, 8);
    store16(packet, ~fold(sum), 10);
    received += load<u16>(desc, DESC_LENGTH_OFFSET);
    decapsulated += load16(outer, 2);
    native += length;
    packets += 1;
    store<u16>(desc, <u16>(<u32>load<u16>(desc, DESC_OFFSET_OFFSET) + OVERHEAD4), DESC_OFFSET_OFFSET);
    store<u16>(desc, <u16>length, DESC_LENGTH_OFFSET);
    store<u8>(desc, VERDICT_NATIVE, DESC_VERDICT_OFFSET);
    store<u8>(desc, DESC_DECAPSULATED, DESC_FLAGS_OFFSET);
    store<u8>(desc, 0, DESC_REASON_OFFSET);
    store<u32>(desc, route, DESC_NEXT_HOP_OFFSET);
    store<u32>(desc, instance, DESC_INSTANCE_OFFSET);
  }
  countBy(COUNTER_RECEIVED_PACKETS, packets);
  countBy(COUNTER_RECEIVED_BYTES, received);
  countBy(COUNTER_DECAP_PACKETS, packets);
  countBy(COUNTER_DECAP_BYTES, decapsulated);
  countBy(COUNTER_NATIVE_PACKETS, packets);
  countBy(COUNTER_NATIVE_BYTES, native);
}

/** ETR or RTR of the destination, or PETR of the source. */
// @ts-ignore: decorator
@inline
function isAccepted(toward: u32, from: u32): bool {
  return (toward & (POLICY_ETR_DESTINATION | POLICY_RTR_DESTINATION)) != 0 || (from & POLICY_PETR_SOURCE) != 0;
}

/** The packet goes out by this route and not by LISP again, and fits. */
// @ts-ignore: decorator
@inline
function leavesBy(route: u32, toward: u32, from: u32, length: u32): bool {
  if (route == 0) return false;
  const nextHop = nextHopOf(route);
  if (!leadsOut(nextHop) || length > nextHopMtu(nextHop)) return false;
  const isServed =
    (from & POLICY_ITR_SOURCE) != 0 || (toward & (POLICY_PITR_DESTINATION | POLICY_RTR_DESTINATION)) != 0;
  return !isServed || !isDefaultRoute(nextHop);
}
