/**
 * Received packets into frames with a virtio_net_hdr, one frame for a run of packets of a TCP or UDP flow that `split`
 * makes again from it, byte by byte. The rules are those of the kernel's GRO (net/ipv4/tcp_offload.c, udp_offload.c,
 * af_inet.c, net/ipv6/ip6_offload.c), stricter where a byte would be lost, and wider in one point: the first segment
 * may have CWR, since a frame can say so.
 */
import {
  BATCH_MAX,
  COALESCE_FIXED_ID,
  COALESCE_UDP,
  DESC_LENGTH_OFFSET,
  FRAME_ADDRESS_OFFSET,
  FRAME_BYTES,
  FRAME_FIRST_OFFSET,
  FRAME_LENGTH_OFFSET,
  FRAME_MAX_PACKET,
  FRAME_PACKETS_OFFSET,
  MEMBER_ID_OFFSET,
  MEMBER_ID_STEP_OFFSET,
  MEMBER_SEGMENT_OFFSET,
  MEMBER_SEQUENCE_OFFSET,
  OFFLOAD_NO_ROOM,
  OFFLOAD_NO_SLOTS,
  UDP_MAX_SEGMENTS,
  VIRTIO_BYTES,
} from '../layout';
import { load16, load32 } from '../bytes';
import {
  addMember,
  append,
  closeGroup,
  closeGroupsOf,
  findGroup,
  groupCount,
  groupTotal,
  memberAt,
  memberLength,
  memberPacket,
  openGroup,
  openGroups,
} from './groups';
import { isChecksumGood, isPlainNetwork, isSame, isSameNetwork } from './match';
import {
  FRAGMENT,
  outline,
  outlineFamily,
  outlineHeader,
  outlineProtocol,
  outlineTransport,
  TCP,
  TCP_BYTES,
} from './outline';
import { writeFrame } from './super-frame';

const IPV4_ID: usize = 4;
const DF: u32 = 0x4000;
const SEQUENCE: usize = 4;
const ACKNOWLEDGEMENT: usize = 8;
const OFFSET_TO_WINDOW: usize = 12;
const TCP_FLAGS: usize = 13;
const URGENT: usize = 18;
const FIN: u32 = 0x01;
const SYN: u32 = 0x02;
const RST: u32 = 0x04;
const PSH: u32 = 0x08;
const URG: u32 = 0x20;
const CWR: u32 = 0x80;
/** Of the word at OFFSET_TO_WINDOW: the flags that segments of one frame may differ in. */
const FREE_FLAGS: u32 = (FIN | PSH | CWR) << 16;

/**
 * Takes `count` packets, in slots as `split` makes them. Writes the frames one behind the other into the `outBytes`
 * bytes at `out`, and a FRAME each at `frames`, which has room for `count`. Returns how many, or an OFFLOAD_, negative.
 * The output needs room for every packet alone, with its virtio_net_hdr. `work` has GROUPS_BYTES, `flags` are
 * COALESCE_.
 */
export function coalesce(
  slots: usize,
  stride: u32,
  count: u32,
  out: usize,
  outBytes: u32,
  frames: usize,
  work: usize,
  flags: u32,
): i32 {
  if (count > <u32>BATCH_MAX) return -OFFLOAD_NO_SLOTS;
  let needed = count * VIRTIO_BYTES;
  for (let i: u32 = 0; i < count; i++) needed += load<u16>(slots + <usize>(i * stride), DESC_LENGTH_OFFSET);
  if (needed > outBytes) return -OFFLOAD_NO_ROOM;
  openGroups(work);
  for (let i: u32 = 0; i < count; i++) {
    const member = addMember(i, slots + <usize>(i * stride));
    const isWhole = outline(member, memberPacket(member), memberLength(member)) == 0;
    if (isWhole && isMergeable(member, flags)) place(member, flags);
    else closeGroupsOf(member);
  }
  return writeFrames(count, out, frames);
}

function writeFrames(count: u32, out: usize, frames: usize): i32 {
  let frame = frames;
  for (let i: u32 = 0; i < count; i++) {
    const head = memberAt(i);
    const packets = groupCount(head);
    if (packets == 0) continue;
    const bytes = writeFrame(head, out);
    store<u32>(frame, <u32>out, FRAME_ADDRESS_OFFSET);
    store<u32>(frame, bytes, FRAME_LENGTH_OFFSET);
    store<u32>(frame, packets, FRAME_PACKETS_OFFSET);
    store<u32>(frame, i, FRAME_FIRST_OFFSET);
    out += bytes;
    frame += FRAME_BYTES;
  }
  return <i32>((frame - frames) / FRAME_BYTES);
}

