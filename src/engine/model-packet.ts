/**
 * Packets as the Model sees them: header fields read one by one, new headers written one by one. Independent of the
 * codecs in wire/ and of the engine, so that neither can share a mistake with it.
 */
import { sumWords } from '../base/checksum.ts';
import { ipFromBytes, ipToBytes, isAny, isMulticast, type Family, type IpAddress } from '../base/ip.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  REASON_BAD_CHECKSUM,
  REASON_BAD_HEADER,
  REASON_BAD_VERSION,
  REASON_TRUNCATED,
} from '../../assembly/layout.ts';
import { hasChecksum, type Marking } from './marking.ts';

export const UDP = 17;
const TCP = 6;
const SCTP = 132;
export const LISP_DATA_PORT = 4341;
export const UDP_BYTES = 8;
export const LISP_BYTES = 8;

/** Bytes that encapsulation adds: IP, UDP and LISP headers (RFC 9300 §7.1). */
export function overhead(outerFamily: Family): 36 | 56 {
  return outerFamily === 4 ? 36 : 56;
}

/** A packet whose header has been checked. */
export interface Packet {
  /** Header and payload; bytes beyond the total length are trimmed. Never written to. */
  readonly bytes: Uint8Array;
  readonly family: Family;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** TTL or hop limit. */
  readonly ttl: number;
  /** DSCP (6 bits) and ECN (2 bits): TOS or Traffic Class. */
  readonly tos: number;
  /** IPv4 protocol, or the first next header of IPv6. */
  readonly protocol: number;
  /** With options; for IPv6 always 40. */
  readonly headerBytes: number;
  /** An IPv4 fragment, the first one included. (A fragment of IPv6 has next header 44 and needs no test.) */
  readonly isFragment: boolean;
}

/** Checks a header and reads it. The error is a REASON_ code. */
export function parsePacket(received: Uint8Array): Result<Packet, number> {
  if (received.length < 1) return err(REASON_TRUNCATED);
  const version = received[0]! >>> 4;
  if (version === 4) return parseIpv4(received);
  if (version === 6) return parseIpv6(received);
  return err(REASON_BAD_VERSION);
}

function parseIpv4(received: Uint8Array): Result<Packet, number> {
  if (received.length < 20) return err(REASON_TRUNCATED);
  const headerBytes = (received[0]! & 15) * 4;
  const totalLength = u16(received, 2);
  if (headerBytes < 20 || totalLength < headerBytes) return err(REASON_BAD_HEADER);
  if (totalLength > received.length) return err(REASON_TRUNCATED);
  if (sumWords(received.subarray(0, headerBytes)) !== 0xffff) return err(REASON_BAD_CHECKSUM);
  return ok({
    bytes: received.subarray(0, totalLength),
    family: 4,
    source: ipFromBytes(received.subarray(12, 16)),
    destination: ipFromBytes(received.subarray(16, 20)),
    ttl: received[8]!,
    tos: received[1]!,
    protocol: received[9]!,
    headerBytes,
    // MF, or a fragment offset (RFC 791 §3.1).
    isFragment: (u16(received, 6) & 0x3fff) !== 0,
  });
}

function parseIpv6(received: Uint8Array): Result<Packet, number> {
  if (received.length < 40) return err(REASON_TRUNCATED);
  const totalLength = 40 + u16(received, 4);
  if (totalLength > received.length) return err(REASON_TRUNCATED);
  return ok({
    bytes: received.subarray(0, totalLength),
    family: 6,
    source: ipFromBytes(received.subarray(8, 24)),
    destination: ipFromBytes(received.subarray(24, 40)),
    ttl: received[7]!,
    tos: (u16(received, 0) >>> 4) & 0xff,
    protocol: received[6]!,
    headerBytes: 40,
    isFragment: false,
  });
}

/** What may be neither source nor destination of a forwarded packet. */
export function isNotUnicast(address: IpAddress): boolean {
  const isBroadcast = address.family === 4 && address.w0 === 0xffff_ffff;
  return isMulticast(address) || isBroadcast || isAny(address);
}

/** What follows the IP header. */
export function payloadOf(packet: Packet): Uint8Array {
  return packet.bytes.subarray(packet.headerBytes);
}

/** UDP destination port; undefined when the packet is not UDP, is a fragment, or ends before the port. */
export function udpDestinationPort(packet: Packet): number | undefined {
  const payload = payloadOf(packet);
  if (packet.protocol !== UDP || packet.isFragment || payload.length < 4) return undefined;
  return u16(payload, 2);
}

/** Whether a UDP datagram's non-zero checksum is right: RFC 768 and RFC 8200 §8.1 pseudo-headers add up alike. */
export function isUdpChecksumRight(packet: Packet, datagram: Uint8Array): boolean {
  const addresses = sumWords(ipToBytes(packet.destination), sumWords(ipToBytes(packet.source)));
  return sumWords(datagram, addresses + UDP + datagram.length) === 0xffff;
}

/** The packet with another TTL and TOS, its IPv4 checksum made right; the packet itself when nothing differs. */
export function withTtlAndTos(packet: Packet, ttl: number, tos: number): Packet {
  if (ttl === packet.ttl && tos === packet.tos) return packet;
  // Not slice(): a Buffer's does not copy.
  const bytes = new Uint8Array(packet.bytes);
  if (packet.family === 4) {
    bytes[1] = tos;
    bytes[8] = ttl;
    putHeaderChecksum(bytes, packet.headerBytes);
  } else {
    bytes[0] = 0x60 | (tos >>> 4);
    bytes[1] = ((tos & 15) << 4) | (bytes[1]! & 15);
    bytes[7] = ttl;
  }
  return { ...packet, bytes, ttl, tos };
}

