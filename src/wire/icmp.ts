import { assert } from '../base/assert.ts';
import { Reader, Writer } from '../base/bytes.ts';
import { checksum, sumWords } from '../base/checksum.ts';
import type { Family } from '../base/ip.ts';
import { decoded, type Decoded } from './error.ts';
import { encodeIp, type IpFields } from './ip-packet.ts';
import { IPV4_HEADER_BYTES, PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from './ipv4.ts';
import { IPV6_HEADER_BYTES } from './ipv6.ts';
import { pseudoHeaderSum, type AddressPair } from './udp.ts';

/*
 *  0                   1                   2                   3     RFC 792, RFC 4443 §2.1
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |      Type     |      Code     |            Checksum           |
 * +---------------+---------------+-------------------------------+
 * |  Identifier + Sequence  ·  unused + MTU (RFC 1191)  ·  MTU    |
 * +---------------------------------------------------------------+
 * |               Echo data, or the packet in error               |
 * +---------------------------------------------------------------+
 */
export const ICMP_HEADER_BYTES = 8;
export const ICMP_CHECKSUM_OFFSET = 2;

/** ICMPv4 unreachable codes (RFC 792, RFC 1812 §5.2.7.1). */
export const UNREACHABLE_NET = 0;
export const UNREACHABLE_HOST = 1;
export const UNREACHABLE_PORT = 3;
export const FRAGMENTATION_NEEDED = 4;
export const UNREACHABLE_PROHIBITED = 13;
/** ICMPv6 unreachable codes (RFC 4443 §3.1). */
export const UNREACHABLE6_NO_ROUTE = 0;
export const UNREACHABLE6_PROHIBITED = 1;
export const UNREACHABLE6_ADDRESS = 3;
export const UNREACHABLE6_PORT = 4;

/** Sizes an ICMP error may have, IP header included: RFC 1812 §4.3.2.3, RFC 4443 §3.1. */
const ERROR_BYTES_V4 = 576;
const ERROR_BYTES_V6 = 1280;

/** ICMP of both families. `quote` is the start of the packet in error. */
export type IcmpMessage =
  | {
      readonly type: 'echo-request' | 'echo-reply';
      readonly identifier: number;
      readonly sequence: number;
      readonly data: Uint8Array;
    }
  | {
      readonly type: 'unreachable';
      readonly code: number;
      /** Next-hop MTU (RFC 1191); 0 unless ICMPv4 code 4. */
      readonly mtu: number;
      /** The unused word when it is not zero (RFC 4884 puts lengths there), without the MTU. */
      readonly unused?: number;
      readonly quote: Uint8Array;
    }
  | {
      readonly type: 'time-exceeded';
      readonly code: number;
      readonly unused?: number;
      readonly quote: Uint8Array;
    }
  /** ICMPv6 only. */
  | { readonly type: 'packet-too-big'; readonly mtu: number; readonly quote: Uint8Array }
  | {
      readonly type: 'unknown';
      readonly icmpType: number;
      readonly code: number;
      /** Everything after the checksum. */
      readonly body: Uint8Array;
    };

/** A decoded ICMP message and whether its checksum is right. */
export interface IcmpPacket {
  readonly message: IcmpMessage;
  readonly checksumOk: boolean;
}

const TYPE_NUMBERS = {
  4: { 'echo-request': 8, 'echo-reply': 0, unreachable: 3, 'time-exceeded': 11, 'packet-too-big': -1 },
  6: { 'echo-request': 128, 'echo-reply': 129, unreachable: 1, 'time-exceeded': 3, 'packet-too-big': 2 },
} as const;

/** Decodes the payload of an IP packet with protocol 1 (IPv4) or 58 (IPv6). */
export function decodeIcmp(bytes: Uint8Array, addresses: AddressPair, base = 0): Decoded<IcmpPacket> {
  return decoded(() => readIcmp(new Reader(bytes, base), addresses));
}

/** Reads to the end of `reader`; the family is that of the addresses. Throws WireFault. */
export function readIcmp(reader: Reader, addresses: AddressPair): IcmpPacket {
  const { family } = addresses.source;
  const all = reader.bytes.subarray(reader.position);
  const pseudo = family === 6 ? pseudoHeaderSum(addresses, PROTOCOL_ICMPV6, all.length) : 0;
  const icmpType = reader.u8('icmp.type');
  const code = reader.u8('icmp.code');
  reader.u16('icmp.checksum');
  return {
    message: readMessage(reader, family, icmpType, code),
    checksumOk: sumWords(all, pseudo) === 0xffff,
  };
}

function readMessage(reader: Reader, family: Family, icmpType: number, code: number): IcmpMessage {
  const numbers = TYPE_NUMBERS[family];
  if (code === 0 && (icmpType === numbers['echo-request'] || icmpType === numbers['echo-reply'])) {
    return {
      type: icmpType === numbers['echo-request'] ? 'echo-request' : 'echo-reply',
      identifier: reader.u16('icmp.identifier'),
      sequence: reader.u16('icmp.sequence'),
      data: reader.rest(),
    };
  }
  if (icmpType === numbers.unreachable) {
    const word = reader.u32('icmp.mtu');
    const mtu = carriesMtu(family, code) ? word & 0xffff : 0;
    return { type: 'unreachable', code, mtu, ...unusedWord(word - mtu), quote: reader.rest() };
  }
  if (icmpType === numbers['time-exceeded']) {
    const word = reader.u32('icmp.unused');
    return { type: 'time-exceeded', code, ...unusedWord(word), quote: reader.rest() };
  }
  if (code === 0 && icmpType === numbers['packet-too-big']) {
    return { type: 'packet-too-big', mtu: reader.u32('icmp.mtu'), quote: reader.rest() };
  }
  return { type: 'unknown', icmpType, code, body: reader.rest() };
}

/**
 * The payload of an IP packet between `addresses`, owned by the caller. Throws on 'packet-too-big' between IPv4
 * addresses, where it is unreachable code 4.
 */
export function encodeIcmp(addresses: AddressPair, message: IcmpMessage): Uint8Array {
  const { family } = addresses.source;
  const w = new Writer(ICMP_HEADER_BYTES + tailOf(message).length);
  const number = message.type === 'unknown' ? message.icmpType : TYPE_NUMBERS[family][message.type];
  assert(number >= 0, 'ICMPv4 has no packet-too-big: use unreachable, code 4');
  w.u8(number)
    .u8('code' in message ? message.code : 0)
    .u16(0);
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply':
      w.u16(message.identifier).u16(message.sequence).bytes(message.data);
      break;
    case 'unreachable': {
      const mtu = carriesMtu(family, message.code) ? message.mtu & 0xffff : 0;
      w.u32((message.unused ?? 0) + mtu).bytes(message.quote);
      break;
    }
    case 'time-exceeded':
      w.u32(message.unused ?? 0).bytes(message.quote);
      break;
    case 'packet-too-big':
      w.u32(message.mtu).bytes(message.quote);
      break;
    case 'unknown':
      w.bytes(message.body);
      break;
  }
  const pseudo = family === 6 ? pseudoHeaderSum(addresses, PROTOCOL_ICMPV6, w.length) : 0;
  w.patchU16(ICMP_CHECKSUM_OFFSET, checksum(w.view(), pseudo));
  return w.finishCopy();
}