// @ts-ignore: decorator
@inline
function payloadOf(member: usize): u32 {
  return memberLength(member) - outlineHeader(member);
}

// @ts-ignore: decorator
@inline
function tcpFlags(member: usize): u32 {
  return load<u8>(memberPacket(member) + outlineTransport(member), TCP_FLAGS);
}

/** Nothing in the packet itself keeps it from being a part of a frame. */
function isMergeable(member: usize, flags: u32): bool {
  if (payloadOf(member) == 0) return false;
  const isTcp = outlineProtocol(member) == TCP;
  if (isTcp ? (tcpFlags(member) & (SYN | RST | URG)) != 0 : (flags & COALESCE_UDP) == 0) return false;
  return isPlainNetwork(member) && isChecksumGood(member);
}

/** Into the open group of its flow, or a group of its own that takes that one's place. */
function place(member: usize, flags: u32): void {
  const head = findGroup(member);
  const payload = payloadOf(member);
  if (head != 0 && isNext(head, member, flags)) {
    append(head, member, payload);
    store<u32>(head, load<u32>(head, MEMBER_SEQUENCE_OFFSET) + payload, MEMBER_SEQUENCE_OFFSET);
    if (isLast(head, member)) closeGroup(head);
    return;
  }
  if (head != 0) closeGroup(head);
  store<u32>(member, payload, MEMBER_SEGMENT_OFFSET);
  const transport = memberPacket(member) + outlineTransport(member);
  if (outlineProtocol(member) == TCP) {
    store<u32>(member, load32(transport, SEQUENCE) + payload, MEMBER_SEQUENCE_OFFSET);
  }
  if (!isLast(member, member)) openGroup(member);
}

/** No segment can follow this one in a frame. */
function isLast(head: usize, member: usize): bool {
  if (payloadOf(member) < load<u32>(head, MEMBER_SEGMENT_OFFSET)) return true;
  if (outlineProtocol(member) == TCP) return (tcpFlags(member) & (FIN | PSH)) != 0;
  return groupCount(head) == UDP_MAX_SEGMENTS;
}

/** `split` makes this packet of the flow after those of the group. */
function isNext(head: usize, member: usize, flags: u32): bool {
  const payload = payloadOf(member);
  if (payload > load<u32>(head, MEMBER_SEGMENT_OFFSET)) return false;
  if (groupTotal(head) + payload > <u32>FRAME_MAX_PACKET) return false;
  if (!isSameNetwork(head, member)) return false;
  if (outlineProtocol(member) == TCP && !isNextTcp(head, member)) return false;
  return outlineFamily(member) == 6 || isNextId(head, member, flags);
}

function isNextTcp(head: usize, member: usize): bool {
  const one = memberPacket(head) + outlineTransport(head);
  const other = memberPacket(member) + outlineTransport(member);
  const difference = load32(one, OFFSET_TO_WINDOW) ^ load32(other, OFFSET_TO_WINDOW);
  const options = outlineHeader(head) - outlineTransport(head) - TCP_BYTES;
  return (
    load32(other, SEQUENCE) == load<u32>(head, MEMBER_SEQUENCE_OFFSET) &&
    load<u32>(one, ACKNOWLEDGEMENT) == load<u32>(other, ACKNOWLEDGEMENT) &&
    (difference & ~FREE_FLAGS) == 0 &&
    (tcpFlags(member) & CWR) == 0 &&
    load<u16>(one, URGENT) == load<u16>(other, URGENT) &&
    isSame(one + TCP_BYTES, other + TCP_BYTES, options)
  );
}

/** The second member says whether identifications count up, or stand still; then the next one is noted. */
function isNextId(head: usize, member: usize, flags: u32): bool {
  const id = load16(memberPacket(member), IPV4_ID);
  if (groupCount(head) == 1) {
    const first = load16(memberPacket(head), IPV4_ID);
    const hasDf = (load16(memberPacket(head), FRAGMENT) & DF) != 0;
    const step: u32 = id == first && hasDf && (flags & COALESCE_FIXED_ID) != 0 ? 0 : 1;
    store<u16>(head, step, MEMBER_ID_STEP_OFFSET);
    store<u16>(head, first + step, MEMBER_ID_OFFSET);
  }
  if (id != <u32>load<u16>(head, MEMBER_ID_OFFSET)) return false;
  store<u16>(head, id + load<u16>(head, MEMBER_ID_STEP_OFFSET), MEMBER_ID_OFFSET);
  return true;
}
