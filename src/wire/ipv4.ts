import { Reader } from '../base/bytes.ts';
import { checksum, sumWords } from '../base/checksum.ts';
import { ipFromBytes, ipToBytes, type IpAddress } from '../base/ip.ts';
import { decoded, type Decoded } from './error.ts';

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_ICMPV6 = 58;

/*
 *  0                   1                   2                   3        RFC 791 §3.1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+-----------+---+-------------------------------+
 * |Version|  IHL  |   DSCP    |ECN|          Total Length         |
 * +-------+-------+-----------+---+-----+-------------------------+
 * |         Identification        |0 D M|     Fragment Offset     |
 * +---------------+---------------+-----+-------------------------+
 * |  Time to Live |    Protocol   |        Header Checksum        |
 * +---------------+---------------+-------------------------------+
 * |                         Source Address                        |
 * |                      Destination Address                      |
 * |                    Options (0 .. 40 bytes)                    |
 * +---------------------------------------------------------------+
 */
export const IPV4_HEADER_BYTES = 20;
export const IPV4_TOS_OFFSET = 1;
export const IPV4_TOTAL_LENGTH_OFFSET = 2;
export const IPV4_IDENTIFICATION_OFFSET = 4;
export const IPV4_FRAGMENT_OFFSET = 6;
export const IPV4_TTL_OFFSET = 8;
export const IPV4_PROTOCOL_OFFSET = 9;
export const IPV4_CHECKSUM_OFFSET = 10;
export const IPV4_SOURCE_OFFSET = 12;
export const IPV4_DESTINATION_OFFSET = 16;
/** Bits of the 16-bit word at IPV4_FRAGMENT_OFFSET. */
export const IPV4_DONT_FRAGMENT = 0x4000;
export const IPV4_MORE_FRAGMENTS = 0x2000;
export const IPV4_OFFSET_MASK = 0x1fff;

/** IPv4 header (RFC 791). Total length and checksum are computed on encoding. */
export interface Ipv4Header {
  readonly dscp: number;
  readonly ecn: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** In units of 8 bytes. */
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Option bytes, padded to a multiple of 4; usually empty. */
  readonly options: Uint8Array;
}

export interface Ipv4Packet {
  readonly header: Ipv4Header;
  /** 20 .. 60. */
  readonly headerBytes: number;
  /** As the header says; larger than what is there only when reading was allowed to be cut. */
  readonly totalLength: number;
  /** A view of the bytes after the header, without what lies beyond the total length. */
  readonly payload: Uint8Array;
  readonly checksumOk: boolean;
}

/** Decodes one packet; bytes beyond its total length are trimmed. `base` is added to error offsets. */
export function decodeIpv4(bytes: Uint8Array, base = 0): Decoded<Ipv4Packet> {
  return decoded(() => readIpv4(new Reader(bytes, base)));
}

/**
 * Reads one packet and leaves `reader` behind its total length. Throws WireFault. With `cut`, a total length
 * beyond the bytes is accepted: quoted and snapped packets end early by design.
 */
export function readIpv4(reader: Reader, cut = false): Ipv4Packet {
  const { bytes, offset } = reader;
  const start = reader.position;
  const first = reader.u8('ipv4.version');
  if (first >>> 4 !== 4) reader.fail('bad-version', 'ipv4.version', offset);
  const headerBytes = (first & 15) * 4;
  if (headerBytes < IPV4_HEADER_BYTES) reader.fail('bad-length', 'ipv4.ihl', offset);
  const tos = reader.u8('ipv4.tos');
  const totalLength = reader.u16('ipv4.total-length');
  const identification = reader.u16('ipv4.identification');
  const fragment = reader.u16('ipv4.fragment');
  const ttl = reader.u8('ipv4.ttl');
  const protocol = reader.u8('ipv4.protocol');
  reader.u16('ipv4.checksum');
  const source = ipFromBytes(reader.take(4, 'ipv4.source'));
  const destination = ipFromBytes(reader.take(4, 'ipv4.destination'));
  const options = reader.take(headerBytes - IPV4_HEADER_BYTES, 'ipv4.options');
  if (totalLength < headerBytes) {
    reader.fail('bad-length', 'ipv4.total-length', offset + IPV4_TOTAL_LENGTH_OFFSET);
  }
  const wanted = totalLength - headerBytes;
  const payload = reader.take(cut ? Math.min(wanted, reader.remaining) : wanted, 'ipv4.payload');
  return {
    header: {
      dscp: tos >>> 2,
      ecn: tos & 3,
      identification,
      dontFragment: (fragment & IPV4_DONT_FRAGMENT) !== 0,
      moreFragments: (fragment & IPV4_MORE_FRAGMENTS) !== 0,
      fragmentOffset: fragment & IPV4_OFFSET_MASK,
      ttl,
      protocol,
      source,
      destination,
      options,
    },
    headerBytes,
    totalLength,
    payload,
    checksumOk: sumWords(bytes.subarray(start, start + headerBytes)) === 0xffff,
  };
}

/** A whole packet with computed total length and checksum, owned by the caller. */
export function encodeIpv4(header: Ipv4Header, payload: Uint8Array): Uint8Array {
  const headerBytes = IPV4_HEADER_BYTES + header.options.length;
  const bytes = new Uint8Array(headerBytes + payload.length);
  const fragment =
    (header.dontFragment ? IPV4_DONT_FRAGMENT : 0) |
    (header.moreFragments ? IPV4_MORE_FRAGMENTS : 0) |
    (header.fragmentOffset & IPV4_OFFSET_MASK);
  bytes[0] = 0x40 | (headerBytes >>> 2);
  bytes[IPV4_TOS_OFFSET] = (header.dscp << 2) | (header.ecn & 3);
  putU16(bytes, IPV4_TOTAL_LENGTH_OFFSET, bytes.length);
  putU16(bytes, IPV4_IDENTIFICATION_OFFSET, header.identification);
  putU16(bytes, IPV4_FRAGMENT_OFFSET, fragment);
  bytes[IPV4_TTL_OFFSET] = header.ttl;
  bytes[IPV4_PROTOCOL_OFFSET] = header.protocol;
  bytes.set(ipToBytes(header.source), IPV4_SOURCE_OFFSET);
  bytes.set(ipToBytes(header.destination), IPV4_DESTINATION_OFFSET);
  bytes.set(header.options, IPV4_HEADER_BYTES);
  putU16(bytes, IPV4_CHECKSUM_OFFSET, checksum(bytes.subarray(0, headerBytes)));
  bytes.set(payload, headerBytes);
  return bytes;
}

/** Name of an IP protocol number: `UDP`, `protocol 99`. */
export function describeProtocol(protocol: number): string {
  switch (protocol) {
    case PROTOCOL_ICMP:
      return 'ICMP';
    case PROTOCOL_TCP:
      return 'TCP';
    case PROTOCOL_UDP:
      return 'UDP';
    case PROTOCOL_ICMPV6:
      return 'ICMPv6';
    default:
      return `protocol ${protocol}`;
  }
}

function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
