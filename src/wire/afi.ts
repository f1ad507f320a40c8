/**
 * AFI-encoded addresses (RFC 9301 §5.1): a 16-bit address family number, then as many bytes as the family has.
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+- - - -
 * |              AFI              |  Address ...
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+- - - -
 *
 * A family that is not listed here ends the message: its length cannot be known (CP-04, LC-08).
 */
import { assert } from '../base/assert.ts';
import type { Reader, Writer } from '../base/bytes.ts';
import { addressBytes, ipFromBytes, ipToBytes } from '../base/ip.ts';
import type { LispAddress } from './address.ts';
import { decodeLcaf, encodeLcaf, lcafBytes } from './lcaf.ts';

/** IANA address family numbers used in LISP control messages (RFC 9301 §5.1). */
export const AFI_NONE = 0;
export const AFI_IPV4 = 1;
export const AFI_IPV6 = 2;
export const AFI_MAC = 6;
export const AFI_NAME = 17;
export const AFI_AS_NUMBER = 18;
export const AFI_LCAF = 16387;

export const AFI_BYTES = 2;
export const MAC_BYTES = 6;
export const AS_NUMBER_BYTES = 4;

/** LCAFs within LCAFs; LC-16 asks for at least 2, and no use needs more than 4. */
export const MAX_LCAF_DEPTH = 4;

export type { LispAddress } from './address.ts';

/** Reads one address; `field` names it in a fault. Faults: unsupported-afi, too-deep, truncated, bad-value. */
export function decodeAddress(r: Reader, field: string, depth = 0): LispAddress {
  const at = r.offset;
  const afi = r.u16(field);
  switch (afi) {
    case AFI_NONE:
      return { kind: 'none' };
    case AFI_IPV4:
      return { kind: 'ip', address: ipFromBytes(r.take(4, field)) };
    case AFI_IPV6:
      return { kind: 'ip', address: ipFromBytes(r.take(16, field)) };
    case AFI_MAC:
      return { kind: 'mac', mac: r.take(MAC_BYTES, field) };
    case AFI_NAME:
      return { kind: 'name', name: decodeName(r, field) };
    case AFI_AS_NUMBER:
      return { kind: 'as-number', asn: r.u32(field) };
    case AFI_LCAF:
      if (depth >= MAX_LCAF_DEPTH) r.fail('too-deep', field, at);
      return { kind: 'lcaf', lcaf: decodeLcaf(r, (inner) => decodeAddress(inner, field, depth + 1)) };
    default:
      return r.fail('unsupported-afi', field, at);
  }
}

export function encodeAddress(w: Writer, a: LispAddress): void {
  switch (a.kind) {
    case 'none':
      w.u16(AFI_NONE);
      break;
    case 'ip':
      w.u16(a.address.family === 4 ? AFI_IPV4 : AFI_IPV6).bytes(ipToBytes(a.address));
      break;
    case 'mac':
      assert(a.mac.length === MAC_BYTES, 'a MAC address has 6 bytes');
      w.u16(AFI_MAC).bytes(a.mac);
      break;
    case 'name':
      w.u16(AFI_NAME);
      encodeName(w, a.name);
      break;
    case 'as-number':
      w.u16(AFI_AS_NUMBER).u32(a.asn);
      break;
    case 'lcaf':
      w.u16(AFI_LCAF);
      encodeLcaf(w, a.lcaf, encodeAddress);
  }
}

/** Bytes of the encoded form, AFI included. */
export function lispAddressBytes(a: LispAddress): number {
  switch (a.kind) {
    case 'none':
      return AFI_BYTES;
    case 'ip':
      return AFI_BYTES + addressBytes(a.address.family);
    case 'mac':
      return AFI_BYTES + MAC_BYTES;
    case 'name':
      return AFI_BYTES + a.name.length + 1;
    case 'as-number':
      return AFI_BYTES + AS_NUMBER_BYTES;
    case 'lcaf':
      return AFI_BYTES + lcafBytes(a.lcaf, lispAddressBytes);
  }
}

/** LC-15: exactly one NUL, the last byte. */
function decodeName(r: Reader, field: string): string {
  let name = '';
  for (let byte = r.u8(field); byte !== 0; byte = r.u8(field)) name += String.fromCharCode(byte);
  return name;
}

function encodeName(w: Writer, name: string): void {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    assert(code > 0 && code < 256, 'a distinguished name is ASCII without NUL');
    w.u8(code);
  }
  w.u8(0);
}