/** IP and ICMP in one packet owned by the caller. */
export function buildIcmpPacket(fields: Omit<IpFields, 'protocol'>, message: IcmpMessage): Uint8Array {
  const protocol = fields.source.family === 4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6;
  return encodeIp({ ...fields, protocol }, encodeIcmp(fields, message));
}

/** As much of `packet` as an ICMP error may quote: a view of its start, for the error's own IP version. */
export function quoteForError(packet: Uint8Array): Uint8Array {
  const room =
    packet[0]! >>> 4 === 6
      ? ERROR_BYTES_V6 - IPV6_HEADER_BYTES - ICMP_HEADER_BYTES
      : ERROR_BYTES_V4 - IPV4_HEADER_BYTES - ICMP_HEADER_BYTES;
  return packet.subarray(0, room);
}

/** True for errors: nobody answers an ICMP error with an ICMP error (RFC 1812 §4.3.2.7, RFC 4443 §2.4). */
export function isIcmpError(family: Family, message: IcmpMessage): boolean {
  if (message.type !== 'unknown') return 'quote' in message;
  // ICMPv6: types below 128. ICMPv4: source quench, redirect, parameter problem are errors as well.
  return family === 6 ? message.icmpType < 128 : [4, 5, 12].includes(message.icmpType);
}

/** What follows the fixed header; an unknown body starts before its end, which only makes room to spare. */
function tailOf(message: IcmpMessage): Uint8Array {
  if (message.type === 'unknown') return message.body;
  return 'quote' in message ? message.quote : message.data;
}

function carriesMtu(family: Family, code: number): boolean {
  return family === 4 && code === FRAGMENTATION_NEEDED;
}

function unusedWord(word: number): { readonly unused?: number } {
  return word === 0 ? {} : { unused: word };
}