/** What the outer headers of an encapsulated packet say; the rest follows from the inner packet. */
export interface Envelope {
  readonly source: IpAddress;
  /** Same family as `source`. */
  readonly destination: IpAddress;
  readonly sourcePort: number;
  /** 24 bits; 0 sends I=0. */
  readonly instanceId: number;
  /** What else the LISP header says; nothing in the public profile. */
  readonly marking: Marking;
}

/**
 * `inner` behind IP, UDP and LISP headers (RFC 9300 §5): TTL, DSCP and ECN copied, DF=1; UDP checksum 0 and N=L=E=V=0
 * unless the marking says otherwise.
 */
export function encapsulated(inner: Packet, envelope: Envelope): Uint8Array {
  const { source, destination } = envelope;
  const ipBytes = source.family === 4 ? 20 : 40;
  const udpLength = UDP_BYTES + LISP_BYTES + inner.bytes.length;
  const bytes = new Uint8Array(ipBytes + udpLength);
  if (source.family === 4) {
    bytes[0] = 0x45;
    bytes[1] = inner.tos;
    putU16(bytes, 2, bytes.length);
    putU16(bytes, 6, 0x4000); // DF
    bytes[8] = inner.ttl;
    bytes[9] = UDP;
    bytes.set(ipToBytes(source), 12);
    bytes.set(ipToBytes(destination), 16);
    putHeaderChecksum(bytes, 20);
  } else {
    putU16(bytes, 0, 0x6000 | (inner.tos << 4));
    putU16(bytes, 4, udpLength);
    bytes[6] = UDP;
    bytes[7] = inner.ttl;
    bytes.set(ipToBytes(source), 8);
    bytes.set(ipToBytes(destination), 24);
  }
  const udp = ipBytes;
  putU16(bytes, udp, envelope.sourcePort);
  putU16(bytes, udp + 2, LISP_DATA_PORT);
  putU16(bytes, udp + 4, udpLength);
  const lisp = udp + UDP_BYTES;
  putLispHeader(bytes.subarray(lisp), envelope, inner.family);
  bytes.set(inner.bytes, lisp + LISP_BYTES);
  if (hasChecksum(envelope.marking)) putUdpChecksum(bytes.subarray(udp), envelope);
  return bytes;
}

/** RFC 9300 §5.3: what the first word's low 24 bits are depends on the flags; RFC 9305 §3 for P. */
function putLispHeader(lisp: Uint8Array, { instanceId, marking }: Envelope, innerFamily: Family): void {
  const { nonce, echo, versions, locatorStatusBits, gpe } = marking;
  let flags = 0;
  if (gpe === true) {
    flags |= 0x04; // P
    lisp[3] = innerFamily === 4 ? 1 : 2;
  } else if (nonce !== undefined) {
    flags |= echo === true ? 0x80 | 0x20 : 0x80; // N, E
    lisp[1] = nonce >>> 16;
    putU16(lisp, 2, nonce & 0xffff);
  } else if (versions !== undefined) {
    flags |= 0x10; // V
    lisp[1] = versions.source >>> 4;
    lisp[2] = ((versions.source & 15) << 4) | (versions.destination >>> 8);
    lisp[3] = versions.destination & 0xff;
  }
  if (locatorStatusBits !== undefined) {
    flags |= 0x40; // L
    putU16(lisp, 4, locatorStatusBits >>> 16);
    putU16(lisp, 6, locatorStatusBits & 0xffff);
  }
  if (instanceId !== 0) {
    flags |= 0x08; // I: 24 bits of the second word, and 8 LSBs remain
    putU16(lisp, 4, instanceId >>> 8);
    lisp[6] = instanceId;
  }
  lisp[0] = flags;
}

/** RFC 768: the field was 0 until now, and 0 is sent as 0xffff. */
function putUdpChecksum(datagram: Uint8Array, { source, destination }: Envelope): void {
  const addresses = sumWords(ipToBytes(destination), sumWords(ipToBytes(source)));
  const checksum = ~sumWords(datagram, addresses + UDP + datagram.length) & 0xffff;
  putU16(datagram, 6, checksum === 0 ? 0xffff : checksum);
}

/**
 * Hash of what makes a flow: addresses, protocol and, for whole TCP, UDP and SCTP packets, the ports (RFC 9300 §9,
 * §12). Chooses the locator and the outer source port.
 */
export function flowHash(packet: Packet): number {
  const words = packet.family === 4 ? 1 : 4;
  const wordsOf = ({ w0, w1, w2, w3 }: IpAddress): number[] => [w0, w1, w2, w3].slice(0, words);
  const payload = payloadOf(packet);
  const hasPorts = [TCP, UDP, SCTP].includes(packet.protocol) && !packet.isFragment && payload.length >= 4;
  const ports = hasPorts ? u16(payload, 0) * 0x10000 + u16(payload, 2) : 0;
  return murmur3([...wordsOf(packet.source), ...wordsOf(packet.destination), ports, packet.protocol]);
}

/** MurmurHash3 x86 32 (Austin Appleby) over u32 words, seed 0. */
export function murmur3(words: readonly number[]): number {
  let h = 0;
  for (const word of words) {
    const k = Math.imul(rotateLeft(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
    h = (Math.imul(rotateLeft(h ^ k, 13), 5) + 0xe6546b64) | 0;
  }
  h ^= 4 * words.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

function putHeaderChecksum(bytes: Uint8Array, headerBytes: number): void {
  putU16(bytes, 10, 0);
  putU16(bytes, 10, ~sumWords(bytes.subarray(0, headerBytes)) & 0xffff);
}
