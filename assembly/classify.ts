/** What arrived: checks of the IP header, unicast or not, LISP data or not. */
import {
  DESC_ORIGINATED,
  REASON_BAD_VERSION,
  REASON_TRUNCATED,
  ROW_DESTINATION_OFFSET,
  ROW_FRAGMENT_OFFSET,
  ROW_HEADER_OFFSET,
  ROW_PACKET_OFFSET,
  ROW_PROTOCOL_OFFSET,
  ROW_SOURCE_OFFSET,
} from './layout';
import { load16 } from './bytes';
import { familyOf, hasFlag, lengthOf, packetOf } from './batch';
import { isNotUnicast4, parseIpv4, setTtlAndTos4 } from './ipv4';
import { isNotUnicast6, parseIpv6, setTtlAndTos6 } from './ipv6';
import { DATA_PORT, PROTOCOL_UDP } from './lisp';

/** Checks the IP header of `bytes` bytes at `packet` and fills the row from it. Returns a REASON_. */
export function parsePacket(row: usize, packet: usize, bytes: u32): u32 {
  if (bytes == 0) return REASON_TRUNCATED;
  store<u32>(row, <u32>packet, ROW_PACKET_OFFSET);
  const version = load<u8>(packet) >>> 4;
  if (version == 4) return parseIpv4(row, packet, bytes);
  if (version == 6) return parseIpv6(row, packet, bytes);
  return REASON_BAD_VERSION;
}

// @ts-ignore: decorator
@inline
function isNotUnicast(family: i32, key: usize): bool {
  return family == 4 ? isNotUnicast4(key) : isNotUnicast6(key);
}

export function isSourceNotUnicast(row: usize): bool {
  return isNotUnicast(familyOf(row), row + ROW_SOURCE_OFFSET);
}

export function isDestinationNotUnicast(row: usize): bool {
  return isNotUnicast(familyOf(row), row + ROW_DESTINATION_OFFSET);
}

/** UDP to port 4341, whole enough to say so, and not made here. */
export function isLispData(row: usize): bool {
  if (load<u8>(row, ROW_PROTOCOL_OFFSET) != PROTOCOL_UDP || load<u8>(row, ROW_FRAGMENT_OFFSET)) return false;
  const header = <u32>load<u16>(row, ROW_HEADER_OFFSET);
  if (lengthOf(row) - header < 4 || hasFlag(row, DESC_ORIGINATED)) return false;
  return load16(packetOf(row) + header, 2) == DATA_PORT;
}

/** Writes TTL (hop limit) and TOS (traffic class) into the packet. */
// @ts-ignore: decorator
@inline
export function setTtlAndTos(family: i32, packet: usize, ttl: u32, tos: u32): void {
  if (family == 4) setTtlAndTos4(packet, ttl, tos);
  else setTtlAndTos6(packet, ttl, tos);
}
