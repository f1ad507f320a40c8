/**
 * One frame with a virtio_net_hdr into the packets that the wire carries, as the kernel's own software segmentation
 * does it: the same headers before each part of the payload, IPv4 ids that count up, FIN and PSH on the last segment
 * only, CWR on the first only, and whole checksums.
 *
 * A checksum that is still to be made starts from what its field holds, the sum of a pseudo-header with the length of
 * the whole: only the sender knows the addresses that count when there is a routing header.
 */
import {
  DESC_BUFFER_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  OFFLOAD_BAD_CHECKSUM,
  OFFLOAD_BAD_HEADER,
  OFFLOAD_BAD_PROTOCOL,
  OFFLOAD_BAD_TYPE,
  OFFLOAD_NO_ROOM,
  OFFLOAD_NO_SLOTS,
  OFFLOAD_TRUNCATED,
  PLAN_SEGMENT_BYTES_OFFSET,
  PLAN_SEGMENTS_OFFSET,
  VIRTIO_BYTES,
  VIRTIO_ECN,
  VIRTIO_NONE,
  VIRTIO_TCP4,
  VIRTIO_TCP6,
  VIRTIO_UDP,
} from '../layout';
import { fold, load16, load32, store16, store32, sumWords } from '../bytes';
import { IPV6_BYTES } from '../ipv6';
import { copyBytes, copySum, sumBytes } from './copy-sum';
import {
  outline,
  outlineFamily,
  outlineHeader,
  outlineProtocol,
  outlineTransport,
  TCP,
  UDP,
  UDP_LENGTH,
} from './outline';
import {
  checksumAt,
  virtioChecksumAt,
  virtioChecksumStart,
  virtioHeader,
  virtioNeedsChecksum,
  virtioSegment,
  virtioType,
} from './virtio';

const IPV4_ID: usize = 4;
const IPV4_CHECKSUM: usize = 10;
const SEQUENCE: usize = 4;
const TCP_FLAGS: usize = 13;
const FIN_AND_PSH: u32 = 0x09;
const CWR: u32 = 0x80;

/**
 * Reads a frame of `bytes` bytes and writes into the PLAN how many packets come of it, and how long they are. Returns 0
 * or an OFFLOAD_, negative.
 */
export function planSplit(frame: usize, bytes: u32, plan: usize): i32 {
  if (bytes <= <u32>VIRTIO_BYTES) return -OFFLOAD_TRUNCATED;
  const length = bytes - VIRTIO_BYTES;
  if (virtioHeader(frame) > length) return -OFFLOAD_TRUNCATED;
  const type = virtioType(frame);
  const refused = type == VIRTIO_NONE ? planWhole(frame, length, plan) : planSegments(frame, length, plan, type);
  return -(<i32>refused);
}

function planWhole(frame: usize, length: u32, plan: usize): u32 {
  store<u64>(plan, 0);
  store<u32>(plan, 1, PLAN_SEGMENTS_OFFSET);
  store<u32>(plan, length, PLAN_SEGMENT_BYTES_OFFSET);
  if (!virtioNeedsChecksum(frame)) return 0;
  const field = virtioChecksumStart(frame) + virtioChecksumAt(frame);
  return field + 2 > length ? OFFLOAD_BAD_CHECKSUM : 0;
}

function planSegments(frame: usize, length: u32, plan: usize, type: u32): u32 {
  const kind = type & ~VIRTIO_ECN;
  const segment = virtioSegment(frame);
  if (kind != VIRTIO_TCP4 && kind != VIRTIO_TCP6 && type != VIRTIO_UDP) return OFFLOAD_BAD_TYPE;
  if (segment == 0) return OFFLOAD_BAD_TYPE;
  const refused = outline(plan, frame + VIRTIO_BYTES, length);
  if (refused != 0) return refused;
  const protocol = outlineProtocol(plan);
  const family = outlineFamily(plan);
  if (protocol != (kind == VIRTIO_UDP ? UDP : TCP)) return OFFLOAD_BAD_PROTOCOL;
  if ((kind == VIRTIO_TCP4 && family != 4) || (kind == VIRTIO_TCP6 && family != 6)) return OFFLOAD_BAD_HEADER;
  if (
    !virtioNeedsChecksum(frame) ||
    virtioChecksumStart(frame) != outlineTransport(plan) ||
    virtioChecksumAt(frame) != checksumAt(protocol)
  ) {
    return OFFLOAD_BAD_CHECKSUM;
  }
  const header = outlineHeader(plan);
  const payload = length - header;
  store<u32>(plan, payload == 0 ? 1 : (payload + segment - 1) / segment, PLAN_SEGMENTS_OFFSET);
  store<u32>(plan, header + min(payload, segment), PLAN_SEGMENT_BYTES_OFFSET);
  return 0;
}

