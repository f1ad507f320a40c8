/**
 * Encapsulated packets into runs that one `sendmsg` with UDP_SEGMENT carries: equal payload lengths but for a shorter
 * last one, and outer headers that are the kernel's to make, alike in all that a socket is told once. Payloads stay
 * where they are; the pieces are a gather list.
 */
import {
  BATCH_MAX,
  MEMBER_SEGMENT_OFFSET,
  OFFLOAD_NO_SLOTS,
  PIECE_BYTES,
  RUN_BYTES,
  RUN_LENGTH_OFFSET,
  RUN_MAX_PAYLOAD,
  RUN_OUTER_OFFSET,
  RUN_PACKET_OFFSET,
  RUN_PACKETS_OFFSET,
  RUN_PIECE_OFFSET,
  RUN_SEGMENT_OFFSET,
  UDP_MAX_SEGMENTS,
} from '../layout';
import { load16 } from '../bytes';
import { IPV6_BYTES } from '../ipv6';
import { UDP_CHECKSUM } from '../lisp';
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
  memberNext,
  memberPacket,
  openGroup,
  openGroups,
} from './groups';
import { isChecksumGood, isPlainNetwork, isSameNetwork } from './match';
import { outline, outlineFamily, outlineHeader, outlineProtocol, outlineTransport, UDP } from './outline';

/**
 * Takes `count` packets with their outer headers, in slots as `split` makes them. Writes a PIECE for each of them and a
 * RUN for each send; both have room for `count`. `base` is added to the addresses of pieces. Returns how many runs, or
 * an OFFLOAD_, negative. `work` has GROUPS_BYTES.
 */
export function udpRuns(
  slots: usize,
  stride: u32,
  count: u32,
  base: f64,
  pieces: usize,
  runs: usize,
  work: usize,
): i32 {
  if (count > <u32>BATCH_MAX) return -OFFLOAD_NO_SLOTS;
  openGroups(work);
  for (let i: u32 = 0; i < count; i++) {
    const member = addMember(i, slots + <usize>(i * stride));
    // 0 says that the packet goes as it is.
    store<u32>(member, 0, MEMBER_SEGMENT_OFFSET);
    const isWhole = outline(member, memberPacket(member), memberLength(member)) == 0;
    if (isWhole && isDatagram(member)) place(member);
    else closeGroupsOf(member);
  }
  return writeRuns(count, <u64>base, pieces, runs);
}

// @ts-ignore: decorator
@inline
function payloadOf(member: usize): u32 {
  return memberLength(member) - outlineHeader(member);
}

// @ts-ignore: decorator
@inline
function hasChecksum(member: usize): bool {
  return load16(memberPacket(member) + outlineTransport(member), UDP_CHECKSUM) != 0;
}

/** A UDP socket can send its payload, and the kernel makes these headers before it. */
function isDatagram(member: usize): bool {
  if (outlineProtocol(member) != UDP) return false;
  if (outlineFamily(member) == 6 && outlineTransport(member) != IPV6_BYTES) return false;
  const payload = payloadOf(member);
  if (payload == 0 || payload > <u32>RUN_MAX_PAYLOAD) return false;
  return isPlainNetwork(member) && (!hasChecksum(member) || isChecksumGood(member));
}

/** Into the open run of its flow, or a run of its own that takes that one's place. */
function place(member: usize): void {
  const head = findGroup(member);
  const payload = payloadOf(member);
  if (head != 0 && isNext(head, member, payload)) {
    append(head, member, payload);
    const isLast = payload < load<u32>(head, MEMBER_SEGMENT_OFFSET) || groupCount(head) == UDP_MAX_SEGMENTS;
    if (isLast) closeGroup(head);
    return;
  }
  if (head != 0) closeGroup(head);
  store<u32>(member, payload, MEMBER_SEGMENT_OFFSET);
  openGroup(member);
}

function isNext(head: usize, member: usize, payload: u32): bool {
  return (
    payload <= load<u32>(head, MEMBER_SEGMENT_OFFSET) &&
    groupTotal(head) - outlineHeader(head) + payload <= <u32>RUN_MAX_PAYLOAD &&
    isSameNetwork(head, member) &&
    hasChecksum(head) == hasChecksum(member)
  );
}

function writeRuns(count: u32, base: u64, pieces: usize, runs: usize): i32 {
  let run = runs;
  let piece = pieces;
  for (let i: u32 = 0; i < count; i++) {
    const head = memberAt(i);
    if (groupCount(head) == 0) continue;
    const segment = load<u32>(head, MEMBER_SEGMENT_OFFSET);
    const outer = segment == 0 ? 0 : outlineHeader(head);
    store<u32>(run, <u32>memberPacket(head), RUN_PACKET_OFFSET);
    store<u32>(run, <u32>((piece - pieces) / PIECE_BYTES), RUN_PIECE_OFFSET);
    store<u32>(run, groupCount(head), RUN_PACKETS_OFFSET);
    store<u32>(run, groupTotal(head) - outer, RUN_LENGTH_OFFSET);
    store<u16>(run, segment, RUN_SEGMENT_OFFSET);
    store<u16>(run, outer, RUN_OUTER_OFFSET);
    store<u32>(run, 0, RUN_OUTER_OFFSET + 2);
    run += RUN_BYTES;
    for (let member = head; member != 0; member = memberNext(member)) {
      store<u64>(piece, base + memberPacket(member) + outer);
      store<u64>(piece, memberLength(member) - outer, 8);
      piece += PIECE_BYTES;
    }
  }
  return <i32>((run - runs) / RUN_BYTES);
}
