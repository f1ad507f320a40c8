/**
 * What the LISP header of a decapsulated packet said, left in the packet's buffer for the control plane (layout.ts:
 * REPORT). Only where the profile asks for it: on the public Internet nobody would listen (DP-26).
 */
import {
  DESC_BUFFER_OFFSET,
  DESC_FLAGS_OFFSET,
  DESC_REPORTED,
  REPORT_DESTINATION_OFFSET,
  REPORT_FAMILY_OFFSET,
  REPORT_HEADER_OFFSET,
  REPORT_INNER_FAMILY_OFFSET,
  REPORT_INNER_SOURCE_OFFSET,
  REPORT_SOURCE_OFFSET,
  ROW_DESTINATION_OFFSET,
  ROW_SOURCE_OFFSET,
} from './layout';
import { descOf, familyOf, packetOf } from './batch';
import { LISP_BYTES } from './lisp';

/** `row`: the outer packet, `inner`: the one inside. */
export function writeReport(row: usize, inner: usize): void {
  const desc = descOf(row);
  const at = <usize>load<u32>(desc, DESC_BUFFER_OFFSET);
  store<u64>(at, 0);
  store<u8>(at, familyOf(row), REPORT_FAMILY_OFFSET);
  store<u8>(at, familyOf(inner), REPORT_INNER_FAMILY_OFFSET);
  store<u64>(at, load<u64>(packetOf(inner) - LISP_BYTES), REPORT_HEADER_OFFSET);
  v128.store(at, v128.load(row, ROW_SOURCE_OFFSET), REPORT_SOURCE_OFFSET);
  v128.store(at, v128.load(row, ROW_DESTINATION_OFFSET), REPORT_DESTINATION_OFFSET);
  v128.store(at, v128.load(inner, ROW_SOURCE_OFFSET), REPORT_INNER_SOURCE_OFFSET);
  store<u8>(desc, load<u8>(desc, DESC_FLAGS_OFFSET) | DESC_REPORTED, DESC_FLAGS_OFFSET);
}