/**
 * Writes the packets of a frame into slots: records `stride` bytes apart that begin as a DESCRIPTOR does, each with
 * `room` bytes at buffer + offset that are not the frame's. Their lengths are set. Returns how many there are, or an
 * OFFLOAD_, negative; then no slot has been touched. `plan` is the caller's, for PLAN_BYTES.
 */
export function split(
  frame: usize,
  bytes: u32,
  slots: usize,
  stride: u32,
  count: u32,
  room: u32,
  plan: usize,
): i32 {
  const refused = planSplit(frame, bytes, plan);
  if (refused != 0) return refused;
  const segments = load<u32>(plan, PLAN_SEGMENTS_OFFSET);
  if (segments > count) return -OFFLOAD_NO_SLOTS;
  // A length that a slot cannot tell has no room in it.
  if (load<u32>(plan, PLAN_SEGMENT_BYTES_OFFSET) > min<u32>(room, 0xffff)) return -OFFLOAD_NO_ROOM;
  if (virtioType(frame) == VIRTIO_NONE) writeWhole(frame, bytes - VIRTIO_BYTES, slots);
  else writeSegments(frame, bytes - VIRTIO_BYTES, slots, stride, segments, plan);
  return segments;
}

// @ts-ignore: decorator
@inline
function placeOf(slot: usize): usize {
  return <usize>load<u32>(slot, DESC_BUFFER_OFFSET) + load<u16>(slot, DESC_OFFSET_OFFSET);
}

function writeWhole(frame: usize, length: u32, slot: usize): void {
  const packet = placeOf(slot);
  memory.copy(packet, frame + VIRTIO_BYTES, length);
  store<u16>(slot, length, DESC_LENGTH_OFFSET);
  if (!virtioNeedsChecksum(frame)) return;
  const start = virtioChecksumStart(frame);
  const sum = ~sumBytes(packet + start, length - start) & 0xffff;
  // To UDP, 0 would mean none (RFC 768); to others both are the same number.
  store16(packet + start + virtioChecksumAt(frame), sum == 0 ? 0xffff : sum);
}

function writeSegments(frame: usize, length: u32, slots: usize, stride: u32, count: u32, plan: usize): void {
  const whole = frame + VIRTIO_BYTES;
  const header = outlineHeader(plan);
  const transport = outlineTransport(plan);
  const isTcp = outlineProtocol(plan) == TCP;
  const isIpv4 = outlineFamily(plan) == 4;
  const segment = virtioSegment(frame);
  const field = transport + checksumAt(outlineProtocol(plan));
  // What the field holds, less the length of the whole.
  const pseudo = fold(load16(whole + field) + (~(length - transport) & 0xffff));
  const id = load16(whole, IPV4_ID);
  // A UDP packet may end before these.
  const sequence = isTcp ? load32(whole + transport, SEQUENCE) : 0;
  const flags: u32 = isTcp ? load<u8>(whole + transport, TCP_FLAGS) : 0;
  let done: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const slot = slots + <usize>(i * stride);
    const packet = placeOf(slot);
    const part = min(segment, length - header - done);
    const bytes = header + part;
    copyBytes(packet, whole, header);
    if (isIpv4) {
      store16(packet, bytes, 2);
      store16(packet, id + i, IPV4_ID);
      store16(packet, 0, IPV4_CHECKSUM);
      store16(packet, ~sumWords(packet, transport), IPV4_CHECKSUM);
    } else {
      store16(packet, bytes - IPV6_BYTES, 4);
    }
    if (isTcp) {
      let own = flags;
      if (i != 0) own &= ~CWR;
      if (i != count - 1) own &= ~FIN_AND_PSH;
      store32(packet + transport, sequence + done, SEQUENCE);
      store<u8>(packet + transport, own, TCP_FLAGS);
    } else {
      store16(packet + transport, bytes - transport, UDP_LENGTH);
    }
    store16(packet + field, 0);
    const headerSum = sumWords(packet + transport, header - transport);
    const payloadSum = copySum(packet + header, whole + header + done, part);
    const sum = ~fold(pseudo + (bytes - transport) + headerSum + payloadSum) & 0xffff;
    store16(packet + field, sum == 0 && !isTcp ? 0xffff : sum);
    store<u16>(slot, bytes, DESC_LENGTH_OFFSET);
    done += part;
  }
}
