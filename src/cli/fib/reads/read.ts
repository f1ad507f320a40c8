/** What one lookup read, as those see it who put it into words: the bytes, and the address that was looked for. */
import { addressBits, bitAt, prefix, type IpAddress } from '../../../base/ip.ts';
import { formatPrefix } from '../../../base/ip-text.ts';
import { grouped } from '../../../bench/number-text.ts';

export interface Read {
  /** As docs/lpm.md calls it. */
  readonly part: string;
  /** Where, in the engine's memory. */
  readonly at: number;
  /** What lies there. */
  readonly content: DataView;
}

export interface Lookup {
  readonly address: IpAddress;
  readonly reads: readonly Read[];
  /** What the lookup gave. */
  readonly value: number;
}

/** Puts each read into words. The last ones are the value, worked out from what was read. */
export type Tell = (lookup: Lookup) => string[];

/** The word number `index` of a read, 32 bits. */
export function wordOf({ content }: Read, index = 0): number {
  return content.getUint32(4 * index, true);
}

/** The 64 bits from byte `offset` on. */
export function longOf({ content }: Read, offset = 0): bigint {
  return content.getBigUint64(offset, true);
}

/** A value, or what stands in its place: two bytes or four. */
export function leafOf({ content }: Read): number {
  return content.byteLength === 2 ? content.getUint16(0, true) : content.getUint32(0, true);
}

export function popcount(bits: bigint): number {
  let count = 0;
  for (let rest = bits; rest !== 0n; rest &= rest - 1n) count++;
  return count;
}

/** `count` bits of an address from bit `from` on; those beyond its end are 0. */
export function bitsOf(address: IpAddress, from: number, count: number): number {
  let bits = 0;
  for (let i = from; i < from + count; i++)
    bits = 2 * bits + (i < addressBits(address.family) ? bitAt(address, i) : 0);
  return bits;
}

/** `10.1.0.0/18`: the first bits of an address. */
export function rangeText(address: IpAddress, bits: number): string {
  return formatPrefix(prefix(address, Math.min(bits, addressBits(address.family))));
}

/** `slot 67,648 of 2^18 (10.1.0.0/18)`: the slot that `count` bits choose, and the range of addresses it is for. */
export function slotText(address: IpAddress, from: number, count: number): string {
  const slots = count > 8 ? `2^${count}` : String(2 ** count);
  return `slot ${grouped(bitsOf(address, from, count))} of ${slots} (${rangeText(address, from + count)})`;
}

export function placeText(at: number): string {
  return `0x${at.toString(16).padStart(8, '0')}`;
}

/** 0 is no value: nothing covers the address. */
export function valueText(value: number): string {
  return value === 0 ? 'no prefix' : `value ${value}`;
}
