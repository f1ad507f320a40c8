/** Text form of addresses and prefixes: dotted quads, RFC 4291 input, RFC 5952 output. */
import { addressBits, ipv4, ipv6, prefix, sameIp, wordMask, type IpAddress, type IpPrefix } from './ip.ts';

/** Undefined when `text` is not an address. Leading zeros in a dotted quad are refused (ambiguous octal). */
export function parseIp(text: string): IpAddress | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return ipv4(value);
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const pair = (i: number): number => groups[i]! * 0x10000 + groups[i + 1]!;
  return ipv6(pair(0), pair(2), pair(4), pair(6));
}

/** 16-bit groups of one side of `::`; the last group of the address may be a dotted quad. */
function parseGroups(text: string, isLast: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (isLast && i === parts.length - 1 && part.includes('.')) {
      const quad = parseIpv4(part);
      if (quad === undefined) return undefined;
      groups.push(quad.w0 >>> 16, quad.w0 & 0xffff);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
      groups.push(parseInt(part, 16));
    }
  }
  return groups;
}

/** `192.0.2.1`; IPv6 lower case with the longest run of two or more zero groups compressed (RFC 5952 §4). */
export function formatIp(address: IpAddress): string {
  if (address.family === 4) {
    const w = address.w0;
    return `${w >>> 24}.${(w >>> 16) & 255}.${(w >>> 8) & 255}.${w & 255}`;
  }
  const groups = [address.w0, address.w1, address.w2, address.w3].flatMap((w) => [w >>> 16, w & 0xffff]);
  const run = longestZeroRun(groups);
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return run.length < 2 ? hex(0, 8) : `${hex(0, run.start)}::${hex(run.start + run.length, 8)}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}

/** What `parsePrefix` read. */
export interface ParsedPrefix {
  readonly prefix: IpPrefix;
  /** False when host bits were set in the text: the caller may want to say that they were cleared. */
  readonly exact: boolean;
}

/** `address/bits`. Undefined when `text` is not a prefix. */
export function parsePrefix(text: string): ParsedPrefix | undefined {
  const [addressText, bitsText, ...more] = text.split('/');
  const address = parseIp(addressText ?? '');
  if (address === undefined || more.length > 0 || !/^(0|[1-9][0-9]{0,2})$/.test(bitsText ?? ''))
    return undefined;
  const bits = Number(bitsText);
  if (bits > addressBits(address.family)) return undefined;
  const normal = prefix(address, bits);
  return { prefix: normal, exact: sameIp(normal.address, address) };
}

/** `192.0.2.0/24`, `2001:db8::/32`. */
export function formatPrefix({ address, bits }: IpPrefix): string {
  return `${formatIp(address)}/${bits}`;
}

/** Bits of a contiguous IPv4 mask such as 255.255.255.252; undefined when it has holes. */
export function bitsOfMask(mask: IpAddress): number | undefined {
  const bits = Math.clz32(~mask.w0 >>> 0);
  return wordMask(bits) === mask.w0 ? bits : undefined;
}

/** The IPv4 mask of `bits` leading ones. */
export function maskOfBits(bits: number): IpAddress {
  return ipv4(wordMask(bits));
}

/** A literal known to be good; throws SyntaxError on a bad one, so only for constants. */
export function ip(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined)
    throw new SyntaxError(`not an address: "${text}"; write 192.0.2.1 or 2001:db8::1`);
  return address;
}

/** A literal prefix known to be good; throws SyntaxError on a bad one, so only for constants. */
export function cidr(text: string): IpPrefix {
  const parsed = parsePrefix(text);
  if (parsed === undefined)
    throw new SyntaxError(`not a prefix: "${text}"; write 192.0.2.0/24 or 2001:db8::/32`);
  return parsed.prefix;
}
