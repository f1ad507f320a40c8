/** What a LISP header says beside the instance, toward one locator and back (RFC 9300 §5.3, RFC 9305). */
import type { IpAddress } from '../base/ip.ts';
import type { LispDataHeader, MapVersions } from '../wire/lisp-data.ts';

/**
 * Marks of every packet toward a locator. Only for a trusted network (DP-25): a target without marking has the header
 * of the public profile. All of it is ready in the prebuilt header, so a nonce holds until it is replaced.
 */
export interface Marking {
  /** N=1; 24 bits. Goes before `versions` (DP-07). More bits than a field has are refused, here and below. */
  readonly nonce?: number;
  /** E=1: asks for the nonce back. Only with `nonce`. */
  readonly echo?: boolean;
  /** V=1; 12 bits each. */
  readonly versions?: MapVersions;
  /** L=1: 32 bits, or the low 8 of them outside instance 0. */
  readonly locatorStatusBits?: number;
  /** P=1 with the Next Protocol of the inner packet; excludes nonce and versions (DP-40). Only to peers known to take it. */
  readonly gpe?: boolean;
  /** The outer UDP checksum is computed. Default: with `gpe` (DP-42), otherwise it is 0 (DP-04). */
  readonly checksum?: boolean;
}

/** What is asked of a locator, or answered to it: changes with packets, so that it is said of an RLOC and not of entries. */
export interface LocatorNonce {
  /** 24 bits. */
  readonly nonce: number;
  readonly echo?: boolean;
}

/**
 * The marks of a header toward a locator that a nonce has been set for. Marks that have the field for something else, or a
 * nonce of their own, stay as they are.
 */
export function withNonce(marking: Marking | undefined, said: LocatorNonce | undefined): Marking | undefined {
  const isTaken = marking?.nonce !== undefined || marking?.versions !== undefined || marking?.gpe === true;
  return said === undefined || isTaken ? marking : { ...marking, ...said };
}

/** How LISP headers are read. What is absent is off, which is the public profile. */
export interface ReceptionRules {
  /** Verdicts of decapsulated packets tell what the header said. */
  readonly report?: boolean;
  /** P=1 is LISP-GPE. Otherwise the bit is ignored (DP-09). */
  readonly gpe?: boolean;
  /** GPE over IPv6 may come without a UDP checksum (RFC 9305 §4.3.1). */
  readonly gpeZeroChecksum?: boolean;
  /** UDP checksums are not verified, as a receiver may choose (DP-06). */
  readonly unverified?: boolean;
}

/** What came with a decapsulated packet: the last LISP header that was taken off it, as received. */
export interface TunnelReport {
  /** Outer source: as likely spoofed as anything in a packet. */
  readonly source: IpAddress;
  /** Outer destination: an own RLOC. */
  readonly destination: IpAddress;
  readonly innerSource: IpAddress;
  readonly header: LispDataHeader;
}

/** Whether the outer UDP checksum is computed. */
export function hasChecksum({ gpe = false, checksum = gpe }: Marking): boolean {
  return checksum;
}
