import { Reader } from '../base/bytes.ts';
import { ipFromBytes, ipToBytes, type IpAddress } from '../base/ip.ts';
import { decoded, type Decoded } from './error.ts';

/*
 *  0                   1                   2                   3        RFC 8200 §3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-----------+---+---------------------------------------+
 * |Version|   DSCP    |ECN|               Flow Label              |
 * +-------+-----------+---+-------+---------------+---------------+
 * |         Payload Length        |  Next Header  |   Hop Limit   |
 * +-------------------------------+---------------+---------------+
 * |                   Source Address (16 bytes)                   |
 * |                Destination Address (16 bytes)                 |
 * +---------------------------------------------------------------+
 */
export const IPV6_HEADER_BYTES = 40;
export const IPV6_PAYLOAD_LENGTH_OFFSET = 4;
export const IPV6_NEXT_HEADER_OFFSET = 6;
export const IPV6_HOP_LIMIT_OFFSET = 7;
export const IPV6_SOURCE_OFFSET = 8;
export const IPV6_DESTINATION_OFFSET = 24;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
/** Mobility, HIP, Shim6: same shape as the options headers (RFC 7045 §3). */
const OTHER_EXTENSIONS: readonly number[] = [135, 139, 140];
const FRAGMENT_HEADER_BYTES = 8;

/** IPv6 fixed header (RFC 8200). Payload length is computed on encoding. Extension headers stay in the payload. */
export interface Ipv6Header {
  readonly dscp: number;
  readonly ecn: number;
  /** 20 bits. */
  readonly flowLabel: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

export interface Ipv6Packet {
  readonly header: Ipv6Header;
  /** Always 40. */
  readonly headerBytes: number;
  /** 40 + payload length; larger than what is there only when reading was allowed to be cut. */
  readonly totalLength: number;
  /** A view of the bytes after the fixed header, without what lies beyond the payload length. */
  readonly payload: Uint8Array;
  /** Always true: IPv6 has no header checksum. */
  readonly checksumOk: boolean;
}

/** Decodes one packet; bytes beyond its payload length are trimmed. `base` is added to error offsets. */
export function decodeIpv6(bytes: Uint8Array, base = 0): Decoded<Ipv6Packet> {
  return decoded(() => readIpv6(new Reader(bytes, base)));
}

/** Reads one packet and leaves `reader` behind it; `cut` as for readIpv4. Throws WireFault. */
export function readIpv6(reader: Reader, cut = false): Ipv6Packet {
  const { offset } = reader;
  const first = reader.u32('ipv6.version');
  if (first >>> 28 !== 6) reader.fail('bad-version', 'ipv6.version', offset);
  const payloadLength = reader.u16('ipv6.payload-length');
  const nextHeader = reader.u8('ipv6.next-header');
  const hopLimit = reader.u8('ipv6.hop-limit');
  const source = ipFromBytes(reader.take(16, 'ipv6.source'));
  const destination = ipFromBytes(reader.take(16, 'ipv6.destination'));
  const available = cut ? Math.min(payloadLength, reader.remaining) : payloadLength;
  return {
    header: {
      dscp: (first >>> 22) & 63,
      ecn: (first >>> 20) & 3,
      flowLabel: first & 0xfffff,
      nextHeader,
      hopLimit,
      source,
      destination,
    },
    headerBytes: IPV6_HEADER_BYTES,
    totalLength: IPV6_HEADER_BYTES + payloadLength,
    payload: reader.take(available, 'ipv6.payload'),
    checksumOk: true,
  };
}

/** A whole packet with computed payload length, owned by the caller. */
export function encodeIpv6(header: Ipv6Header, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(IPV6_HEADER_BYTES + payload.length);
  bytes[0] = 0x60 | (header.dscp >>> 2);
  bytes[1] = ((header.dscp & 3) << 6) | ((header.ecn & 3) << 4) | ((header.flowLabel >>> 16) & 15);
  bytes[2] = header.flowLabel >>> 8;
  bytes[3] = header.flowLabel;
  bytes[IPV6_PAYLOAD_LENGTH_OFFSET] = payload.length >>> 8;
  bytes[IPV6_PAYLOAD_LENGTH_OFFSET + 1] = payload.length;
  bytes[IPV6_NEXT_HEADER_OFFSET] = header.nextHeader;
  bytes[IPV6_HOP_LIMIT_OFFSET] = header.hopLimit;
  bytes.set(ipToBytes(header.source), IPV6_SOURCE_OFFSET);
  bytes.set(ipToBytes(header.destination), IPV6_DESTINATION_OFFSET);
  bytes.set(payload, IPV6_HEADER_BYTES);
  return bytes;
}

/** Where the extension headers end, and what the fragment header among them says. */
export interface Transport {
  /** Upper-layer protocol, or the first header number this walker does not know. */
  readonly protocol: number;
  /** Bytes of extension headers before it. */
  readonly extensionBytes: number;
  /** Offset in units of 8 bytes; identification of 32 bits. */
  readonly fragment?: {
    readonly offset: number;
    readonly more: boolean;
    readonly identification: number;
  };
}

/**
 * Walks the extension headers of RFC 8200 §4 from `nextHeader` over `payload`. It stops at a fragment that is not
 * the first (what follows is not a header), and at ESP, No Next Header and unknown numbers. Throws WireFault when
 * a header runs past the bytes; `base` is added to its offset.
 */
export function transportOf(nextHeader: number, payload: Uint8Array, base = 0): Transport {
  const reader = new Reader(payload, base);
  let protocol = nextHeader;
  let fragment: Transport['fragment'];
  while (isExtension(protocol) && (fragment === undefined || fragment.offset === 0)) {
    const following = reader.u8('ipv6.extension');
    const length = reader.u8('ipv6.extension.length');
    if (protocol === FRAGMENT) {
      const place = reader.u16('ipv6.fragment');
      const identification = reader.u32('ipv6.fragment.identification');
      fragment = { offset: place >>> 3, more: (place & 1) !== 0, identification };
    } else {
      // AH counts words of 4 bytes less 2 (RFC 4302 §2.2), all others words of 8 bytes less 1.
      reader.take(protocol === AUTHENTICATION ? 4 * length + 6 : 8 * length + 6, 'ipv6.extension');
    }
    protocol = following;
  }
  const walked = { protocol, extensionBytes: reader.position };
  return fragment === undefined ? walked : { ...walked, fragment };
}

/** A fragment header (RFC 8200 §4.5) that says `nextHeader` follows. */
export function encodeFragmentHeader(
  nextHeader: number,
  fragment: NonNullable<Transport['fragment']>,
): Uint8Array {
  const bytes = new Uint8Array(FRAGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, nextHeader);
  view.setUint16(2, (fragment.offset << 3) | (fragment.more ? 1 : 0));
  view.setUint32(4, fragment.identification);
  return bytes;
}

function isExtension(protocol: number): boolean {
  return (
    protocol === HOP_BY_HOP ||
    protocol === ROUTING ||
    protocol === FRAGMENT ||
    protocol === AUTHENTICATION ||
    protocol === DESTINATION_OPTIONS ||
    OTHER_EXTENSIONS.includes(protocol)
  );
}
