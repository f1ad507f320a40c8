/**
 * Routing Information Protocol, version 2 (RFC 2453 §3.6, §4), over UDP port 520. A message has no count of its
 * entries: UDP's length says where it ends, so a message cut between two entries is a shorter message.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |  Command (1)  |  Version (1)  |        must be zero (2)       |
 * +---------------+---------------+-------------------------------+
 * |   Address Family ID (2)       |         Route Tag (2)         |  an entry, 1 to 25 times
 * +-------------------------------+-------------------------------+
 * |                         IP Address (4)                        |
 * +---------------------------------------------------------------+
 * |                         Subnet Mask (4)                       |
 * +---------------------------------------------------------------+
 * |                          Next Hop (4)                         |
 * +---------------------------------------------------------------+
 * |                           Metric (4)                          |
 * +---------------------------------------------------------------+
 *
 * The first entry may be one of authentication instead (RFC 2453 §4.1): Address Family ID 0xffff, type, 16 bytes.
 */
import { assert } from '../base/assert.ts';
import { Reader, toHex, Writer } from '../base/bytes.ts';
import { ipv4, prefix, wordMask, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { formatIp, formatPrefix, ip } from '../base/ip-text.ts';
import { decoded, type Decoded } from './error.ts';

export const RIP_PORT = 520;
/** Every RIPv2 router of a link (RFC 2453 §4.5). */
export const RIP_GROUP: IpAddress = ip('224.0.0.9');

export const RIP_HEADER_BYTES = 4;
export const RIP_ENTRY_BYTES = 20;
/** Entries that a message holds at most, one of authentication included (RFC 2453 §3.6). */
export const RIP_MAX_ENTRIES = 25;

export const RIP_REQUEST = 1;
export const RIP_RESPONSE = 2;
export const RIP_VERSION = 2;
/** A metric that says: not reachable (RFC 2453 §3.6). */
export const RIP_INFINITY = 16;

/** Address Family ID of a request for the whole table (RFC 2453 §3.9.1). */
export const RIP_AFI_NONE = 0;
export const RIP_AFI_IP = 2;
export const RIP_AFI_AUTHENTICATION = 0xffff;

const BODY_BYTES = 16;

/** A RIP message as it was sent, whatever its command and version. */
export interface RipMessage {
  /** RIP_REQUEST, RIP_RESPONSE or anything else, 0..255. */
  readonly command: number;
  /** 0..255. */
  readonly version: number;
  /** The two bytes that must be zero, kept. */
  readonly reserved: number;
  readonly entries: readonly RipEntry[];
}

/** One entry of a message; `kind` says which. */
export type RipEntry = RipRoute | RipAuthentication | RipUnknown;

/** A route, or with `afi` RIP_AFI_NONE the request for all of them. */
export interface RipRoute {
  readonly kind: 'route';
  /** RIP_AFI_NONE or RIP_AFI_IP. */
  readonly afi: 0 | 2;
  /** 0..65535. */
  readonly tag: number;
  readonly address: IpAddress;
  /** As it was sent: RIPv1 has 0, and a mask may have holes. */
  readonly mask: number;
  /** 0.0.0.0: the sender itself. */
  readonly nextHop: IpAddress;
  /** u32; 1..16 has a meaning. */
  readonly metric: number;
}

/** An entry that authenticates the message (RFC 2453 §4.1, RFC 4822 §3); not looked into. */
export interface RipAuthentication {
  readonly kind: 'authentication';
  /** 2 is a password, 3 a keyed digest. */
  readonly authenticationType: number;
  /** 16 bytes. */
  readonly data: Uint8Array;
}

/** An entry of an address family that nobody here knows. */
export interface RipUnknown {
  readonly kind: 'unknown';
  readonly afi: number;
  readonly tag: number;
  /** 16 bytes. */
  readonly data: Uint8Array;
}

/** Decodes the payload of a UDP datagram. Data of entries are views into `bytes`. */
export function decodeRip(bytes: Uint8Array, base = 0): Decoded<RipMessage> {
  return decoded(() => readRip(new Reader(bytes, base)));
}

/** Reads all that is left. Throws WireFault. */
export function readRip(r: Reader): RipMessage {
  const head = {
    command: r.u8('rip.command'),
    version: r.u8('rip.version'),
    reserved: r.u16('rip.reserved'),
  };
  const entries: RipEntry[] = [];
  while (r.remaining > 0) entries.push(readEntry(r));
  return { ...head, entries };
}

function readEntry(r: Reader): RipEntry {
  const afi = r.u16('rip.family');
  if (afi === RIP_AFI_AUTHENTICATION) {
    return {
      kind: 'authentication',
      authenticationType: r.u16('rip.auth.type'),
      data: r.take(BODY_BYTES, 'rip.auth.data'),
    };
  }
  const tag = r.u16('rip.route_tag');
  if (afi !== RIP_AFI_NONE && afi !== RIP_AFI_IP) {
    return { kind: 'unknown', afi, tag, data: r.take(BODY_BYTES, 'rip.entry') };
  }
  return {
    kind: 'route',
    afi,
    tag,
    address: ipv4(r.u32('rip.ip')),
    mask: r.u32('rip.netmask'),
    nextHop: ipv4(r.u32('rip.next_hop')),
    metric: r.u32('rip.metric'),
  };
}

/** The message as bytes of its own. */
export function encodeRip(message: RipMessage): Uint8Array {
  const w = new Writer(ripBytes(message));
  encodeRipTo(w, message);
  return w.finishCopy();
}

/** Appends the message. */
export function encodeRipTo(w: Writer, { command, version, reserved, entries }: RipMessage): void {
  w.u8(command).u8(version).u16(reserved);
  for (const entry of entries) encodeEntry(w, entry);
}

function encodeEntry(w: Writer, entry: RipEntry): void {
  switch (entry.kind) {
    case 'route': {
      const { afi, tag, address, mask, nextHop, metric } = entry;
      w.u16(afi).u16(tag).u32(address.w0).u32(mask).u32(nextHop.w0).u32(metric);
      break;
    }
    case 'authentication':
      assert(entry.data.length === BODY_BYTES, 'an entry of authentication has 16 bytes');
      w.u16(RIP_AFI_AUTHENTICATION).u16(entry.authenticationType).bytes(entry.data);
      break;
    case 'unknown':
      assert(entry.data.length === BODY_BYTES, 'an unknown entry has 16 bytes');
      w.u16(entry.afi).u16(entry.tag).bytes(entry.data);
      break;
  }
}

export function ripBytes({ entries }: RipMessage): number {
  return RIP_HEADER_BYTES + RIP_ENTRY_BYTES * entries.length;
}

/** The prefix of a route; undefined when its mask has holes. Bits of the address beyond the mask are dropped. */
export function ripPrefix({ address, mask }: RipRoute): IpPrefix | undefined {
  const bits = Math.clz32(~mask);
  return wordMask(bits) === mask ? prefix(address, bits) : undefined;
}

/** The request for the whole table (RFC 2453 §3.9.1). */
export function isWholeTableRequest({ command, entries: [first, ...more] }: RipMessage): boolean {
  const isAll = first?.kind === 'route' && first.afi === RIP_AFI_NONE && first.metric === RIP_INFINITY;
  return command === RIP_REQUEST && isAll && more.length === 0;
}

/** `RIPv2 response 192.168.0.0/16 metric 1, 10.0.3.0/30 metric 1`. */
export function describeRip(message: RipMessage): string {
  const head = `RIPv${message.version} ${commandName(message.command)}`;
  if (isWholeTableRequest(message)) return `${head} for the whole table`;
  return [head, message.entries.map(describeRipEntry).join(', ')].join(' ').trimEnd();
}

/** `192.168.0.0/16 metric 1`, with tag and next hop where they say something. */
export function describeRipEntry(entry: RipEntry): string {
  switch (entry.kind) {
    case 'route': {
      const { tag, address, mask, nextHop, metric } = entry;
      const at = ripPrefix(entry);
      const name = at === undefined ? `${formatIp(address)} mask ${formatIp(ipv4(mask))}` : formatPrefix(at);
      const via = nextHop.w0 === 0 ? '' : ` via ${formatIp(nextHop)}`;
      return `${name}${via} metric ${metric}${tag === 0 ? '' : ` tag ${tag}`}`;
    }
    case 'authentication':
      return `authentication type ${entry.authenticationType}`;
    case 'unknown':
      return `address family ${entry.afi} ${toHex(entry.data)}`;
  }
}

/** `request`, `response`, `command 9`. */
export function commandName(command: number): string {
  if (command === RIP_REQUEST) return 'request';
  return command === RIP_RESPONSE ? 'response' : `command ${command}`;
}
