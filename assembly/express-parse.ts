/** The express lane's first stage: header checks and flow hash of four packets in the lanes of a vector. */
import {
  DESC_BUFFER_OFFSET,
  DESC_BYTES,
  DESC_FLAGS_OFFSET,
  DESC_INSTANCE_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  EXPRESS_DESC_OFFSET,
  EXPRESS_DESTINATION_OFFSET,
  EXPRESS_FIRST_OFFSET,
  EXPRESS_HASH_OFFSET,
  EXPRESS_MATCH_OFFSET,
  EXPRESS_PACKET_OFFSET,
  EXPRESS_REWRITE_OFFSET,
  EXPRESS_SOURCE_OFFSET,
  EXPRESS_TTL_OFFSET,
  WORK_DECAP_OFFSET,
  WORK_LEFT_OFFSET,
} from './layout';
import { work } from './batch';
import { ALL_LANES, halves, hasNone, joinHigh, joinLow, lanes, lanesOf, swapWords, words, zipHigh, zipLow } from './lanes';
import { lpmBatch } from './lpm/lpm';
import { vrfKind, vrfRoot } from './snapshot';

/** Header and ports: shorter packets take the ordinary way. */
const LEAST_BYTES: i32 = 24;

/** First byte of the packet of a descriptor. */
// @ts-ignore: decorator
@inline
export function packetAt(desc: usize): u32 {
  return load<u32>(desc, DESC_BUFFER_OFFSET) + <u32>load<u16>(desc, DESC_OFFSET_OFFSET);
}

// @ts-ignore: decorator
@inline
function rotate(v: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(v, bits), i32x4.shr_u(v, 32 - bits));
}

/** One word of MurmurHash3, as in flow.ts. */
// @ts-ignore: decorator
@inline
function mix(h: v128, word: v128): v128 {
  const k = i32x4.mul(rotate(i32x4.mul(word, i32x4.splat(0xcc9e2d51)), 15), i32x4.splat(0x1b873593));
  const r = rotate(v128.xor(h, k), 13);
  return i32x4.add(i32x4.add(r, i32x4.shl(r, 2)), i32x4.splat(0xe6546b64));
}

