/** LISP-GPE (RFC 9305) as a receiver: with P=1 the Next Protocol says what follows the LISP header. */
import {
  REASON_GPE_CHECKSUM,
  REASON_GPE_SHIM,
  REASON_NEXT_PROTOCOL,
  REASON_NONE,
  SNAPSHOT_GPE,
  SNAPSHOT_GPE_ZERO_CHECKSUM,
} from './layout';

/** Where the Next Protocol lies in the LISP header. */
export const NEXT_PROTOCOL: usize = 3;
export const NEXT_IPV4: u32 = 1;
export const NEXT_IPV6: u32 = 2;
const FIRST_SHIM: u32 = 0x80;
const LAST_SHIM: u32 = 0xfd;
const FLAG_P: u32 = 0x04;

/** A LISP-GPE header, where that is spoken. Elsewhere the bit is R and means nothing (DP-09). */
// @ts-ignore: decorator
@inline
export function isGpe(rules: u32, lisp: usize): bool {
  return (rules & SNAPSHOT_GPE) != 0 && (load<u8>(lisp) & FLAG_P) != 0;
}

/** Why a GPE packet is refused, as far as its header tells. Returns a REASON_. */
export function refuseGpe(rules: u32, lisp: usize, outerFamily: i32, hasChecksum: bool): u32 {
  if (outerFamily == 6 && !hasChecksum && !(rules & SNAPSHOT_GPE_ZERO_CHECKSUM)) return REASON_GPE_CHECKSUM;
  const next = <u32>load<u8>(lisp, NEXT_PROTOCOL);
  if (next >= FIRST_SHIM && next <= LAST_SHIM) return REASON_GPE_SHIM;
  return next == NEXT_IPV4 || next == NEXT_IPV6 ? REASON_NONE : REASON_NEXT_PROTOCOL;
}

/** The IP version that the Next Protocol announces, of a header that was not refused. */
// @ts-ignore: decorator
@inline
export function gpeFamily(lisp: usize): i32 {
  return load<u8>(lisp, NEXT_PROTOCOL) == NEXT_IPV4 ? 4 : 6;
}
