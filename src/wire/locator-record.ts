/**
 * Locator of an EID-Record (RFC 9301 §5.4).
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    Priority   |    Weight     |  M Priority   |   M Weight    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        Unused Flags     |L|p|R|           Loc-AFI             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                             Locator                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import type { Reader, Writer } from '../base/bytes.ts';
import { decodeAddress, encodeAddress, lispAddressBytes, type LispAddress } from './afi.ts';
import { describeFlags } from './control-header.ts';
import { formatLispAddress } from './lisp-address.ts';

/** Bytes before Loc-AFI. */
export const LOCATOR_FIXED_BYTES = 6;
const LOCATOR_L = 0x0004;
const LOCATOR_P = 0x0002;
const LOCATOR_R = 0x0001;

/** One locator of an EID-Record (RFC 9301 §5.4). */
export interface LocatorRecord {
  /** 0..254, lower is better; 255 = never use. */
  readonly priority: number;
  readonly weight: number;
  readonly multicastPriority: number;
  readonly multicastWeight: number;
  /** L: local to the sender. */
  readonly local: boolean;
  /** p: the locator that was probed. Only in Map-Reply and Map-Notify; elsewhere a reserved bit (CP-19). */
  readonly probed: boolean;
  /** R: the sender has a route to it. */
  readonly reachable: boolean;
  readonly rloc: LispAddress;
}

/** Who defines the p bit: `reserved` in Map-Request and Map-Register, where it is sent 0 and ignored (CP-19). */
export type ProbedBit = 'defined' | 'reserved';

export function decodeLocatorRecord(r: Reader, probedBit: ProbedBit): LocatorRecord {
  const priority = r.u8('priority');
  const weight = r.u8('weight');
  const multicastPriority = r.u8('multicast priority');
  const multicastWeight = r.u8('multicast weight');
  const flags = r.u16('locator flags');
  return {
    priority,
    weight,
    multicastPriority,
    multicastWeight,
    local: (flags & LOCATOR_L) !== 0,
    probed: probedBit === 'defined' && (flags & LOCATOR_P) !== 0,
    reachable: (flags & LOCATOR_R) !== 0,
    rloc: decodeAddress(r, 'rloc'),
  };
}

export function encodeLocatorRecord(w: Writer, x: LocatorRecord, probedBit: ProbedBit): void {
  const probed = x.probed && probedBit === 'defined';
  w.u8(x.priority).u8(x.weight).u8(x.multicastPriority).u8(x.multicastWeight);
  w.u16((x.local ? LOCATOR_L : 0) | (probed ? LOCATOR_P : 0) | (x.reachable ? LOCATOR_R : 0));
  encodeAddress(w, x.rloc);
}

export function locatorRecordBytes(x: LocatorRecord): number {
  return LOCATOR_FIXED_BYTES + lispAddressBytes(x.rloc);
}

/** `198.51.100.1 1/60 LR`: address, priority/weight, flags. */
export function describeLocatorRecord(x: LocatorRecord): string {
  const flags = describeFlags({ L: x.local, p: x.probed, R: x.reachable });
  return `${formatLispAddress(x.rloc)} ${x.priority}/${x.weight} ${flags}`;
}
