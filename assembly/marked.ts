/** What a rewrite with flags asks for beyond the copy of its headers: a Next Protocol, a UDP checksum. */
import { REWRITE_CHECKSUM, REWRITE_GPE } from './layout';
import { fold, store16, sumWords } from './bytes';
import { NEXT_IPV4, NEXT_IPV6, NEXT_PROTOCOL } from './gpe';
import { PROTOCOL_UDP, UDP_BYTES, UDP_CHECKSUM } from './lisp';

/** `outer`: of family `family`, complete but for this. `bytes`: of the UDP datagram. */
export function finishMarked(flags: u32, outer: usize, family: i32, innerFamily: i32, bytes: u32): void {
  const udp = outer + (family == 4 ? 20 : 40);
  if (flags & REWRITE_GPE) {
    store<u8>(udp + UDP_BYTES, innerFamily == 4 ? NEXT_IPV4 : NEXT_IPV6, NEXT_PROTOCOL);
  }
  if (flags & REWRITE_CHECKSUM) {
    // Source and destination end both IP headers; the field itself is 0 so far.
    const addresses: u32 = family == 4 ? 8 : 32;
    const sum = sumWords(udp - addresses, addresses) + PROTOCOL_UDP + bytes + sumWords(udp, bytes);
    const checksum = ~fold(sum) & 0xffff;
    // 0 would mean "none" (RFC 768).
    store16(udp, checksum == 0 ? 0xffff : checksum, UDP_CHECKSUM);
  }
}
