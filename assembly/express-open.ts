/** The express lane looks into LISP envelopes, four at a time: those with a plain header are opened. */
import {
  DESC_LENGTH_OFFSET,
  EXPRESS_MATCH_OFFSET,
  EXPRESS_REWRITE_OFFSET,
  WORK_DECAP_OFFSET,
} from './layout';
import { work } from './batch';
import { OVERHEAD4 } from './encap';
import { packetAt } from './express-parse';
import { IPV4_BYTES } from './ipv4';
import { ALL_LANES, bitsAre, hasNone, highHalf, joinHigh, joinLow, lanes, lanesOf, lowHalf, swapWords, words, zipHigh, zipLow } from './lanes';
import { DATA_PORT, LISP_BYTES, lispInstance, PROTOCOL_UDP, UDP_BYTES } from './lisp';

const UDP: usize = 20;
const LISP: usize = 28;
const ENVELOPE: u32 = UDP_BYTES + LISP_BYTES;
/** In the first byte of the LISP header. Nonce, versions and LSBs say nothing to a packet; GPE and encryption do. */
const INSTANCE_FLAG: u32 = 0x08;
const REFUSED_FLAGS: u32 = 0x07;
/** As they lie in the upper half of a word: MF and the offset; the destination port. */
const FRAGMENT: u32 = 0xff3f0000;
const PORT: u32 = ((DATA_PORT & 0xff) << 24) | ((DATA_PORT >>> 8) << 16);
/** Of shorter packets the headers are not loaded. */
const LEAST_BYTES: i32 = 36;

/** Of all packets that are opened: the first one's. */
export let instance: u32 = 0;
let opened: usize = 0;
let left: usize = 0;

/**
 * Opens what it can of the `count` packets listed at WORK_DECAP_OFFSET, whose IPv4 headers have been checked. Lists
 * them there anew, with the address of what is inside in the column of matches and its bytes in that of rewrites; the
 * others from `leftAt` on. Returns how many those are.
 */
export function openEnvelopes(count: u32, leftAt: usize): u32 {
  opened = work;
  left = leftAt;
  for (let i: u32 = 0; i < count; i += 4) openFour(work + <usize>(i << 2), count - i);
  return <u32>(left - leftAt) >>> 2;
}

/** `over`: how many there are from `at` on. Lanes beyond the end repeat the last one and do not count. */
function openFour(at: usize, over: u32): void {
  const present = lanesOf(over);
  const d0 = load<u32>(at, WORK_DECAP_OFFSET);
  const d1 = load<u32>(at + (<usize>min<u32>(1, over - 1) << 2), WORK_DECAP_OFFSET);
  const d2 = load<u32>(at + (<usize>min<u32>(2, over - 1) << 2), WORK_DECAP_OFFSET);
  const d3 = load<u32>(at + (<usize>min<u32>(3, over - 1) << 2), WORK_DECAP_OFFSET);
  let mask: i32 = 0;
  let p0: usize = 0;
  let p1: usize = 0;
  let p2: usize = 0;
  let p3: usize = 0;
  let bytes = i32x4.splat(0);
  if (i32x4.all_true(i32x4.ge_s(lanes(lengthOf(d0), lengthOf(d1), lengthOf(d2), lengthOf(d3)), i32x4.splat(LEAST_BYTES)))) {
    p0 = <usize>packetAt(<usize>d0);
    p1 = <usize>packetAt(<usize>d1);
    p2 = <usize>packetAt(<usize>d2);
    p3 = <usize>packetAt(<usize>d3);
    // From the UDP header to the end of the LISP header: four words.
    const a = v128.load(p0, UDP);
    const b = v128.load(p1, UDP);
    const c = v128.load(p2, UDP);
    const d = v128.load(p3, UDP);
    const low0 = zipLow(a, b);
    const low1 = zipLow(c, d);
    const high0 = zipHigh(a, b);
    const high1 = zipHigh(c, d);
    const ports = joinLow(low0, low1);
    const udp = joinHigh(low0, low1);
    const flags = joinLow(high0, high1);
    const udpBytes = lowHalf(udp);
    const room = i32x4.sub(highHalf(words(p0, p1, p2, p3, 0)), i32x4.splat(IPV4_BYTES));
    let plain = bitsAre(words(p0, p1, p2, p3, 8), 0xff00, PROTOCOL_UDP << 8);
    plain = v128.and(plain, hasNone(words(p0, p1, p2, p3, 4), FRAGMENT));
    plain = v128.and(plain, bitsAre(ports, 0xffff0000, PORT));
    // No UDP checksum.
    plain = v128.and(plain, hasNone(udp, 0xffff0000));
    plain = v128.and(plain, hasNone(flags, REFUSED_FLAGS));
    plain = v128.and(plain, i32x4.gt_s(udpBytes, i32x4.splat(ENVELOPE)));
    plain = v128.and(plain, i32x4.le_s(udpBytes, room));
    mask = i32x4.bitmask(plain) & present;
    // The first one that is plain says which instance goes on.
    if (opened == work && mask != 0) {
      const first = packetAt(<usize>load<u32>(at + (<usize>ctz(mask) << 2), WORK_DECAP_OFFSET));
      instance = lispInstance(<usize>first + LISP);
    }
    const hasInstance = bitsAre(flags, INSTANCE_FLAG, INSTANCE_FLAG);
    const instances = v128.and(i32x4.shr_u(swapWords(joinHigh(high0, high1)), 8), hasInstance);
    mask &= i32x4.bitmask(i32x4.eq(instances, i32x4.splat(instance)));
    bytes = i32x4.sub(udpBytes, i32x4.splat(ENVELOPE));
  }
  if (mask == ALL_LANES) {
    v128.store(opened, lanes(d0, d1, d2, d3), WORK_DECAP_OFFSET);
    v128.store(opened, i32x4.add(lanes(<u32>p0, <u32>p1, <u32>p2, <u32>p3), i32x4.splat(OVERHEAD4)), EXPRESS_MATCH_OFFSET);
    v128.store(opened, bytes, EXPRESS_REWRITE_OFFSET);
    opened += 16;
    return;
  }
  list(d0, p0, i32x4.extract_lane(bytes, 0), mask & 1, present & 1);
  list(d1, p1, i32x4.extract_lane(bytes, 1), mask & 2, present & 2);
  list(d2, p2, i32x4.extract_lane(bytes, 2), mask & 4, present & 4);
  list(d3, p3, i32x4.extract_lane(bytes, 3), mask & 8, present & 8);
}

// @ts-ignore: decorator
@inline
function lengthOf(desc: u32): u32 {
  return load<u16>(<usize>desc, DESC_LENGTH_OFFSET);
}

/** One packet of a mixed four. */
function list(desc: u32, packet: usize, bytes: u32, isPlain: i32, isPresent: i32): void {
  if (isPresent == 0) return;
  if (isPlain == 0) {
    store<u32>(left, desc);
    left += 4;
    return;
  }
  store<u32>(opened, desc, WORK_DECAP_OFFSET);
  store<u32>(opened, <u32>packet + OVERHEAD4, EXPRESS_MATCH_OFFSET);
  store<u32>(opened, bytes, EXPRESS_REWRITE_OFFSET);
  opened += 4;
}
