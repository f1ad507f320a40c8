/** IPv4 or IPv6. */
export type Family = 4 | 6;

/**
 * An IP address as u32 words, most significant first: `w0` holds an IPv4 address, `w0..w3` an IPv6 address. Unused
 * words are 0. Plain data, structured-clone safe. `ip`, `parseIp`, `ipv4` and `ipv6` make them.
 */
export interface IpAddress {
  readonly family: Family;
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/** An address range by its first bits. Bits beyond `bits` are zero in `address`; `cidr` and `prefix` see to that. */
export interface IpPrefix {
  readonly address: IpAddress;
  /** 0..32 or 0..128. */
  readonly bits: number;
}

/** 0.0.0.0 */
export const ANY4: IpAddress = { family: 4, w0: 0, w1: 0, w2: 0, w3: 0 };
/** :: */
export const ANY6: IpAddress = { family: 6, w0: 0, w1: 0, w2: 0, w3: 0 };

/** The IPv4 address of a word: 0x0a000001 is 10.0.0.1. Taken modulo 2^32. */
export function ipv4(w0: number): IpAddress {
  return { family: 4, w0: w0 >>> 0, w1: 0, w2: 0, w3: 0 };
}

/** The IPv6 address of four words, most significant first. Each is taken modulo 2^32. */
export function ipv6(w0: number, w1: number, w2: number, w3: number): IpAddress {
  return { family: 6, w0: w0 >>> 0, w1: w1 >>> 0, w2: w2 >>> 0, w3: w3 >>> 0 };
}

export function anyAddress(family: Family): IpAddress {
  return family === 4 ? ANY4 : ANY6;
}

/** Address width in bits. */
export function addressBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Address width in bytes. */
export function addressBytes(family: Family): 4 | 16 {
  return family === 4 ? 4 : 16;
}

export function word(address: IpAddress, index: number): number {
  return index === 0 ? address.w0 : index === 1 ? address.w1 : index === 2 ? address.w2 : address.w3;
}

export function ipFromBytes(bytes: Uint8Array): IpAddress {
  const at = (i: number): number =>
    ((bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!) >>> 0;
  return bytes.length === 4 ? ipv4(at(0)) : ipv6(at(0), at(4), at(8), at(12));
}

export function ipToBytes(address: IpAddress): Uint8Array {
  const bytes = new Uint8Array(addressBytes(address.family));
  for (let i = 0; i < bytes.length; i++) bytes[i] = word(address, i >> 2) >>> (24 - 8 * (i & 3));
  return bytes;
}

/** True for equal addresses of one family; 0.0.0.0 is not ::. */
export function sameIp(a: IpAddress, b: IpAddress): boolean {
  return a.family === b.family && a.w0 === b.w0 && a.w1 === b.w1 && a.w2 === b.w2 && a.w3 === b.w3;
}

/** Total order: every IPv4 address before every IPv6 address, then numerically (CP-25). */
export function compareIp(a: IpAddress, b: IpAddress): number {
  return a.family - b.family || a.w0 - b.w0 || a.w1 - b.w1 || a.w2 - b.w2 || a.w3 - b.w3;
}

export function isAny(address: IpAddress): boolean {
  return (address.w0 | address.w1 | address.w2 | address.w3) === 0;
}

/** 224.0.0.0/4 or ff00::/8. */
export function isMulticast(address: IpAddress): boolean {
  return address.family === 4 ? address.w0 >>> 28 === 0xe : address.w0 >>> 24 === 0xff;
}

/** The bit at `index`, counted from the most significant one. */
export function bitAt(address: IpAddress, index: number): 0 | 1 {
  return ((word(address, index >> 5) >>> (31 - (index & 31))) & 1) as 0 | 1;
}

/** The address with bit `index` inverted. */
export function flipBit(address: IpAddress, index: number): IpAddress {
  return mapWords(address, (value, i) => (i === index >> 5 ? value ^ (1 << (31 - (index & 31))) : value));
}

/** The address with every bit from `bits` on cleared. */
export function maskIp(address: IpAddress, bits: number): IpAddress {
  return mapWords(address, (value, i) => value & wordMask(bits - 32 * i));
}

/** u32 with the first `bits` bits set; `bits` outside 0..32 is clamped. */
export function wordMask(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffff_ffff : (0xffff_ffff << (32 - bits)) >>> 0;
}

/** Length of the common prefix of two addresses of one family, in bits. */
export function commonBits(a: IpAddress, b: IpAddress): number {
  const words = a.family === 4 ? 1 : 4;
  for (let i = 0; i < words; i++) {
    const difference = (word(a, i) ^ word(b, i)) >>> 0;
    if (difference !== 0) return 32 * i + Math.clz32(difference);
  }
  return 32 * words;
}

/** The prefix of `bits` bits, 0..32 or 0..128, that `address` lies in: its other bits are cleared. */
export function prefix(address: IpAddress, bits: number): IpPrefix {
  return { address: maskIp(address, bits), bits };
}

/** The prefix of this one address, /32 or /128. */
export function hostPrefix(address: IpAddress): IpPrefix {
  return { address, bits: addressBits(address.family) };
}

/** True when `address` lies within `outer`; false for the other family. */
export function contains(outer: IpPrefix, address: IpAddress): boolean {
  return outer.address.family === address.family && commonBits(outer.address, address) >= outer.bits;
}

/** True when `inner` lies within `outer` (equal prefixes cover each other). */
export function covers(outer: IpPrefix, inner: IpPrefix): boolean {
  return outer.bits <= inner.bits && contains(outer, inner.address);
}

export function overlaps(a: IpPrefix, b: IpPrefix): boolean {
  return covers(a, b) || covers(b, a);
}

/** True for the same family, address and length. */
export function samePrefix(a: IpPrefix, b: IpPrefix): boolean {
  return a.bits === b.bits && sameIp(a.address, b.address);
}

/** Total order: family, address, then shorter first. */
export function comparePrefix(a: IpPrefix, b: IpPrefix): number {
  return compareIp(a.address, b.address) || a.bits - b.bits;
}

function mapWords(address: IpAddress, change: (value: number, index: number) => number): IpAddress {
  return address.family === 4
    ? ipv4(change(address.w0, 0))
    : ipv6(change(address.w0, 0), change(address.w1, 1), change(address.w2, 2), change(address.w3, 3));
}
