/**
 * Taking a LISP header off (RFC 9300 §5.3) with ECN by RFC 6040. In two halves: `openEnvelope` checks everything
 * and only fills a row for the inner packet; `commit` writes, once the inner packet has been accepted.
 */
import {
  DESC_DECAPSULATED,
  DESC_FLAGS_OFFSET,
  DESC_INSTANCE_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  REASON_BAD_INNER,
  REASON_ECN,
  REASON_LISP_KEY,
  REASON_LISP_TRUNCATED,
  REASON_NESTED,
  REASON_NEXT_PROTOCOL,
  REASON_NONE,
  REASON_UDP_CHECKSUM,
  REASON_UNKNOWN_INSTANCE,
  ROW_BYTES,
  ROW_DEPTH_OFFSET,
  ROW_DESC_OFFSET,
  ROW_HEADER_OFFSET,
  ROW_TOS_OFFSET,
  ROW_TTL_OFFSET,
  ROW_VRF_OFFSET,
  SNAPSHOT_REPORT,
  SNAPSHOT_UNVERIFIED,
  VRF_INSTANCE_OFFSET,
} from './layout';
import { fold, load16, sumWords } from './bytes';
import { countDecapsulated, descOf, familyOf, lengthOf, packetOf, vrfOf } from './batch';
import { parsePacket, setTtlAndTos } from './classify';
import { gpeFamily, isGpe, refuseGpe } from './gpe';
import { isEncrypted, LISP_BYTES, lispInstance, PROTOCOL_UDP, UDP_BYTES, UDP_CHECKSUM } from './lisp';
import { writeReport } from './report';
import { findVrf, snapshotFlags } from './snapshot';

const UDP_LENGTH: usize = 4;
/** DP-32: at most two LISP headers on a packet. */
const MAX_DEPTH: u32 = 2;

/** Where the candidate inner packet of a row is described. */
// @ts-ignore: decorator
@inline
export function innerRow(row: usize): usize {
  return row + ROW_BYTES;
}

/** The packet that a candidate came in. */
// @ts-ignore: decorator
@inline
export function outerRow(inner: usize): usize {
  return inner - ROW_BYTES;
}

/** A checksum that is there must be right (DP-06); pseudo-headers: RFC 768, RFC 8200 §8.1. */
function isUdpChecksumRight(row: usize, udp: usize, bytes: u32): bool {
  if (load16(udp, UDP_CHECKSUM) == 0) return true;
  const addresses: u32 = familyOf(row) == 4 ? 8 : 32;
  // Source and destination end both IP headers (IPv4 options would follow them: count from the start).
  const at = packetOf(row) + (familyOf(row) == 4 ? 12 : 8);
  return fold(sumWords(at, addresses) + PROTOCOL_UDP + bytes + sumWords(udp, bytes)) == 0xffff;
}

/**
 * ECN after decapsulation (RFC 6040 figure 4), or -1 = drop. Codes: 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE.
 */
function mergeEcn(inner: u32, outer: u32): i32 {
  if (outer == 3) return inner == 0 ? -1 : 3;
  return outer == 1 && inner == 2 ? 1 : inner;
}

/**
 * Checks a LISP data packet and describes what is inside in `innerRow(row)`: as it will be, TTL and TOS merged.
 * Writes no packet. Returns a REASON_.
 */
export function openEnvelope(row: usize, snapshot: usize): u32 {
  const depth = <u32>load<u8>(row, ROW_DEPTH_OFFSET);
  if (depth >= MAX_DEPTH) return REASON_NESTED;
  const header = <u32>load<u16>(row, ROW_HEADER_OFFSET);
  const udp = packetOf(row) + header;
  const room = lengthOf(row) - header;
  if (room < UDP_BYTES) return REASON_LISP_TRUNCATED;
  const bytes = load16(udp, UDP_LENGTH);
  if (bytes < UDP_BYTES + LISP_BYTES || bytes > room) return REASON_LISP_TRUNCATED;
  const rules = snapshotFlags(snapshot);
  if (!(rules & SNAPSHOT_UNVERIFIED) && !isUdpChecksumRight(row, udp, bytes)) return REASON_UDP_CHECKSUM;
  const lisp = udp + UDP_BYTES;
  if (isEncrypted(lisp)) return REASON_LISP_KEY;
  const gpe = isGpe(rules, lisp);
  if (gpe) {
    const refusal = refuseGpe(rules, lisp, familyOf(row), load16(udp, UDP_CHECKSUM) != 0);
    if (refusal != REASON_NONE) return refusal;
  }
  const vrf = findVrf(snapshot, lispInstance(lisp));
  if (vrf == 0) return REASON_UNKNOWN_INSTANCE;
  const inner = innerRow(row);
  const innerBytes = bytes - UDP_BYTES - LISP_BYTES;
  if (parsePacket(inner, lisp + LISP_BYTES, innerBytes) != REASON_NONE) return REASON_BAD_INNER;
  if (gpe && gpeFamily(lisp) != familyOf(inner)) return REASON_NEXT_PROTOCOL;
  const outerTos = <u32>load<u8>(row, ROW_TOS_OFFSET);
  const ecn = mergeEcn(load<u8>(inner, ROW_TOS_OFFSET) & 3, outerTos & 3);
  if (ecn < 0) return REASON_ECN;
  store<u8>(inner, (outerTos & 0xfc) | ecn, ROW_TOS_OFFSET);
  const outerTtl = load<u8>(row, ROW_TTL_OFFSET);
  if (outerTtl < load<u8>(inner, ROW_TTL_OFFSET)) store<u8>(inner, outerTtl, ROW_TTL_OFFSET);
  store<u32>(inner, <u32>descOf(row), ROW_DESC_OFFSET);
  store<u32>(inner, <u32>vrf, ROW_VRF_OFFSET);
  store<u8>(inner, depth + 1, ROW_DEPTH_OFFSET);
  return REASON_NONE;
}

/** The inner packet takes the place of the outer one. */
export function commitDecap(inner: usize, snapshot: usize): void {
  const row = outerRow(inner);
  const desc = descOf(row);
  if (snapshotFlags(snapshot) & SNAPSHOT_REPORT) writeReport(row, inner);
  countDecapsulated(lengthOf(row));
  const offset = load<u16>(desc, DESC_OFFSET_OFFSET) + (packetOf(inner) - packetOf(row));
  store<u16>(desc, <u16>offset, DESC_OFFSET_OFFSET);
  store<u16>(desc, <u16>lengthOf(inner), DESC_LENGTH_OFFSET);
  store<u8>(desc, load<u8>(desc, DESC_FLAGS_OFFSET) | DESC_DECAPSULATED, DESC_FLAGS_OFFSET);
  store<u32>(desc, load<u32>(vrfOf(inner), VRF_INSTANCE_OFFSET), DESC_INSTANCE_OFFSET);
  setTtlAndTos(familyOf(inner), packetOf(inner), load<u8>(inner, ROW_TTL_OFFSET), load<u8>(inner, ROW_TOS_OFFSET));
  memory.copy(row, inner, ROW_BYTES);
}
