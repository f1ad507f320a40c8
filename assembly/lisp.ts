/**
 * LISP data header (RFC 9300 §5.3). To packets only I, the instance ID, KK and, with GPE, P mean anything; the rest is
 * for the control plane, where the profile lets it see that (report.ts).
 *
 * +-+-+-+-+-+-+---+-----------------------------------------------+
 * |N|L|E|V|I|P|KK |  Nonce, map-versions                          |
 * +-------------------------------------------------+-------------+
 * |  I=1: Instance ID (24)                          | LSBs (8)    |
 * +-------------------------------------------------+-------------+
 */
import { load32 } from './bytes';

export const LISP_BYTES: u32 = 8;
export const UDP_BYTES: u32 = 8;
/** Where the checksum lies in the UDP header. */
export const UDP_CHECKSUM: usize = 6;
export const PROTOCOL_UDP: u32 = 17;
export const DATA_PORT: u32 = 4341;

const FLAG_I: u32 = 0x08;
const MASK_KK: u32 = 0x03;

/** The payload is encrypted. */
// @ts-ignore: decorator
@inline
export function isEncrypted(lisp: usize): bool {
  return (load<u8>(lisp) & MASK_KK) != 0;
}

/** Instance ID; 0 without the I bit. */
// @ts-ignore: decorator
@inline
export function lispInstance(lisp: usize): u32 {
  return load<u8>(lisp) & FLAG_I ? load32(lisp, 4) >>> 8 : 0;
}
