/** The headers of a TCP or UDP packet, read one after the other: what the model of the offloads stands on. */
import { fold, sumWords } from '../base/checksum.ts';
import type { OffloadFault } from './offloads.ts';

export const TCP = 6;
export const UDP = 17;
export const DF = 0x4000;

/** As much as could be read of a packet; `fault` says why the rest could not. */
export interface Headers {
  /** 0 when there are no addresses to be read. */
  readonly family: 0 | 4 | 6;
  /** TCP or UDP; 0 when there are no ports to be read. */
  readonly protocol: number;
  /** Where the TCP or UDP header begins. */
  readonly transport: number;
  /** Where the payload begins. */
  readonly end: number;
  readonly fault?: OffloadFault;
}

export function get16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value >>> 8) & 0xff;
  bytes[at + 1] = value & 0xff;
}

export function get32(bytes: Uint8Array, at: number): number {
  return get16(bytes, at) * 0x1_0000 + get16(bytes, at + 2);
}

export function put32(bytes: Uint8Array, at: number, value: number): void {
  put16(bytes, at, Math.floor(value / 0x1_0000) & 0xffff);
  put16(bytes, at + 2, value & 0xffff);
}

export function readHeaders(packet: Uint8Array): Headers {
  const none = { family: 0, protocol: 0, transport: 0, end: 0 } as const;
  if (packet.length === 0) return { ...none, fault: 'truncated' };
  const version = packet[0]! >> 4;
  if (version !== 4 && version !== 6) return { ...none, fault: 'bad-header' };
  if (packet.length < (version === 4 ? 20 : 40)) return { ...none, fault: 'truncated' };
  return version === 4 ? readIpv4(packet) : readIpv6(packet);
}

function readIpv4(packet: Uint8Array): Headers {
  const some = { family: 4, protocol: 0, transport: 0, end: 0 } as const;
  const header = (packet[0]! & 15) * 4;
  if (header < 20) return { ...some, fault: 'bad-header' };
  if (get16(packet, 2) !== packet.length || header > packet.length) return { ...some, fault: 'bad-length' };
  const moreFragmentsOrOffset = get16(packet, 6) & 0x3fff;
  if (moreFragmentsOrOffset !== 0) return { ...some, fault: 'fragment' };
  return readTransport(packet, 4, header, packet[9]!);
}

function readIpv6(packet: Uint8Array): Headers {
  const some = { family: 6, protocol: 0, transport: 0, end: 0 } as const;
  if (40 + get16(packet, 4) !== packet.length) return { ...some, fault: 'bad-length' };
  let next = packet[6]!;
  let at = 40;
  while ([0, 43, 60].includes(next)) {
    if (at + 8 > packet.length) return { ...some, fault: 'truncated' };
    next = packet[at]!;
    at += (packet[at + 1]! + 1) * 8;
  }
  if (at > packet.length) return { ...some, fault: 'truncated' };
  if (next === 44) return { ...some, fault: 'fragment' };
  return readTransport(packet, 6, at, next);
}

function readTransport(packet: Uint8Array, family: 4 | 6, at: number, protocol: number): Headers {
  const some = { family, protocol: 0, transport: 0, end: 0 } as const;
  if (protocol !== TCP && protocol !== UDP) return { ...some, fault: 'bad-protocol' };
  if (at + (protocol === TCP ? 20 : 8) > packet.length) return { ...some, fault: 'truncated' };
  if (at > 0xff00) return { ...some, fault: 'bad-header' };
  const whole = { family, protocol, transport: at };
  if (protocol === UDP) {
    const isRight = get16(packet, at + 4) === packet.length - at;
    return { ...whole, end: at + 8, ...(isRight ? {} : { fault: 'bad-length' as const }) };
  }
  const header = (packet[at + 12]! >> 4) * 4;
  if (header < 20) return { ...whole, end: 0, fault: 'bad-header' };
  if (at + header > packet.length) return { ...whole, end: 0, fault: 'truncated' };
  return { ...whole, end: at + header };
}

/** Where the checksum of the TCP or UDP header lies in it. */
export function checksumAt(protocol: number): number {
  return protocol === TCP ? 16 : 6;
}

/** Sum of the addresses, the protocol and the bytes from the TCP or UDP header on. */
export function pseudoSum(packet: Uint8Array, { family, protocol, transport }: Headers): number {
  const addresses = family === 4 ? packet.subarray(12, 20) : packet.subarray(8, 40);
  return fold(sumWords(addresses) + protocol + (packet.length - transport));
}

/** Writes the length of the packet into its IP header, and the header checksum of IPv4. */
export function putLength(packet: Uint8Array, { family, transport }: Headers): void {
  if (family === 6) {
    put16(packet, 4, packet.length - 40);
    return;
  }
  put16(packet, 2, packet.length);
  put16(packet, 10, 0);
  put16(packet, 10, ~sumWords(packet.subarray(0, transport)));
}

/** Writes the TCP or UDP checksum, given the sum of the pseudo-header. */
export function putChecksum(packet: Uint8Array, { protocol, transport }: Headers, pseudo: number): void {
  const at = transport + checksumAt(protocol);
  put16(packet, at, 0);
  const sum = ~sumWords(packet.subarray(transport), pseudo) & 0xffff;
  put16(packet, at, sum === 0 && protocol === UDP ? 0xffff : sum);
}

export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
