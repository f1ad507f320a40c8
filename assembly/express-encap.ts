/** The express lane's last stage: outer headers in front, TTL down, descriptor, counters. */
import {
  COUNTER_ENCAP_BYTES,
  COUNTER_ENCAP_PACKETS,
  COUNTER_RECEIVED_BYTES,
  COUNTER_RECEIVED_PACKETS,
  DESC_FLOW_HASH_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_NEXT_HOP_OFFSET,
  DESC_OFFSET_OFFSET,
  DESC_REASON_OFFSET,
  DESC_VERDICT_OFFSET,
  EXPRESS_DESC_OFFSET,
  EXPRESS_FIRST_OFFSET,
  EXPRESS_HASH_OFFSET,
  EXPRESS_MATCH_OFFSET,
  EXPRESS_PACKET_OFFSET,
  EXPRESS_REWRITE_OFFSET,
  EXPRESS_TTL_OFFSET,
  REWRITE_EXPRESS_OFFSET,
  REWRITE_NEXT_HOP_OFFSET,
  VERDICT_ENCAP,
  WORK_LEFT_OFFSET,
} from './layout';
import { countBy, countHit, work } from './batch';
import { OVERHEAD4, PORT_BASE, PORT_MASK, UDP_AND_LISP } from './encap';
import { halves, highHalf, lanesOf } from './lanes';

/** Words of `column` for the four packets at `at`. */
// @ts-ignore: decorator
@inline
function four(at: usize, offset: usize): v128 {
  return v128.load(at + offset);
}

/** The low halves of each word with their bytes in the other order, in the upper half; the lower half is 0. */
// @ts-ignore: decorator
@inline
function swapUp(v: v128): v128 {
  const zero = i32x4.splat(0);
  return i8x16.shuffle(v, zero, 16, 16, 1, 0, 16, 16, 5, 4, 16, 16, 9, 8, 16, 16, 13, 12);
}

/** Packets and inner bytes that this call has sent. */
let packets: u32 = 0;
let bytes: u32 = 0;
/** As the interface counted them. */
let received: u32 = 0;
let left: usize = 0;

/**
 * Encapsulates the packets of the columns that have a rewrite and fit its way out. `before`: packets that are left
 * already; returns how many there are in all.
 */
export function encapsulateColumns(count: u32, before: u32): u32 {
  packets = 0;
  bytes = 0;
  received = 0;
  left = work + WORK_LEFT_OFFSET + <usize>(before << 2);
  const end = work + <usize>(count << 2);
  for (let at = work; at < end; at += 16) {
    // Items beyond the end are of an earlier batch: they are not looked at.
    const present = lanesOf(<u32>(end - at) >>> 2);
    encapsulateFour(at, present);
  }
  countBy(COUNTER_RECEIVED_PACKETS, packets);
  countBy(COUNTER_RECEIVED_BYTES, received);
  countBy(COUNTER_ENCAP_PACKETS, packets);
  countBy(COUNTER_ENCAP_BYTES, bytes + packets * OVERHEAD4);
  return <u32>(left - work - WORK_LEFT_OFFSET) >>> 2;
}

// @ts-ignore: decorator
@inline
function expressWord(at: usize): u32 {
  const rewrite = <usize>load<u32>(at, EXPRESS_REWRITE_OFFSET);
  return rewrite == 0 ? 0 : load<u32>(rewrite, REWRITE_EXPRESS_OFFSET);
}

