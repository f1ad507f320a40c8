/** IP without the family in the way: what roles, router and simulator read, build and change. */
import { assert } from '../base/assert.ts';
import { Reader } from '../base/bytes.ts';
import { updateChecksum } from '../base/checksum.ts';
import type { Family, IpAddress } from '../base/ip.ts';
import { decoded, type Decoded } from './error.ts';
import { encodeIpv4, IPV4_CHECKSUM_OFFSET, IPV4_TTL_OFFSET, readIpv4 } from './ipv4.ts';
import { encodeIpv6, IPV6_HEADER_BYTES, IPV6_HOP_LIMIT_OFFSET, readIpv6, transportOf } from './ipv6.ts';

/** A decoded packet of either family. */
export interface IpPacket {
  readonly family: Family;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL or hop limit. */
  readonly ttl: number;
  readonly dscp: number;
  readonly ecn: number;
  /** Upper-layer protocol: the one after the extension headers of IPv6. */
  readonly protocol: number;
  /** Bytes before `payload`: with options, with extension headers. */
  readonly headerBytes: number;
  /** Header and payload, as the header says. */
  readonly totalLength: number;
  /** Always true for IPv6: routers do not fragment it. */
  readonly dontFragment: boolean;
  /** 16 bits; for IPv6 the 32 bits of its fragment header, 0 without one. */
  readonly identification: number;
  /** 20 bits; 0 for IPv4. */
  readonly flowLabel: number;
  readonly moreFragments: boolean;
  /** In units of 8 bytes. */
  readonly fragmentOffset: number;
  /** Header checksum; always true for IPv6. */
  readonly checksumOk: boolean;
  /** A view of the bytes after the headers, trimmed to the total length. */
  readonly payload: Uint8Array;
}

/** What a packet to be built says. Missing numbers are 0. */
export interface IpFields {
  readonly source: IpAddress;
  /** Same family as `source`. */
  readonly destination: IpAddress;
  readonly ttl: number;
  readonly protocol: number;
  readonly dscp?: number;
  readonly ecn?: number;
  /** IPv4 only; default false. */
  readonly dontFragment?: boolean;
  /** IPv4 only. */
  readonly identification?: number;
  /** IPv6 only. */
  readonly flowLabel?: number;
}

/** Decodes one packet of either family; bytes beyond its total length are trimmed. */
export function decodeIp(bytes: Uint8Array, base = 0): Decoded<IpPacket> {
  return decoded(() => readIp(new Reader(bytes, base)));
}

/** Reads one packet and leaves `reader` behind it; `cut` as for readIpv4. Throws WireFault. */
export function readIp(reader: Reader, cut = false): IpPacket {
  const { offset } = reader;
  const first = reader.bytes[reader.position];
  if (first === undefined) return reader.fail('truncated', 'ip.version');
  if (first >>> 4 === 4) return readFamily4(reader, cut);
  if (first >>> 4 === 6) return readFamily6(reader, cut, offset);
  return reader.fail('bad-version', 'ip.version');
}

function readFamily4(reader: Reader, cut: boolean): IpPacket {
  const { header, headerBytes, totalLength, payload, checksumOk } = readIpv4(reader, cut);
  const { source, destination, ttl, dscp, ecn, protocol, dontFragment, identification } = header;
  return {
    family: 4,
    source,
    destination,
    ttl,
    dscp,
    ecn,
    protocol,
    headerBytes,
    totalLength,
    dontFragment,
    identification,
    flowLabel: 0,
    moreFragments: header.moreFragments,
    fragmentOffset: header.fragmentOffset,
    checksumOk,
    payload,
  };
}

function readFamily6(reader: Reader, cut: boolean, offset: number): IpPacket {
  const { header, totalLength, payload } = readIpv6(reader, cut);
  const { protocol, extensionBytes, fragment } = transportOf(
    header.nextHeader,
    payload,
    offset + IPV6_HEADER_BYTES,
  );
  return {
    family: 6,
    source: header.source,
    destination: header.destination,
    ttl: header.hopLimit,
    dscp: header.dscp,
    ecn: header.ecn,
    protocol,
    headerBytes: IPV6_HEADER_BYTES + extensionBytes,
    totalLength,
    dontFragment: true,
    identification: fragment?.identification ?? 0,
    flowLabel: header.flowLabel,
    moreFragments: fragment?.more ?? false,
    fragmentOffset: fragment?.offset ?? 0,
    checksumOk: true,
    payload: payload.subarray(extensionBytes),
  };
}

/**
 * A whole packet without options or extension headers, owned by the caller, who sees to it that it fits 65,535 bytes.
 * Throws on addresses of two families.
 */
export function encodeIp(fields: IpFields, payload: Uint8Array): Uint8Array {
  const { source, destination, ttl, protocol, dscp = 0, ecn = 0 } = fields;
  assert(source.family === destination.family, 'source and destination are of one family');
  if (source.family === 6) {
    const { flowLabel = 0 } = fields;
    return encodeIpv6(
      { dscp, ecn, flowLabel, nextHeader: protocol, hopLimit: ttl, source, destination },
      payload,
    );
  }
  const { dontFragment = false, identification = 0 } = fields;
  return encodeIpv4(
    {
      dscp,
      ecn,
      identification,
      dontFragment,
      moreFragments: false,
      fragmentOffset: 0,
      ttl,
      protocol,
      source,
      destination,
      options: new Uint8Array(0),
    },
    payload,
  );
}

/** True for every fragment of a larger packet, the first one included. */
export function isFragment(ip: Pick<IpPacket, 'moreFragments' | 'fragmentOffset'>): boolean {
  return ip.moreFragments || ip.fragmentOffset > 0;
}

/**
 * Lowers TTL or hop limit by one in place and mends the IPv4 checksum (RFC 1624). Returns the new value.
 * `packet` holds a valid header with a TTL above 0.
 */
export function decrementTtl(packet: Uint8Array): number {
  if (packet[0]! >>> 4 === 6) return --packet[IPV6_HOP_LIMIT_OFFSET]!;
  const before = u16At(packet, IPV4_TTL_OFFSET);
  const ttl = --packet[IPV4_TTL_OFFSET]!;
  const after = updateChecksum(u16At(packet, IPV4_CHECKSUM_OFFSET), before, u16At(packet, IPV4_TTL_OFFSET));
  packet[IPV4_CHECKSUM_OFFSET] = after >>> 8;
  packet[IPV4_CHECKSUM_OFFSET + 1] = after;
  return ttl;
}

function u16At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
