/**
 * Where the headers of a TCP or UDP packet end: IPv4 with options, IPv6 with the extension headers that Linux offloads
 * through (hop-by-hop, routing, destination options), TCP with options.
 */
import {
  OFFLOAD_BAD_HEADER,
  OFFLOAD_BAD_LENGTH,
  OFFLOAD_BAD_PROTOCOL,
  OFFLOAD_FRAGMENT,
  OFFLOAD_TRUNCATED,
  OUTLINE_FAMILY_OFFSET,
  OUTLINE_HEADER_OFFSET,
  OUTLINE_PROTOCOL_OFFSET,
  OUTLINE_TRANSPORT_OFFSET,
} from '../layout';
import { load16 } from '../bytes';
import { IPV4_BYTES } from '../ipv4';
import { IPV6_BYTES } from '../ipv6';

export const TCP: u32 = 6;
export const UDP: u32 = 17;
export const TCP_BYTES: u32 = 20;
export const UDP_BYTES: u32 = 8;
/** Of a UDP header. */
export const UDP_LENGTH: usize = 4;
/** Of an IPv4 header: flags and fragment offset, and the bits of it that make a fragment. */
export const FRAGMENT: usize = 6;
const FRAGMENT_MASK: u32 = 0x3fff;
const DATA_OFFSET: usize = 12;
const FRAGMENT_HEADER: u32 = 44;

// @ts-ignore: decorator
@inline
export function outlineFamily(outline: usize): u32 {
  return load<u8>(outline, OUTLINE_FAMILY_OFFSET);
}

// @ts-ignore: decorator
@inline
export function outlineProtocol(outline: usize): u32 {
  return load<u8>(outline, OUTLINE_PROTOCOL_OFFSET);
}

/** Where the TCP or UDP header begins. */
// @ts-ignore: decorator
@inline
export function outlineTransport(outline: usize): u32 {
  return load<u16>(outline, OUTLINE_TRANSPORT_OFFSET);
}

/** Bytes of all headers: where the payload begins. */
// @ts-ignore: decorator
@inline
export function outlineHeader(outline: usize): u32 {
  return load<u16>(outline, OUTLINE_HEADER_OFFSET);
}

/**
 * Fills `outline` from a packet of exactly `bytes` bytes. Returns 0 or an OFFLOAD_; then the family is set if there are
 * addresses to be read, and the protocol if there are ports.
 */
export function outline(outline: usize, packet: usize, bytes: u32): u32 {
  store<u64>(outline, 0);
  if (bytes == 0) return OFFLOAD_TRUNCATED;
  const version = load<u8>(packet) >>> 4;
  if (version == 4) return outlineIpv4(outline, packet, bytes);
  return version == 6 ? outlineIpv6(outline, packet, bytes) : OFFLOAD_BAD_HEADER;
}

function outlineIpv4(outline: usize, packet: usize, bytes: u32): u32 {
  if (bytes < IPV4_BYTES) return OFFLOAD_TRUNCATED;
  store<u8>(outline, 4, OUTLINE_FAMILY_OFFSET);
  const header = <u32>(load<u8>(packet) & 15) << 2;
  if (header < IPV4_BYTES) return OFFLOAD_BAD_HEADER;
  if (load16(packet, 2) != bytes || header > bytes) return OFFLOAD_BAD_LENGTH;
  if ((load16(packet, FRAGMENT) & FRAGMENT_MASK) != 0) return OFFLOAD_FRAGMENT;
  return outlineTransportHeader(outline, packet, bytes, header, load<u8>(packet, 9));
}

function outlineIpv6(outline: usize, packet: usize, bytes: u32): u32 {
  if (bytes < IPV6_BYTES) return OFFLOAD_TRUNCATED;
  store<u8>(outline, 6, OUTLINE_FAMILY_OFFSET);
  if (IPV6_BYTES + load16(packet, 4) != bytes) return OFFLOAD_BAD_LENGTH;
  let next: u32 = load<u8>(packet, 6);
  let at = IPV6_BYTES;
  // Hop-by-hop, routing, destination options: next header, length in units of 8 bytes past the first (RFC 8200 §4.3).
  while (next == 0 || next == 43 || next == 60) {
    if (at + 8 > bytes) return OFFLOAD_TRUNCATED;
    next = load<u8>(packet + at);
    at += (<u32>load<u8>(packet + at, 1) + 1) << 3;
  }
  if (at > bytes) return OFFLOAD_TRUNCATED;
  if (next == FRAGMENT_HEADER) return OFFLOAD_FRAGMENT;
  return outlineTransportHeader(outline, packet, bytes, at, next);
}

function outlineTransportHeader(outline: usize, packet: usize, bytes: u32, at: u32, protocol: u32): u32 {
  if (protocol != TCP && protocol != UDP) return OFFLOAD_BAD_PROTOCOL;
  const least = protocol == TCP ? TCP_BYTES : UDP_BYTES;
  if (at + least > bytes) return OFFLOAD_TRUNCATED;
  // Not to be told in 16 bits: a chain of extension headers that long is no packet that anybody sends.
  if (at > 0xff00) return OFFLOAD_BAD_HEADER;
  store<u8>(outline, protocol, OUTLINE_PROTOCOL_OFFSET);
  store<u16>(outline, at, OUTLINE_TRANSPORT_OFFSET);
  if (protocol == UDP) {
    store<u16>(outline, at + UDP_BYTES, OUTLINE_HEADER_OFFSET);
    return load16(packet + at, UDP_LENGTH) == bytes - at ? 0 : OFFLOAD_BAD_LENGTH;
  }
  const header = (<u32>load<u8>(packet + at, DATA_OFFSET) >>> 4) << 2;
  if (header < TCP_BYTES) return OFFLOAD_BAD_HEADER;
  if (at + header > bytes) return OFFLOAD_TRUNCATED;
  store<u16>(outline, at + header, OUTLINE_HEADER_OFFSET);
  return 0;
}
