import { decodeIpv4, encodeIpv4, IPV4_HEADER_BYTES } from './ipv4.ts';

const OPTION_END = 0;
const OPTION_NOP = 1;
/** First bit of an option type: copy into every fragment (RFC 791 §3.1). */
const OPTION_COPIED = 0x80;

/**
 * Splits an IPv4 packet into packets of at most `mtu` bytes (RFC 791 §3.2), as equal as 8-byte units allow: a
 * packet that needs two fragments gives two halves (RFC 9300 §7.1). A packet that fits comes back alone, as a
 * copy; the result is empty when `packet` is malformed or `mtu` leaves no room for 8 bytes of payload. The DF bit
 * is the caller's business and is carried over.
 */
export function fragmentIpv4(packet: Uint8Array, mtu: number): Uint8Array[] {
  const read = decodeIpv4(packet);
  if (!read.ok) return [];
  const { header, headerBytes, totalLength, payload } = read.value;
  if (totalLength <= mtu) return [packet.slice(0, totalLength)];
  const room = (mtu - headerBytes) & ~7;
  if (room < 8) return [];
  const count = Math.ceil(payload.length / room);
  const share = Math.ceil(payload.length / count / 8) * 8;
  const copied = copiedOptions(header.options);
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += share) {
    const isLast = at + share >= payload.length;
    fragments.push(
      encodeIpv4(
        {
          ...header,
          moreFragments: header.moreFragments || !isLast,
          fragmentOffset: header.fragmentOffset + at / 8,
          options: at === 0 ? header.options : copied,
        },
        payload.subarray(at, at + share),
      ),
    );
  }
  return fragments;
}

/** The options that go into fragments after the first, padded to a multiple of 4. */
function copiedOptions(options: Uint8Array): Uint8Array {
  const kept: number[] = [];
  let at = 0;
  while (at < options.length && options[at] !== OPTION_END) {
    const type = options[at]!;
    const length = type === OPTION_NOP ? 1 : Math.max(2, options[at + 1] ?? 2);
    if ((type & OPTION_COPIED) !== 0) kept.push(...options.subarray(at, at + length));
    at += length;
  }
  while (kept.length % 4 !== 0) kept.push(OPTION_END);
  return Uint8Array.from(kept.slice(0, 60 - IPV4_HEADER_BYTES));
}
