/**
 * The IP and UDP headers inside an ECM (RFC 9301 §5.8). They are computed on encoding and verified on decoding: both
 * the IPv4 header checksum and the UDP checksum must be right, and the latter must be present (CP-01, CP-35).
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       IPv4 or IPv6 Header                     |
 * |                  (uses RLOC or EID addresses)                 |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |       Source Port = xxxx      |       Dest Port = yyyy        |
 * |           UDP Length          |        UDP Checksum           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
import { assert } from '../base/assert.ts';
import { Reader, type Writer } from '../base/bytes.ts';
import type { IpAddress } from '../base/ip.ts';
import { formatIp } from '../base/ip-text.ts';
import { isFragment, readIp } from './ip-packet.ts';
import {
  IPV4_CHECKSUM_OFFSET,
  IPV4_FRAGMENT_OFFSET,
  IPV4_HEADER_BYTES,
  IPV4_PROTOCOL_OFFSET,
  PROTOCOL_UDP,
} from './ipv4.ts';
import { IPV6_HEADER_BYTES, IPV6_NEXT_HEADER_OFFSET } from './ipv6.ts';
import { DATA_PORT } from './lisp-data.ts';
import { buildUdpPacket, readUdp, UDP_CHECKSUM_OFFSET, UDP_HEADER_BYTES } from './udp.ts';

/** The largest payload that IPv4 and UDP headers leave room for. */
const MAX_PAYLOAD_BYTES = 0xffff - IPV4_HEADER_BYTES - UDP_HEADER_BYTES;

/** What an ECM's inner headers say. Lengths and checksums are computed on encoding and verified on decoding. */
export interface InnerHeaders {
  readonly source: IpAddress;
  /** The requested EID for a Map-Request. Of the family of `source`. */
  readonly destination: IpAddress;
  readonly ttl: number;
  /** Neither port may be 4341 (CP-35). */
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/**
 * Reads both headers; `payload` is what UDP carries, and bytes after the IP packet are ignored. IPv4 options, IPv6
 * extension headers, DSCP and identification are not kept. Faults: bad-version, bad-length, bad-checksum, truncated,
 * and bad-value for a fragment, another protocol or port 4341.
 */
export function decodeInnerHeaders(r: Reader): { inner: InnerHeaders; payload: Reader } {
  const ipOffset = r.offset;
  const ip = readIp(r);
  const is4 = ip.family === 4;
  if (!ip.checksumOk) r.fail('bad-checksum', 'inner ip checksum', ipOffset + IPV4_CHECKSUM_OFFSET);
  if (isFragment(ip)) r.fail('bad-value', 'inner ip fragment', ipOffset + (is4 ? IPV4_FRAGMENT_OFFSET : 0));
  if (ip.protocol !== PROTOCOL_UDP) {
    const offset = is4 ? IPV4_PROTOCOL_OFFSET : IPV6_NEXT_HEADER_OFFSET;
    r.fail('bad-value', 'inner ip protocol', ipOffset + offset);
  }
  const udpOffset = ipOffset + ip.headerBytes;
  const udp = readUdp(new Reader(ip.payload, udpOffset), ip);
  if (udp.checksum !== 'good') r.fail('bad-checksum', 'inner udp checksum', udpOffset + UDP_CHECKSUM_OFFSET);
  if (udp.sourcePort === DATA_PORT) r.fail('bad-value', 'inner source port', udpOffset);
  if (udp.destinationPort === DATA_PORT) r.fail('bad-value', 'inner destination port', udpOffset + 2);
  const { source, destination, ttl } = ip;
  const { sourcePort, destinationPort } = udp;
  return {
    inner: { source, destination, ttl, sourcePort, destinationPort },
    payload: new Reader(udp.payload, udpOffset + UDP_HEADER_BYTES),
  };
}

/** Writes both headers and the payload. */
export function encodeInnerHeaders(w: Writer, x: InnerHeaders, payload: Uint8Array): void {
  assert(x.sourcePort !== DATA_PORT && x.destinationPort !== DATA_PORT, 'no port 4341 inside an ECM');
  assert(payload.length <= MAX_PAYLOAD_BYTES, 'the inner message exceeds one IP packet');
  w.bytes(buildUdpPacket({ ...x, checksum: 'compute' }, payload));
}

export function innerHeadersBytes(x: InnerHeaders): number {
  return (x.source.family === 4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES) + UDP_HEADER_BYTES;
}

export function describeInnerHeaders(x: InnerHeaders): string {
  return `${formatIp(x.source)}:${x.sourcePort} > ${formatIp(x.destination)}:${x.destinationPort} ttl ${x.ttl}`;
}
