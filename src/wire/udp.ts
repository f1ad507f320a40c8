import { Reader } from '../base/bytes.ts';
import { checksum, fold, sumWords } from '../base/checksum.ts';
import { ipToBytes, type IpAddress } from '../base/ip.ts';
import { decoded, type Decoded } from './error.ts';
import { encodeIp, type IpFields } from './ip-packet.ts';
import { PROTOCOL_UDP } from './ipv4.ts';

/*
 *  0                   1                   2                   3             RFC 768
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |          Source Port          |        Destination Port       |
 * +-------------------------------+-------------------------------+
 * |      Length (with header)     |            Checksum           |
 * +-------------------------------+-------------------------------+
 */
export const UDP_HEADER_BYTES = 8;
export const UDP_LENGTH_OFFSET = 4;
export const UDP_CHECKSUM_OFFSET = 6;

/** The addresses that enter the pseudo-header: any IpPacket will do. */
export interface AddressPair {
  readonly source: IpAddress;
  readonly destination: IpAddress;
}

/**
 * 'zero' = the sender did not compute one; always accepted in LISP data packets (DP-05). 'unknown' = the datagram
 * was cut, so nobody can tell.
 */
export type ChecksumState = 'zero' | 'good' | 'bad' | 'unknown';

/** A decoded UDP datagram. */
export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Header and payload, as the header says. */
  readonly length: number;
  /** The field as received. */
  readonly checksumField: number;
  readonly checksum: ChecksumState;
  /** A view, trimmed to the length. */
  readonly payload: Uint8Array;
}

/** Decodes the payload of an IP packet; bytes beyond the UDP length are trimmed. */
export function decodeUdp(bytes: Uint8Array, addresses: AddressPair, base = 0): Decoded<UdpDatagram> {
  return decoded(() => readUdp(new Reader(bytes, base), addresses));
}

/**
 * Reads one datagram and leaves `reader` behind it. Throws WireFault. With `cut`, a length beyond the bytes is
 * accepted (quoted and snapped packets).
 */
export function readUdp(reader: Reader, addresses: AddressPair, cut = false): UdpDatagram {
  const { bytes, offset } = reader;
  const start = reader.position;
  const sourcePort = reader.u16('udp.source-port');
  const destinationPort = reader.u16('udp.destination-port');
  const length = reader.u16('udp.length');
  const checksumField = reader.u16('udp.checksum');
  if (length < UDP_HEADER_BYTES) reader.fail('bad-length', 'udp.length', offset + UDP_LENGTH_OFFSET);
  const wanted = length - UDP_HEADER_BYTES;
  const payload = reader.take(cut ? Math.min(wanted, reader.remaining) : wanted, 'udp.payload');
  const datagram = bytes.subarray(start, start + length);
  const isGood = sumWords(datagram, pseudoHeaderSum(addresses, PROTOCOL_UDP, length)) === 0xffff;
  const verified = payload.length < wanted ? 'unknown' : isGood ? 'good' : 'bad';
  return {
    sourcePort,
    destinationPort,
    length,
    checksumField,
    checksum: checksumField === 0 ? 'zero' : verified,
    payload,
  };
}

export interface UdpFields extends AddressPair {
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** Header and payload, owned by the caller. A computed checksum of 0 is sent as 0xffff (RFC 768). */
export function encodeUdp(
  fields: UdpFields,
  payload: Uint8Array,
  options: { readonly checksum: 'compute' | 'zero' },
): Uint8Array {
  const bytes = new Uint8Array(UDP_HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, fields.sourcePort);
  view.setUint16(2, fields.destinationPort);
  view.setUint16(UDP_LENGTH_OFFSET, bytes.length);
  bytes.set(payload, UDP_HEADER_BYTES);
  if (options.checksum === 'compute') {
    const sum = checksum(bytes, pseudoHeaderSum(fields, PROTOCOL_UDP, bytes.length));
    view.setUint16(UDP_CHECKSUM_OFFSET, sum === 0 ? 0xffff : sum);
  }
  return bytes;
}

/** A whole IP packet to build: IP fields without the protocol, ports, and what to do about the UDP checksum. */
export interface UdpPacketFields extends Omit<IpFields, 'protocol'>, UdpFields {
  readonly checksum: 'compute' | 'zero';
}

/** IP, UDP and `payload` in one packet owned by the caller. */
export function buildUdpPacket(fields: UdpPacketFields, payload: Uint8Array): Uint8Array {
  return encodeIp({ ...fields, protocol: PROTOCOL_UDP }, encodeUdp(fields, payload, fields));
}

/** Sum of the pseudo-header words of RFC 768 (IPv4) and RFC 8200 §8.1 (IPv6): they add up alike. */
export function pseudoHeaderSum(
  { source, destination }: AddressPair,
  protocol: number,
  length: number,
): number {
  const addresses = sumWords(ipToBytes(destination), sumWords(ipToBytes(source)));
  return fold(addresses + protocol + (length >>> 16) + (length & 0xffff));
}
