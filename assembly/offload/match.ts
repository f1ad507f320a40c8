/** What packets of one flow must share for one header to stand for all, and whether their checksums hold. */
import { fold, load16, sumWords } from '../bytes';
import { IPV4_BYTES } from '../ipv4';
import { IPV6_BYTES } from '../ipv6';
import { sumBytes } from './copy-sum';
import { memberLength, memberPacket } from './groups';
import { FRAGMENT, outlineFamily, outlineProtocol, outlineTransport, TCP } from './outline';
import { checksumAt } from './virtio';

const TOS: usize = 1;
const TTL: usize = 8;
const IPV4_CHECKSUM: usize = 10;
const SOURCE4: usize = 12;
const NEXT_HEADER: usize = 6;
const HOP_LIMIT: usize = 7;
const SOURCE6: usize = 8;
/** Everything in the word but DF: fragments, and the reserved bit. */
const NOT_DF: u32 = 0xbfff;

/** An IP header that can be made anew from its fields. What a sender writes of a zero checksum is 0, never 0xffff. */
export function isPlainNetwork(member: usize): bool {
  if (outlineFamily(member) == 6) return true;
  const packet = memberPacket(member);
  return (
    outlineTransport(member) == IPV4_BYTES &&
    (load16(packet, FRAGMENT) & NOT_DF) == 0 &&
    load16(packet, IPV4_CHECKSUM) != 0xffff &&
    sumWords(packet, IPV4_BYTES) == 0xffff
  );
}

/** Two packets of one flow, both plain: all of the IP header alike but length, identification and checksum. */
export function isSameNetwork(a: usize, b: usize): bool {
  const one = memberPacket(a);
  const other = memberPacket(b);
  if (outlineFamily(a) == 4) {
    return (
      load<u8>(one, TOS) == load<u8>(other, TOS) &&
      load<u16>(one, FRAGMENT) == load<u16>(other, FRAGMENT) &&
      load<u8>(one, TTL) == load<u8>(other, TTL)
    );
  }
  const transport = outlineTransport(a);
  return (
    load<u32>(one) == load<u32>(other) &&
    load<u16>(one, NEXT_HEADER) == load<u16>(other, NEXT_HEADER) &&
    outlineTransport(b) == transport &&
    isSame(one + IPV6_BYTES, other + IPV6_BYTES, transport - IPV6_BYTES)
  );
}

/** `bytes`: a multiple of 4. */
export function isSame(one: usize, other: usize, bytes: u32): bool {
  for (let i: u32 = 0; i < bytes; i += 4) if (load<u32>(one + i) != load<u32>(other + i)) return false;
  return true;
}

/** Sum of the pseudo-header (RFC 9293 §3.1, RFC 768, RFC 8200 §8.1), folded. `bytes`: from the TCP or UDP header on. */
export function pseudoSum(outline: usize, packet: usize, bytes: u32): u32 {
  const addresses = outlineFamily(outline) == 4 ? sumWords(packet + SOURCE4, 8) : sumWords(packet + SOURCE6, 32);
  return fold(addresses + outlineProtocol(outline) + bytes);
}

/** The TCP or UDP checksum is there and right, and written as a sender computes it. */
export function isChecksumGood(member: usize): bool {
  const packet = memberPacket(member);
  const transport = outlineTransport(member);
  const protocol = outlineProtocol(member);
  const field = load16(packet + transport, checksumAt(protocol));
  // A sum of zero is 0 in TCP and 0xffff in UDP, where 0 is no checksum.
  if (field == (protocol == TCP ? 0xffff : 0)) return false;
  const bytes = memberLength(member) - transport;
  return fold(pseudoSum(member, packet, bytes) + sumBytes(packet + transport, bytes)) == 0xffff;
}
