/** IPv4 header (RFC 791) at a pointer: checks, and changes that keep the checksum right. */
import {
  REASON_BAD_CHECKSUM,
  REASON_BAD_HEADER,
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
import { load16, load32, store16, sumWords, updateChecksum } from './bytes';

export const IPV4_BYTES: u32 = 20;
const TOS: usize = 1;
const TOTAL_LENGTH: usize = 2;
const FRAGMENT: usize = 6;
const TTL: usize = 8;
const PROTOCOL: usize = 9;
const CHECKSUM: usize = 10;
const SOURCE: usize = 12;
const DESTINATION: usize = 16;
/** MF and the fragment offset; not DF. */
const FRAGMENT_MASK: u32 = 0x3fff;

/** Checks the header of `bytes` bytes at `packet` and fills the row from it. Returns a REASON_. */
export function parseIpv4(row: usize, packet: usize, bytes: u32): u32 {
  if (bytes < IPV4_BYTES) return REASON_TRUNCATED;
  const header = <u32>(load<u8>(packet) & 15) << 2;
  const total = load16(packet, TOTAL_LENGTH);
  if (header < IPV4_BYTES || total < header) return REASON_BAD_HEADER;
  if (total > bytes) return REASON_TRUNCATED;
  if (sumWords(packet, header) != 0xffff) return REASON_BAD_CHECKSUM;
  store<u32>(row, total, ROW_LENGTH_OFFSET);
  store<u8>(row, 4, ROW_FAMILY_OFFSET);
  store<u8>(row, load<u8>(packet, TTL), ROW_TTL_OFFSET);
  store<u8>(row, load<u8>(packet, PROTOCOL), ROW_PROTOCOL_OFFSET);
  store<u8>(row, u32((load16(packet, FRAGMENT) & FRAGMENT_MASK) != 0), ROW_FRAGMENT_OFFSET);
  store<u16>(row, header, ROW_HEADER_OFFSET);
  store<u8>(row, load<u8>(packet, TOS), ROW_TOS_OFFSET);
  store<u32>(row, load32(packet, DESTINATION), ROW_DESTINATION_OFFSET);
  store<u32>(row, load32(packet, SOURCE), ROW_SOURCE_OFFSET);
  return REASON_NONE;
}

/** Multicast, broadcast or unspecified. `key`: address word in host order. */
// @ts-ignore: decorator
@inline
export function isNotUnicast4(key: usize): bool {
  const address = load<u32>(key);
  return address >>> 28 == 0xe || address == 0xffffffff || address == 0;
}

/** Sets TTL and TOS; the checksum follows (RFC 1624). */
export function setTtlAndTos4(packet: usize, ttl: u32, tos: u32): void {
  const tosBefore = load16(packet);
  const ttlBefore = load16(packet, TTL);
  store<u8>(packet, tos, TOS);
  store<u8>(packet, ttl, TTL);
  const tosAfter = load16(packet);
  const ttlAfter = load16(packet, TTL);
  if (tosAfter == tosBefore && ttlAfter == ttlBefore) return;
  const checksum = updateChecksum(load16(packet, CHECKSUM), tosBefore, tosAfter);
  store16(packet, updateChecksum(checksum, ttlBefore, ttlAfter), CHECKSUM);
}