/** End of MurmurHash3 over four words. */
// @ts-ignore: decorator
@inline
function finish(h: v128): v128 {
  h = v128.xor(h, i32x4.splat(16));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/** All ones in the lanes whose protocol has ports. */
// @ts-ignore: decorator
@inline
function hasPorts(protocol: v128): v128 {
  const tcp = i32x4.eq(protocol, i32x4.splat(6));
  const udp = i32x4.eq(protocol, i32x4.splat(17));
  const sctp = i32x4.eq(protocol, i32x4.splat(132));
  return v128.or(v128.or(tcp, udp), sctp);
}

/** All ones in the lanes whose address is no unicast one; words in host order. */
// @ts-ignore: decorator
@inline
function isNotUnicast(address: v128): v128 {
  const zero = i32x4.splat(0);
  const multicast = i32x4.eq(i32x4.shr_u(address, 28), i32x4.splat(0xe));
  return v128.or(multicast, v128.or(i32x4.eq(address, zero), i32x4.eq(address, i32x4.splat(-1))));
}

/** Looks `count` keys of a column up in a TABLE_ of a VRF. */
// @ts-ignore: decorator
@inline
export function look(vrf: usize, table: u32, keys: usize, out: usize, count: u32): void {
  lpmBatch(vrfKind(vrf, 4, table), 4, vrfRoot(vrf, 4, table), work + keys, work + out, count);
}

/** The columns being filled: where their next item goes, and the end of the list of those left. */
let column: usize = 0;
let left: usize = 0;

/**
 * Fills the columns with the packets, from `desc` on, that are plain enough: IPv4 without options, sound, of this
 * instance, unicast, TTL to spare, from outside. Returns how many are not: those are listed as left.
 */
export function parseColumns(desc: usize, count: u32, instance: u32): u32 {
  column = work;
  left = work + WORK_LEFT_OFFSET;
  const end = desc + <usize>(count * DESC_BYTES);
  for (; desc + 4 * DESC_BYTES <= end; desc += 4 * DESC_BYTES) {
    receiveFour(desc, desc + DESC_BYTES, desc + 2 * DESC_BYTES, desc + 3 * DESC_BYTES, instance, ALL_LANES);
  }
  // What is over: lanes beyond the end repeat the last packet and do not count.
  const over = <i32>((end - desc) / DESC_BYTES);
  if (over > 0) {
    const last = end - DESC_BYTES;
    receiveFour(desc, min(desc + DESC_BYTES, last), min(desc + 2 * DESC_BYTES, last), last, instance, (1 << over) - 1);
  }
  return <u32>(left - work - WORK_LEFT_OFFSET) >>> 2;
}

/** Four packets as they were received. */
// @ts-ignore: decorator
@inline
function receiveFour(d0: usize, d1: usize, d2: usize, d3: usize, instance: u32, present: i32): void {
  const bytes = lanes(
    load<u16>(d0, DESC_LENGTH_OFFSET),
    load<u16>(d1, DESC_LENGTH_OFFSET),
    load<u16>(d2, DESC_LENGTH_OFFSET),
    load<u16>(d3, DESC_LENGTH_OFFSET),
  );
  const flags =
    load<u8>(d0, DESC_FLAGS_OFFSET) |
    load<u8>(d1, DESC_FLAGS_OFFSET) |
    load<u8>(d2, DESC_FLAGS_OFFSET) |
    load<u8>(d3, DESC_FLAGS_OFFSET);
  const other =
    (load<u32>(d0, DESC_INSTANCE_OFFSET) ^ instance) |
    (load<u32>(d1, DESC_INSTANCE_OFFSET) ^ instance) |
    (load<u32>(d2, DESC_INSTANCE_OFFSET) ^ instance) |
    (load<u32>(d3, DESC_INSTANCE_OFFSET) ^ instance);
  if (flags != 0 || other != 0) return leaveFour(d0, d1, d2, d3, present);
  const p0 = <usize>packetAt(d0);
  const p1 = <usize>packetAt(d1);
  const p2 = <usize>packetAt(d2);
  const p3 = <usize>packetAt(d3);
  parseFour(d0, d1, d2, d3, p0, p1, p2, p3, bytes, present, true);
}

/**
 * The same for `count` inner packets: descriptors at WORK_DECAP_OFFSET, addresses in the column of matches, lengths in
 * that of rewrites; no flow hash. Lists those that are not plain enough from `leftAt` on, and returns how many they are.
 */
export function parseListed(count: u32, leftAt: usize): u32 {
  column = work;
  left = leftAt;
  for (let i: u32 = 0; i < count; i += 4) {
    const over = count - i;
    const at = work + <usize>(i << 2);
    // Lanes beyond the end repeat the last packet and do not count.
    const b = at + <usize>(min<u32>(1, over - 1) << 2);
    const c = at + <usize>(min<u32>(2, over - 1) << 2);
    const d = at + <usize>(min<u32>(3, over - 1) << 2);
    parseFour(
      descOf(at), descOf(b), descOf(c), descOf(d),
      packetOf(at), packetOf(b), packetOf(c), packetOf(d),
      lanes(bytesOf(at), bytesOf(b), bytesOf(c), bytesOf(d)),
      lanesOf(over),
      false,
    );
  }
  return <u32>(left - leftAt) >>> 2;
}

// @ts-ignore: decorator
@inline
function descOf(at: usize): usize {
  return <usize>load<u32>(at, WORK_DECAP_OFFSET);
}

// @ts-ignore: decorator
@inline
function packetOf(at: usize): usize {
  return <usize>load<u32>(at, EXPRESS_MATCH_OFFSET);
}

// @ts-ignore: decorator
@inline
function bytesOf(at: usize): u32 {
  return load<u32>(at, EXPRESS_REWRITE_OFFSET);
}

/** `isHashed`: the flow hash is wanted, too. */
function parseFour(
  d0: usize, d1: usize, d2: usize, d3: usize,
  p0: usize, p1: usize, p2: usize, p3: usize,
  bytes: v128,
  present: i32,
  isHashed: bool,
): void {
  const least = i32x4.splat(LEAST_BYTES);
  if (!i32x4.all_true(i32x4.ge_s(bytes, least))) return leaveFour(d0, d1, d2, d3, present);

  // Four rows of four words become columns.
  const a = v128.load(p0);
  const b = v128.load(p1);
  const c = v128.load(p2);
  const d = v128.load(p3);
  const low0 = zipLow(a, b);
  const low1 = zipLow(c, d);
  const high0 = zipHigh(a, b);
  const high1 = zipHigh(c, d);
  const first = joinLow(low0, low1);
  const second = joinHigh(low0, low1);
  const ttl = joinLow(high0, high1);
  const source = joinHigh(high0, high1);
  const destination = words(p0, p1, p2, p3, 16);

  // The sum of all halves is all ones; their order in memory does not matter to it.
  let sum = i32x4.add(i32x4.add(halves(first), halves(second)), i32x4.add(halves(ttl), halves(source)));
  sum = halves(halves(i32x4.add(sum, halves(destination))));
  let fit = i32x4.eq(sum, i32x4.splat(0xffff));
  fit = v128.and(fit, i32x4.eq(v128.and(first, i32x4.splat(0xff)), i32x4.splat(0x45)));
  const total = swapWords(v128.and(first, i32x4.splat(0xffff0000)));
  fit = v128.and(fit, v128.and(i32x4.ge_s(total, least), i32x4.le_s(total, bytes)));
  fit = v128.and(fit, i32x4.gt_s(v128.and(ttl, i32x4.splat(0xff)), i32x4.splat(1)));
  const sourceKey = swapWords(source);
  const destinationKey = swapWords(destination);
  fit = v128.andnot(fit, v128.or(isNotUnicast(sourceKey), isNotUnicast(destinationKey)));

  const hash = isHashed ? hashFlows(p0, p1, p2, p3, second, ttl, sourceKey, destinationKey) : i32x4.splat(0);

  const mask = i32x4.bitmask(fit) & present;
  if (mask == ALL_LANES) {
    v128.store(column, lanes(<u32>p0, <u32>p1, <u32>p2, <u32>p3), EXPRESS_PACKET_OFFSET);
    v128.store(column, lanes(<u32>d0, <u32>d1, <u32>d2, <u32>d3), EXPRESS_DESC_OFFSET);
    v128.store(column, sourceKey, EXPRESS_SOURCE_OFFSET);
    v128.store(column, destinationKey, EXPRESS_DESTINATION_OFFSET);
    v128.store(column, hash, EXPRESS_HASH_OFFSET);
    v128.store(column, first, EXPRESS_FIRST_OFFSET);
    v128.store(column, ttl, EXPRESS_TTL_OFFSET);
    column += 16;
    return;
  }
  take(d0, p0, mask & 1, present & 1, i32x4.extract_lane(sourceKey, 0), i32x4.extract_lane(destinationKey, 0), i32x4.extract_lane(hash, 0));
  take(d1, p1, mask & 2, present & 2, i32x4.extract_lane(sourceKey, 1), i32x4.extract_lane(destinationKey, 1), i32x4.extract_lane(hash, 1));
  take(d2, p2, mask & 4, present & 4, i32x4.extract_lane(sourceKey, 2), i32x4.extract_lane(destinationKey, 2), i32x4.extract_lane(hash, 2));
  take(d3, p3, mask & 8, present & 8, i32x4.extract_lane(sourceKey, 3), i32x4.extract_lane(destinationKey, 3), i32x4.extract_lane(hash, 3));
}

/** `second` and `ttl`: the words at 4 and 8 as they lie. */
// @ts-ignore: decorator
@inline
function hashFlows(
  p0: usize, p1: usize, p2: usize, p3: usize,
  second: v128,
  ttl: v128,
  source: v128,
  destination: v128,
): v128 {
  const protocol = v128.and(i32x4.shr_u(ttl, 8), i32x4.splat(0xff));
  // MF and the offset, not DF: the upper half of the word as it lies.
  const whole = hasNone(second, 0xff3f0000);
  const port = swapWords(words(p0, p1, p2, p3, 20));
  const ports = v128.and(port, v128.and(whole, hasPorts(protocol)));
  return finish(mix(mix(mix(mix(i32x4.splat(0), source), destination), ports), protocol));
}

/** One packet of a mixed four. */
// @ts-ignore: decorator
@inline
function take(desc: usize, packet: usize, fits: i32, isPresent: i32, source: i32, destination: i32, hash: i32): void {
  if (isPresent == 0) return;
  if (fits == 0) return leave(desc);
  store<u32>(column, <u32>packet, EXPRESS_PACKET_OFFSET);
  store<u32>(column, <u32>desc, EXPRESS_DESC_OFFSET);
  store<i32>(column, source, EXPRESS_SOURCE_OFFSET);
  store<i32>(column, destination, EXPRESS_DESTINATION_OFFSET);
  store<i32>(column, hash, EXPRESS_HASH_OFFSET);
  store<u32>(column, load<u32>(packet), EXPRESS_FIRST_OFFSET);
  store<u32>(column, load<u32>(packet, 8), EXPRESS_TTL_OFFSET);
  column += 4;
}

// @ts-ignore: decorator
@inline
function leave(desc: usize): void {
  store<u32>(left, <u32>desc);
  left += 4;
}

// @ts-ignore: decorator
@inline
function leaveFour(d0: usize, d1: usize, d2: usize, d3: usize, present: i32): void {
  if (present & 1) leave(d0);
  if (present & 2) leave(d1);
  if (present & 4) leave(d2);
  if (present & 8) leave(d3);
}
