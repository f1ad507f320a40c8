/**
 * EID-Record (RFC 9301 §5.4): an EID-Prefix and its locators.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          Record TTL                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | Locator Count | EID mask-len  | ACT |A|      Reserved         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | Rsvd  |  Map-Version Number   |       EID-Prefix-AFI          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          EID-Prefix                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   Locator Count locators                      |
 */
import { assert } from '../base/assert.ts';
import type { Reader, Writer } from '../base/bytes.ts';
import { decodeAddress, encodeAddress, lispAddressBytes, type LispAddress } from './afi.ts';
import { compareAddress, formatEidPrefix, isUnderstood, maxMaskBits } from './lisp-address.ts';
import {
  decodeLocatorRecord,
  describeLocatorRecord,
  encodeLocatorRecord,
  locatorRecordBytes,
  type LocatorRecord,
  type ProbedBit,
} from './locator-record.ts';

/** Bytes before EID-Prefix-AFI. */
export const EID_RECORD_FIXED_BYTES = 10;
const ACTION_SHIFT = 13;
const ACTION_MASK = 0x7;
const AUTHORITATIVE = 0x1000;
const MAP_VERSION_MASK = 0xfff;
const MAX_LOCATORS_COUNT = 255;

/** EID-Record of Map-Reply, Map-Register, Map-Notify and Map-Notify-Ack (RFC 9301 §5.4). */
export interface EidRecord {
  /** Minutes; 0 = delete now; 0xffffffff = the receiver decides. */
  readonly ttlMinutes: number;
  /** Counts bits of the inner address when the EID is an LCAF. */
  readonly maskBits: number;
  /** ACT, 0..7; matters only with no locators. */
  readonly action: number;
  readonly authoritative: boolean;
  /** 12 bits; 0 = none. */
  readonly mapVersion: number;
  readonly eid: LispAddress;
  /** Decoded in the order received; encoded in the order of CP-25. */
  readonly locators: readonly LocatorRecord[];
}

/** A mask-len beyond the address is a bad-value fault. */
export function decodeEidRecord(r: Reader, probedBit: ProbedBit): EidRecord {
  const ttlMinutes = r.u32('record ttl');
  const locatorCount = r.u8('locator count');
  const maskOffset = r.offset;
  const maskBits = r.u8('eid mask-len');
  const flags = r.u16('record flags');
  const mapVersion = r.u16('map-version') & MAP_VERSION_MASK;
  const eid = decodeAddress(r, 'eid');
  if (maskBits > maxMaskBits(eid)) r.fail('bad-value', 'eid mask-len', maskOffset);
  const locators: LocatorRecord[] = [];
  for (let i = 0; i < locatorCount; i++) locators.push(decodeLocatorRecord(r, probedBit));
  return {
    ttlMinutes,
    maskBits,
    action: flags >>> ACTION_SHIFT,
    authoritative: (flags & AUTHORITATIVE) !== 0,
    mapVersion,
    eid,
    locators,
  };
}

export function decodeEidRecords(r: Reader, count: number, probedBit: ProbedBit): EidRecord[] {
  const records: EidRecord[] = [];
  for (let i = 0; i < count; i++) records.push(decodeEidRecord(r, probedBit));
  return records;
}

export function encodeEidRecord(w: Writer, x: EidRecord, probedBit: ProbedBit): void {
  assert(x.locators.length <= MAX_LOCATORS_COUNT, 'a record has at most 255 locators');
  assert(x.maskBits <= maxMaskBits(x.eid), 'mask-len exceeds the EID');
  w.u32(x.ttlMinutes).u8(x.locators.length).u8(x.maskBits);
  w.u16(((x.action & ACTION_MASK) << ACTION_SHIFT) | (x.authoritative ? AUTHORITATIVE : 0));
  w.u16(x.mapVersion & MAP_VERSION_MASK);
  encodeAddress(w, x.eid);
  for (const locator of sortLocatorRecords(x.locators)) encodeLocatorRecord(w, locator, probedBit);
}

export function eidRecordBytes(x: EidRecord): number {
  const locators = x.locators.reduce((sum, locator) => sum + locatorRecordBytes(locator), 0);
  return EID_RECORD_FIXED_BYTES + lispAddressBytes(x.eid) + locators;
}

export function eidRecordsBytes(records: readonly EidRecord[]): number {
  return records.reduce((sum, record) => sum + eidRecordBytes(record), 0);
}

/** CP-25: ascending, IPv4 before IPv6, other families after; locator-status-bit ordinals depend on it. */
export function sortLocatorRecords(locators: readonly LocatorRecord[]): readonly LocatorRecord[] {
  return locators.length < 2 ? locators : [...locators].sort((a, b) => compareAddress(a.rloc, b.rloc));
}

/** LC-02, LC-03: without those of unrecognized type; none left means "Locator Count 0". */
export function understoodLocators(x: EidRecord): readonly LocatorRecord[] {
  return x.locators.filter((locator) => isUnderstood(locator.rloc));
}

/** `10.2.0.0/16 ttl 1440 A [198.51.100.1 1/60 LR]`; a negative record shows its ACT instead of locators. */
export function describeEidRecord(x: EidRecord): string {
  const parts = [formatEidPrefix(x.eid, x.maskBits), `ttl ${x.ttlMinutes}`];
  if (x.authoritative) parts.push('A');
  if (x.mapVersion !== 0) parts.push(`version ${x.mapVersion}`);
  parts.push(
    x.locators.length === 0 ? `act ${x.action}` : `[${x.locators.map(describeLocatorRecord).join(', ')}]`,
  );
  return parts.join(' ');
}
