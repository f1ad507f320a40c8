/** The fields of `struct virtio_net_hdr`, little-endian; the packet follows it. */
import {
  VIRTIO_BYTES,
  VIRTIO_CHECKSUM_AT_OFFSET,
  VIRTIO_CHECKSUM_START_OFFSET,
  VIRTIO_FLAGS_OFFSET,
  VIRTIO_HEADER_OFFSET,
  VIRTIO_NEEDS_CHECKSUM,
  VIRTIO_SEGMENT_OFFSET,
  VIRTIO_TYPE_OFFSET,
} from '../layout';
import { UDP_CHECKSUM } from '../lisp';
import { TCP } from './outline';

/** Where the checksum lies in the TCP header. */
const TCP_CHECKSUM: u32 = 16;

// @ts-ignore: decorator
@inline
export function checksumAt(protocol: u32): u32 {
  return protocol == TCP ? TCP_CHECKSUM : <u32>UDP_CHECKSUM;
}

// @ts-ignore: decorator
@inline
export function virtioType(frame: usize): u32 {
  return load<u8>(frame, VIRTIO_TYPE_OFFSET);
}

// @ts-ignore: decorator
@inline
export function virtioNeedsChecksum(frame: usize): bool {
  return (load<u8>(frame, VIRTIO_FLAGS_OFFSET) & VIRTIO_NEEDS_CHECKSUM) != 0;
}

// @ts-ignore: decorator
@inline
export function virtioHeader(frame: usize): u32 {
  return load<u16>(frame, VIRTIO_HEADER_OFFSET);
}

// @ts-ignore: decorator
@inline
export function virtioSegment(frame: usize): u32 {
  return load<u16>(frame, VIRTIO_SEGMENT_OFFSET);
}

// @ts-ignore: decorator
@inline
export function virtioChecksumStart(frame: usize): u32 {
  return load<u16>(frame, VIRTIO_CHECKSUM_START_OFFSET);
}

// @ts-ignore: decorator
@inline
export function virtioChecksumAt(frame: usize): u32 {
  return load<u16>(frame, VIRTIO_CHECKSUM_AT_OFFSET);
}

/** The header of a packet that is sent as it is. */
export function writePlain(frame: usize): void {
  memory.fill(frame, 0, VIRTIO_BYTES);
}

/** The header of a packet to be cut into segments of `segment` payload bytes. */
export function writeOffload(
  frame: usize,
  type: u32,
  header: u32,
  segment: u32,
  transport: u32,
  protocol: u32,
): void {
  store<u8>(frame, VIRTIO_NEEDS_CHECKSUM, VIRTIO_FLAGS_OFFSET);
  store<u8>(frame, type, VIRTIO_TYPE_OFFSET);
  store<u16>(frame, header, VIRTIO_HEADER_OFFSET);
  store<u16>(frame, segment, VIRTIO_SEGMENT_OFFSET);
  store<u16>(frame, transport, VIRTIO_CHECKSUM_START_OFFSET);
  store<u16>(frame, checksumAt(protocol), VIRTIO_CHECKSUM_AT_OFFSET);
}
