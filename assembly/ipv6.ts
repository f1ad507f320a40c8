/** IPv6 header (RFC 8200) at a pointer. Only the first next header is looked at. */
import {
  REASON_NONE,
  REASON_TRUNCATED,
  ROW_DESTINATION_OFFSET,
  ROW_FAMILY_OFFSET,
  ROW_FRAGMENT_OFFSET,
  ROW_HEADER_OFFSET,
  ROW_LENGTH_OFFSET,
  ROW_PROTOCOL_OFFSET,
  ROW_SOURCE_OFFSET,
  ROW_TOS_OFFSET,
  ROW_TTL_OFFSET,
} from './layout';
import { load16, load32, store16 } from './bytes';

export const IPV6_BYTES: u32 = 40;
const PAYLOAD_LENGTH: usize = 4;
const NEXT_HEADER: usize = 6;
const HOP_LIMIT: usize = 7;
const SOURCE: usize = 8;
const DESTINATION: usize = 24;

/** Checks the header of `bytes` bytes at `packet` and fills the row from it. Returns a REASON_. */
export function parseIpv6(row: usize, packet: usize, bytes: u32): u32 {
  if (bytes < IPV6_BYTES) return REASON_TRUNCATED;
  const total = IPV6_BYTES + load16(packet, PAYLOAD_LENGTH);
  if (total > bytes) return REASON_TRUNCATED;
  store<u32>(row, total, ROW_LENGTH_OFFSET);
  store<u8>(row, 6, ROW_FAMILY_OFFSET);
  store<u8>(row, load<u8>(packet, HOP_LIMIT), ROW_TTL_OFFSET);
  store<u8>(row, load<u8>(packet, NEXT_HEADER), ROW_PROTOCOL_OFFSET);
  store<u8>(row, 0, ROW_FRAGMENT_OFFSET);
  store<u16>(row, IPV6_BYTES, ROW_HEADER_OFFSET);
  store<u8>(row, (load16(packet) >>> 4) & 0xff, ROW_TOS_OFFSET);
  for (let i: usize = 0; i < 16; i += 4) {
    store<u32>(row + i, load32(packet + i, DESTINATION), ROW_DESTINATION_OFFSET);
    store<u32>(row + i, load32(packet + i, SOURCE), ROW_SOURCE_OFFSET);
  }
  return REASON_NONE;
}

/** Multicast or unspecified. `key`: four words in host order. */
// @ts-ignore: decorator
@inline
export function isNotUnicast6(key: usize): bool {
  return load<u32>(key) >>> 24 == 0xff || (load<u64>(key) | load<u64>(key, 8)) == 0;
}

/** Sets hop limit and traffic class. */
export function setTtlAndTos6(packet: usize, ttl: u32, tos: u32): void {
  store16(packet, 0x6000 | (tos << 4) | (load16(packet) & 15));
  store<u8>(packet, ttl, HOP_LIMIT);
}