function encapsulateFour(at: usize, present: i32): void {
  let side = i32x4.splat(expressWord(at));
  if (present & 2) side = i32x4.replace_lane(side, 1, expressWord(at + 4));
  if (present & 4) side = i32x4.replace_lane(side, 2, expressWord(at + 8));
  if (present & 8) side = i32x4.replace_lane(side, 3, expressWord(at + 12));
  const first = four(at, EXPRESS_FIRST_OFFSET);
  const second = four(at, EXPRESS_TTL_OFFSET);
  const hash = four(at, EXPRESS_HASH_OFFSET);
  const low = i32x4.splat(0xffff);
  const length = highHalf(first);
  const mask = i32x4.bitmask(i32x4.le_u(length, i32x4.shr_u(side, 16))) & present;

  const tos = v128.and(first, i32x4.splat(0xff00));
  const total = i32x4.add(length, i32x4.splat(OVERHEAD4));
  const outerFirst = v128.or(v128.or(i32x4.splat(0x45), tos), swapUp(total));

  // The inner TTL goes down by one, and its checksum with it (RFC 1624, equation 3).
  const ttl = i32x4.sub(v128.and(second, i32x4.splat(0xff)), i32x4.splat(1));
  const checksum = highHalf(second);
  const lowered = halves(halves(i32x4.add(v128.xor(checksum, low), i32x4.splat(0xfeff))));
  const innerSecond = v128.or(v128.or(ttl, v128.and(second, i32x4.splat(0xff00))), swapUp(v128.xor(lowered, low)));

  // Outer checksum: the constant words, TOS, total length, TTL.
  let sum = i32x4.add(v128.and(side, low), i32x4.shr_u(tos, 8));
  sum = i32x4.add(sum, i32x4.add(total, i32x4.shl(ttl, 8)));
  const outerSecond = v128.or(v128.or(ttl, i32x4.splat(17 << 8)), swapUp(v128.xor(halves(halves(sum)), low)));
  const ports = i32x4.shr_u(swapUp(v128.or(i32x4.splat(PORT_BASE), v128.and(hash, i32x4.splat(PORT_MASK)))), 16);
  const udp = i32x4.shr_u(swapUp(i32x4.add(length, i32x4.splat(UDP_AND_LISP))), 16);

  settle(
    at, mask & 1, present & 1,
    i32x4.extract_lane(outerFirst, 0), i32x4.extract_lane(outerSecond, 0), i32x4.extract_lane(innerSecond, 0),
    i32x4.extract_lane(ports, 0), i32x4.extract_lane(udp, 0), i32x4.extract_lane(length, 0),
  );
  settle(
    at + 4, mask & 2, present & 2,
    i32x4.extract_lane(outerFirst, 1), i32x4.extract_lane(outerSecond, 1), i32x4.extract_lane(innerSecond, 1),
    i32x4.extract_lane(ports, 1), i32x4.extract_lane(udp, 1), i32x4.extract_lane(length, 1),
  );
  settle(
    at + 8, mask & 4, present & 4,
    i32x4.extract_lane(outerFirst, 2), i32x4.extract_lane(outerSecond, 2), i32x4.extract_lane(innerSecond, 2),
    i32x4.extract_lane(ports, 2), i32x4.extract_lane(udp, 2), i32x4.extract_lane(length, 2),
  );
  settle(
    at + 12, mask & 8, present & 8,
    i32x4.extract_lane(outerFirst, 3), i32x4.extract_lane(outerSecond, 3), i32x4.extract_lane(innerSecond, 3),
    i32x4.extract_lane(ports, 3), i32x4.extract_lane(udp, 3), i32x4.extract_lane(length, 3),
  );
}

/** Writes one packet, or lists it as left. Words are as they are to lie in memory. */
// @ts-ignore: decorator
@inline
function settle(
  at: usize,
  fits: i32,
  isPresent: i32,
  outerFirst: u32,
  outerSecond: u32,
  innerSecond: u32,
  ports: u32,
  udp: u32,
  length: u32,
): void {
  if (isPresent == 0) return;
  const desc = <usize>load<u32>(at, EXPRESS_DESC_OFFSET);
  if (fits == 0) {
    store<u32>(left, <u32>desc);
    left += 4;
    return;
  }
  const packet = <usize>load<u32>(at, EXPRESS_PACKET_OFFSET);
  const rewrite = <usize>load<u32>(at, EXPRESS_REWRITE_OFFSET);
  const outer = packet - OVERHEAD4;
  v128.store(outer, v128.load(rewrite));
  v128.store(outer, v128.load(rewrite, 16), 16);
  store<u32>(outer, load<u32>(rewrite, 32), 32);
  store<u32>(outer, outerFirst);
  store<u32>(outer, outerSecond, 8);
  store<u16>(outer, <u16>ports, 20);
  store<u16>(outer, <u16>udp, 24);
  store<u32>(packet, innerSecond, 8);
  store<u16>(desc, <u16>(<u32>load<u16>(desc, DESC_OFFSET_OFFSET) - OVERHEAD4), DESC_OFFSET_OFFSET);
  received += load<u16>(desc, DESC_LENGTH_OFFSET);
  store<u16>(desc, <u16>(length + OVERHEAD4), DESC_LENGTH_OFFSET);
  store<u8>(desc, VERDICT_ENCAP, DESC_VERDICT_OFFSET);
  store<u8>(desc, 0, DESC_REASON_OFFSET);
  store<u32>(desc, load<u32>(rewrite, REWRITE_NEXT_HOP_OFFSET) + 1, DESC_NEXT_HOP_OFFSET);
  store<u32>(desc, load<u32>(at, EXPRESS_HASH_OFFSET), DESC_FLOW_HASH_OFFSET);
  countHit(load<u32>(at, EXPRESS_MATCH_OFFSET) - 1);
  packets += 1;
  bytes += length;
}
