/** A group of packets as one frame: the first one's headers, every payload, and a checksum that is left to be made. */
import {
  VIRTIO_BYTES,
  VIRTIO_ECN,
  VIRTIO_TCP4,
  VIRTIO_TCP6,
  VIRTIO_UDP,
  MEMBER_SEGMENT_OFFSET,
} from '../layout';
import { store16, sumWords } from '../bytes';
import { IPV6_BYTES } from '../ipv6';
import { copyBytes } from './copy-sum';
import { groupCount, groupTotal, memberLength, memberNext, memberPacket } from './groups';
import { pseudoSum } from './match';
import { outlineFamily, outlineHeader, outlineProtocol, outlineTransport, TCP, UDP, UDP_LENGTH } from './outline';
import { checksumAt, writeOffload, writePlain } from './virtio';

const IPV4_CHECKSUM: usize = 10;
const TCP_FLAGS: usize = 13;
const FIN_AND_PSH: u32 = 0x09;
const CWR: u32 = 0x80;

/** Writes the frame of the group that begins with `head`. Returns its bytes. */
export function writeFrame(head: usize, out: usize): u32 {
  const packet = out + VIRTIO_BYTES;
  if (groupCount(head) == 1) {
    writePlain(out);
    memory.copy(packet, memberPacket(head), memberLength(head));
    return VIRTIO_BYTES + memberLength(head);
  }
  const header = outlineHeader(head);
  const transport = outlineTransport(head);
  const isTcp = outlineProtocol(head) == TCP;
  copyBytes(packet, memberPacket(head), header);
  let at = packet + header;
  let flags: u32 = 0;
  for (let member = head; member != 0; member = memberNext(member)) {
    const payload = memberLength(member) - header;
    memory.copy(at, memberPacket(member) + header, payload);
    if (isTcp) flags |= load<u8>(memberPacket(member) + transport, TCP_FLAGS);
    at += payload;
  }
  writeHeaders(head, packet, flags);
  const type = typeOf(head, flags);
  const segment = load<u32>(head, MEMBER_SEGMENT_OFFSET);
  writeOffload(out, type, header, segment, transport, outlineProtocol(head));
  return VIRTIO_BYTES + groupTotal(head);
}

function typeOf(head: usize, flags: u32): u32 {
  if (outlineProtocol(head) == UDP) return VIRTIO_UDP;
  return (outlineFamily(head) == 4 ? VIRTIO_TCP4 : VIRTIO_TCP6) | ((flags & CWR) != 0 ? VIRTIO_ECN : 0);
}

/** Lengths and checksums of the whole; FIN and PSH of the last segment. */
function writeHeaders(head: usize, packet: usize, flags: u32): void {
  const transport = outlineTransport(head);
  const protocol = outlineProtocol(head);
  const total = groupTotal(head);
  if (outlineFamily(head) == 4) {
    store16(packet, total, 2);
    store16(packet, 0, IPV4_CHECKSUM);
    store16(packet, ~sumWords(packet, transport), IPV4_CHECKSUM);
  } else {
    store16(packet, total - IPV6_BYTES, 4);
  }
  const at = packet + transport;
  if (protocol == TCP) store<u8>(at, load<u8>(at, TCP_FLAGS) | (flags & FIN_AND_PSH), TCP_FLAGS);
  else store16(at, total - transport, UDP_LENGTH);
  store16(at + checksumAt(protocol), pseudoSum(head, packet, total - transport));
}
