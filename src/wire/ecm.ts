/**
 * Encapsulated Control Message, type 8 (RFC 9301 §5.8).
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Type=8 |S|D|E|M|            Reserved                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          S: LISP-SEC Authentication Data (RFC 9303)           |
 * |   AD Type 1, 0, Requested HMAC ID 2                           |
 * |   OTK Length 2, Key ID 1, Wrapping ID 1, preamble 8, key 16   |
 * |   EID-AD Length 2, KDF ID 2, ...                              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         inner IPv4 or IPv6 header, inner UDP header           |
 * |                     LISP control message                      |
 */
import { Reader, type Writer } from '../base/bytes.ts';
import { describeFlags, flag, hasFlag, TYPE_ECM } from './control-header.ts';
import {
  decodeInnerHeaders,
  describeInnerHeaders,
  encodeInnerHeaders,
  innerHeadersBytes,
  type InnerHeaders,
} from './inner-headers.ts';
import type { PlainControl } from './plain-control.ts';

export type { InnerHeaders } from './inner-headers.ts';

export const ECM_HEADER_BYTES = 4;
const SECURITY_BIT = 4;
const DDT_BIT = 5;
const TO_ETR_BIT = 6;
const TO_MAP_SERVER_BIT = 7;

const AD_TYPE_LISP_SEC = 1;
/** Preamble and one-time key. */
const OTK_BYTES = 24;
/** OTK Length, Key ID, OTK Wrapping ID. */
const OTK_HEADER_BYTES = 4;
/** EID-AD Length and KDF ID: all that an ITR sends. */
const MIN_EID_AD_BYTES = 4;

/** Encapsulated Control Message, type 8 (RFC 9301 §5.8): inner IP and UDP headers, then a control message. */
export interface EncapsulatedControl {
  readonly type: 'ecm';
  /** D: used by DDT. */
  readonly ddt: boolean;
  /** Bits 6 and 7 (E and M in RFC 9301 §12.6); sent 0 unless needed, ignored on receipt. */
  readonly toEtr: boolean;
  readonly toMapServer: boolean;
  /** S: LISP-SEC authentication data, kept as bytes. */
  readonly securityData?: Uint8Array;
  readonly inner: InnerHeaders;
  readonly message: PlainControl;
}

/**
 * `r` stands at the start of a message whose type is 8; `decodeInner` reads the control message inside
 * and refuses an ECM.
 */
export function decodeEcm(r: Reader, decodeInner: (r: Reader) => PlainControl): EncapsulatedControl {
  const word0 = r.u32('ecm flags');
  const securityData = hasFlag(word0, SECURITY_BIT) ? decodeSecurityData(r) : undefined;
  const { inner, payload } = decodeInnerHeaders(r);
  return {
    type: 'ecm',
    ddt: hasFlag(word0, DDT_BIT),
    toEtr: hasFlag(word0, TO_ETR_BIT),
    toMapServer: hasFlag(word0, TO_MAP_SERVER_BIT),
    ...(securityData === undefined ? {} : { securityData }),
    inner,
    message: decodeInner(payload),
  };
}

/**
 * The AD ends where its own lengths say (RFC 9303 §6.3): OTK Length counts preamble and key, 24 (28 is seen, counting
 * its own four bytes as well); EID-AD Length counts itself. An AD of another type has no known end.
 */
function decodeSecurityData(r: Reader): Uint8Array {
  const ad = new Reader(r.bytes.subarray(r.position), r.offset);
  if (ad.u8('ad type') !== AD_TYPE_LISP_SEC) ad.fail('bad-value', 'ad type', ad.base);
  ad.take(3, 'requested hmac id');
  const otkLengthOffset = ad.offset;
  const otkLength = ad.u16('otk length');
  if (otkLength !== OTK_BYTES && otkLength !== OTK_BYTES + OTK_HEADER_BYTES) {
    ad.fail('bad-length', 'otk length', otkLengthOffset);
  }
  ad.take(2 + OTK_BYTES, 'one-time key');
  const eidAdOffset = ad.offset;
  const eidAdLength = ad.u16('eid-ad length');
  if (eidAdLength < MIN_EID_AD_BYTES) ad.fail('bad-length', 'eid-ad length', eidAdOffset);
  ad.take(eidAdLength - 2, 'eid-ad');
  return r.take(ad.position, 'security data');
}

export function encodeEcm(
  w: Writer,
  x: EncapsulatedControl,
  encodeInner: (message: PlainControl) => Uint8Array,
): void {
  const flags =
    flag(SECURITY_BIT, x.securityData !== undefined) |
    flag(DDT_BIT, x.ddt) |
    flag(TO_ETR_BIT, x.toEtr) |
    flag(TO_MAP_SERVER_BIT, x.toMapServer);
  w.u32(((TYPE_ECM << 28) | flags) >>> 0);
  if (x.securityData !== undefined) w.bytes(x.securityData);
  encodeInnerHeaders(w, x.inner, encodeInner(x.message));
}

export function ecmBytes(x: EncapsulatedControl, innerBytes: (message: PlainControl) => number): number {
  const headers = ECM_HEADER_BYTES + innerHeadersBytes(x.inner);
  return headers + (x.securityData?.length ?? 0) + innerBytes(x.message);
}

export function describeEcm(
  x: EncapsulatedControl,
  describeInner: (message: PlainControl) => string,
): string {
  const flags = describeFlags({ S: x.securityData !== undefined, D: x.ddt, E: x.toEtr, M: x.toMapServer });
  return `ECM ${describeInnerHeaders(x.inner)}; flags ${flags}; ${describeInner(x.message)}`;
}
