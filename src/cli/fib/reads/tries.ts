/** Tries that go down by branching: patricia, binary-trie and tree-bitmap. What they met last is the longest. */
import { addressBits, bitAt, contains, ipv4, ipv6, type IpAddress } from '../../../base/ip.ts';
import { formatPrefix } from '../../../base/ip-text.ts';
import { bitsOf, placeText, popcount, rangeText, valueText, wordOf, type Read, type Tell } from './read.ts';

/** Up to this, a link leads nowhere (EMPTY_ROOT in assembly/layout.ts). */
const NOWHERE = 1;

export const tellPatricia: Tell = ({ address, reads }) => tellPatriciaFrom(address, reads, 0, false);

/**
 * Nodes of a patricia, which has been entered with `best` as the value so far; `goesOn` when its end is not that of the
 * lookup.
 */
export function tellPatriciaFrom(
  address: IpAddress,
  reads: readonly Read[],
  best: number,
  goesOn: boolean,
): string[] {
  let found = best;
  return reads.map((read, i) => {
    const { isOnTheWay, value, text } = patriciaNode(address, read);
    if (isOnTheWay && value !== 0) found = value;
    return i < reads.length - 1 || goesOn ? text : `${text} with ${valueText(found)}`;
  });
}

/** { bits, value, child 0, child 1, key }, as docs/lpm.md draws it. */
function patriciaNode(
  address: IpAddress,
  read: Read,
): { readonly isOnTheWay: boolean; readonly value: number; readonly text: string } {
  const bits = wordOf(read);
  const key = (i: number): number => wordOf(read, 4 + i);
  const prefix = {
    address: address.family === 4 ? ipv4(key(0)) : ipv6(key(0), key(1), key(2), key(3)),
    bits,
  };
  const value = wordOf(read, 1);
  const node = nodeText(formatPrefix(prefix), value);
  if (!contains(prefix, address)) return { isOnTheWay: false, value, text: `${node}: not on the way, ends` };
  const text = `${node}: ${turnText(address, bits, (bit) => wordOf(read, 2 + bit))}`;
  return { isOnTheWay: true, value, text };
}

function nodeText(prefix: string, value: number): string {
  return value === 0 ? prefix : `${prefix}, value ${value}`;
}

/** Where the bit behind the first `bits` leads. */
function turnText(address: IpAddress, bits: number, child: (bit: 0 | 1) => number): string {
  if (bits === addressBits(address.family)) return 'the whole address, ends';
  const bit = bitAt(address, bits);
  const at = child(bit);
  if (at <= NOWHERE) return `next bit ${bit}, no child, ends`;
  return `next bit ${bit}, goes ${bit === 0 ? 'left' : 'right'} to ${placeText(at)}`;
}

/** { value, child 0, child 1 }, a node a bit. */
export const tellBinaryTrie: Tell = ({ address, reads }) => {
  let found = 0;
  return reads.map((read, bits) => {
    const value = wordOf(read);
    if (value !== 0) found = value;
    const node = nodeText(rangeText(address, bits), value);
    const text = `${node}: ${turnText(address, bits, (bit) => wordOf(read, 1 + bit))}`;
    return bits < reads.length - 1 ? text : `${text} with ${valueText(found)}`;
  });
};

const STRIDE = 4;
const NODE_BYTES = 12;

/** { inside: 16 bits, children: 16 bits, first child, values }, a node for four bits. */
export const tellTreeBitmap: Tell = ({ address, reads }) => {
  let longest = '';
  return reads.map((read, i) => {
    if (read.part === 'value') return `of ${longest}: ${valueText(wordOf(read))}`;
    const depth = STRIDE * i;
    const within = longestInside(address, depth, read.content.getUint16(0, true));
    if (within !== undefined) longest = rangeText(address, within);
    const inside = within === undefined ? 'no match inside' : `${longest} inside`;
    const end = i < reads.length - 1 ? '' : ` with ${valueText(0)}`;
    return `${rangeText(address, depth)}: ${inside}; ${childText(address, depth, read)}${end}`;
  });
};

/** Length of the longest prefix inside a node at `depth`: bit 2^r + p stands for the prefix p of r bits. */
function longestInside(address: IpAddress, depth: number, inside: number): number | undefined {
  for (let bits = STRIDE - 1; bits >= 0; bits--) {
    const position = 2 ** bits + bitsOf(address, depth, bits);
    if ((inside >> position) & 1) return depth + bits;
  }
  return undefined;
}

function childText(address: IpAddress, depth: number, read: Read): string {
  if (depth === addressBits(address.family)) return 'the whole address, ends';
  const slot = bitsOf(address, depth, STRIDE);
  const children = BigInt(read.content.getUint16(2, true));
  const next = `next bits ${slot.toString(2).padStart(STRIDE, '0')}`;
  if (((children >> BigInt(slot)) & 1n) === 0n) return `${next}, no child, ends`;
  const before = popcount(children & ((1n << BigInt(slot)) - 1n));
  const at = placeText(wordOf(read, 1) + NODE_BYTES * before);
  return `${next}, child ${before + 1} of ${popcount(children)} at ${at}`;
}
