/** dir18-run and dir24-8: a directory, and nodes of 64 slots in which equal neighbours are one run. */
import type { IpAddress } from '../../../base/ip.ts';
import {
  bitsOf,
  leafOf,
  longOf,
  placeText,
  popcount,
  slotText,
  valueText,
  wordOf,
  type Read,
  type Tell,
} from './read.ts';

/** A leaf with its top bit set is none (ESCAPE_ in assembly/lpm/table4.ts). */
const ESCAPE_NARROW = 0x8000;
const ESCAPE_WIDE = 0x8000_0000;

export const tellDir18Run: Tell = ({ address, reads }) =>
  reads.map((read, i) =>
    read.part === 'directory'
      ? `${slotText(address, 0, 18)}: node at ${placeText(wordOf(read))}`
      : tellBelow(address, reads, i, 18),
  );

export const tellDir248: Tell = ({ address, reads }) =>
  reads.map((read, i) =>
    read.part === 'directory'
      ? `${slotText(address, 0, 24)}: ${entryText(read)}`
      : tellBelow(address, reads, i, 24),
  );

/** A read in a node whose slots are told apart from bit `from` on, or behind a quad, from bit 26 on. */
function tellBelow(address: IpAddress, reads: readonly Read[], i: number, from: number): string {
  const read = reads[i]!;
  if (read.part === 'quad')
    return `quarter ${bitsOf(address, 24, 2) + 1} of 4: node at ${placeText(wordOf(read))}`;
  const isBeyond = reads.slice(0, i).some(({ part }) => part === 'quad');
  if (read.part === 'bitmap') return runText(address, isBeyond ? 26 : from, read);
  return `${leafText(address, isBeyond ? 26 : from, reads[i - 1]!)}: ${entryText(read)}`;
}

/** Bit s of the bitmap is set when slot s is the last of its run. */
export function runText(address: IpAddress, from: number, bitmap: Read): string {
  const ends = longOf(bitmap);
  const slot = bitsOf(address, from, 6);
  const before = popcount(ends & ((1n << BigInt(slot)) - 1n));
  let first = slot;
  while (first > 0 && ((ends >> BigInt(first - 1)) & 1n) === 0n) first--;
  let last = slot;
  while (((ends >> BigInt(last)) & 1n) === 0n) last++;
  const slots = first === last ? `slot ${first}` : `slots ${first} to ${last}`;
  return `${slotText(address, from, 6)}: run ${before + 1} of ${popcount(ends)}, ${slots}`;
}

/** Which leaf is that of the slot's run: they lie last run first. */
export function leafText(address: IpAddress, from: number, bitmap: Read): string {
  const ends = longOf(bitmap);
  const number = popcount(ends >> BigInt(bitsOf(address, from, 6)));
  return `leaf ${number} of ${popcount(ends)} (last run first)`;
}

/** What a slot or leaf holds. */
function entryText(read: Read): string {
  const entry = leafOf(read);
  if (read.content.byteLength === 2)
    return entry >= ESCAPE_NARROW ? `longer than /24 here: quad ${entry - ESCAPE_NARROW}` : valueText(entry);
  return entry >= ESCAPE_WIDE
    ? `longer than /24 here: quad at ${placeText(8 * (entry - ESCAPE_WIDE))}`
    : valueText(entry);
}
