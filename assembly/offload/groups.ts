/**
 * Packets of a batch, gathered: a group is a list of packets of one flow in the order they came, and takes more as long
 * as it is open. There is at most one open group for a flow, and a closed one never opens again: whoever sends the
 * groups in the order of their first packets keeps the order within each flow.
 *
 * The globals are set anew by each call and only save arguments.
 */
import {
  BATCH_MAX,
  DESC_BUFFER_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  GROUPS_BUCKETS_OFFSET,
  MEMBER_BYTES_SHIFT,
  MEMBER_COUNT_OFFSET,
  MEMBER_LAST_OFFSET,
  MEMBER_LENGTH_OFFSET,
  MEMBER_NEXT_OFFSET,
  MEMBER_OPEN_OFFSET,
  MEMBER_PACKET_OFFSET,
  MEMBER_TOTAL_OFFSET,
} from '../layout';
import { outlineFamily, outlineProtocol, outlineTransport } from './outline';

const BUCKETS: u32 = 256;
const SOURCE4: usize = 12;
const SOURCE6: usize = 8;

let members: usize = 0;
let buckets: usize = 0;

/** No groups; `work` has GROUPS_BYTES. */
export function openGroups(work: usize): void {
  members = work;
  buckets = work + GROUPS_BUCKETS_OFFSET;
  memory.fill(buckets, 0, BUCKETS << 2);
}

/** Makes the packet in `slot` member `index`, a group of its own that is not open. Its outline is not there yet. */
export function addMember(index: u32, slot: usize): usize {
  assert(index < <u32>BATCH_MAX);
  const member = memberAt(index);
  const bytes = <u32>load<u16>(slot, DESC_LENGTH_OFFSET);
  const packet = load<u32>(slot, DESC_BUFFER_OFFSET) + load<u16>(slot, DESC_OFFSET_OFFSET);
  store<u32>(member, packet, MEMBER_PACKET_OFFSET);
  store<u32>(member, bytes, MEMBER_LENGTH_OFFSET);
  store<u32>(member, 0, MEMBER_NEXT_OFFSET);
  store<u32>(member, <u32>member, MEMBER_LAST_OFFSET);
  store<u32>(member, 1, MEMBER_COUNT_OFFSET);
  store<u32>(member, bytes, MEMBER_TOTAL_OFFSET);
  return member;
}

// @ts-ignore: decorator
@inline
export function memberAt(index: u32): usize {
  return members + (<usize>index << MEMBER_BYTES_SHIFT);
}

// @ts-ignore: decorator
@inline
export function memberPacket(member: usize): usize {
  return <usize>load<u32>(member, MEMBER_PACKET_OFFSET);
}

// @ts-ignore: decorator
@inline
export function memberLength(member: usize): u32 {
  return load<u32>(member, MEMBER_LENGTH_OFFSET);
}

/** The next one of the group, or 0. */
// @ts-ignore: decorator
@inline
export function memberNext(member: usize): usize {
  return <usize>load<u32>(member, MEMBER_NEXT_OFFSET);
}

/** Packets of a group, by its first; 0 for the others. */
// @ts-ignore: decorator
@inline
export function groupCount(head: usize): u32 {
  return load<u32>(head, MEMBER_COUNT_OFFSET);
}

/** Bytes of the group: those of its first packet, and what `append` was told of the others. */
// @ts-ignore: decorator
@inline
export function groupTotal(head: usize): u32 {
  return load<u32>(head, MEMBER_TOTAL_OFFSET);
}

/** Puts a packet at the end of an open group, which grows by `bytes`. */
export function append(head: usize, member: usize, bytes: u32): void {
  store<u32>(<usize>load<u32>(head, MEMBER_LAST_OFFSET), <u32>member, MEMBER_NEXT_OFFSET);
  store<u32>(head, <u32>member, MEMBER_LAST_OFFSET);
  store<u32>(head, groupCount(head) + 1, MEMBER_COUNT_OFFSET);
  store<u32>(head, groupTotal(head) + bytes, MEMBER_TOTAL_OFFSET);
  store<u32>(member, 0, MEMBER_COUNT_OFFSET);
}

/** By addresses alone, so that all flows between two hosts are in one bucket. */
function bucketOf(member: usize): usize {
  const packet = memberPacket(member);
  let words: u64 = load<u64>(packet, SOURCE4);
  if (outlineFamily(member) == 6) {
    const source = load<u64>(packet, SOURCE6) ^ load<u64>(packet, SOURCE6 + 8);
    words = source ^ rotl<u64>(load<u64>(packet, SOURCE6 + 16) ^ load<u64>(packet, SOURCE6 + 24), 23);
  }
  // Fibonacci hashing: the uppermost bits of the product depend on all of the word.
  return buckets + (<usize>((words * 0x9e3779b97f4a7c15) >>> 56) << 2);
}

function isSamePair(a: usize, b: usize): bool {
  const family = outlineFamily(a);
  if (outlineFamily(b) != family) return false;
  const one = memberPacket(a);
  const other = memberPacket(b);
  if (family == 4) return load<u64>(one, SOURCE4) == load<u64>(other, SOURCE4);
  const first = v128.xor(v128.load(one, SOURCE6), v128.load(other, SOURCE6));
  const second = v128.xor(v128.load(one, SOURCE6 + 16), v128.load(other, SOURCE6 + 16));
  return !v128.any_true(v128.or(first, second));
}

/** Both ports as they lie. Only of a packet that has some. */
// @ts-ignore: decorator
@inline
function portsOf(member: usize): u32 {
  return load<u32>(memberPacket(member) + outlineTransport(member));
}

/** Makes the group of one packet an open one; its flow has none. */
export function openGroup(head: usize): void {
  const bucket = bucketOf(head);
  store<u32>(head, load<u32>(bucket), MEMBER_OPEN_OFFSET);
  store<u32>(bucket, <u32>head);
}

/** The open group of the flow of a packet that has ports, or 0. */
export function findGroup(member: usize): usize {
  const protocol = outlineProtocol(member);
  const ports = portsOf(member);
  let head = <usize>load<u32>(bucketOf(member));
  while (head != 0) {
    if (outlineProtocol(head) == protocol && portsOf(head) == ports && isSamePair(head, member)) return head;
    head = <usize>load<u32>(head, MEMBER_OPEN_OFFSET);
  }
  return 0;
}

export function closeGroup(head: usize): void {
  // A bucket is its own first link when it is seen as a group.
  let link = bucketOf(head) - MEMBER_OPEN_OFFSET;
  while (<usize>load<u32>(link, MEMBER_OPEN_OFFSET) != head) link = <usize>load<u32>(link, MEMBER_OPEN_OFFSET);
  store<u32>(link, load<u32>(head, MEMBER_OPEN_OFFSET), MEMBER_OPEN_OFFSET);
}

/** Closes the groups of all flows that a packet may belong to, as far as it can be read. */
export function closeGroupsOf(member: usize): void {
  if (outlineFamily(member) == 0) {
    memory.fill(buckets, 0, BUCKETS << 2);
    return;
  }
  if (outlineProtocol(member) != 0) {
    const head = findGroup(member);
    if (head != 0) closeGroup(head);
    return;
  }
  let link = bucketOf(member) - MEMBER_OPEN_OFFSET;
  let head = <usize>load<u32>(link, MEMBER_OPEN_OFFSET);
  while (head != 0) {
    const next = load<u32>(head, MEMBER_OPEN_OFFSET);
    if (isSamePair(head, member)) store<u32>(link, next, MEMBER_OPEN_OFFSET);
    else link = head;
    head = <usize>next;
  }
}
