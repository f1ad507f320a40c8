/** Kinds that search: lists from end to end (linear, compare), ranges by halves (dxr), lengths by halves (hash-length). */
import { contains, ipv4, ipv6, maskIp, sameIp, type IpAddress, type IpPrefix } from '../../../base/ip.ts';
import { formatIp, formatPrefix } from '../../../base/ip-text.ts';
import { leafOf, rangeText, slotText, valueText, wordOf, type Lookup, type Read, type Tell } from './read.ts';

/** PREFIX SPEC (assembly/layout.ts): four words of address, bits, value. */
export const tellLinear: Tell = (lookup) =>
  tellList(lookup, (read) => ({
    prefix: { address: addressAt(lookup.address, read, 0), bits: read.content.getUint8(16) },
    value: wordOf(read, 5),
  }));

/** { mask, prefix, value }, shorter prefixes first. */
export const tellCompare: Tell = (lookup) =>
  tellList(lookup, (read) => ({
    prefix: { address: ipv4(wordOf(read, 1)), bits: Math.clz32(~wordOf(read)) },
    value: wordOf(read, 2),
  }));

function tellList(
  { address, reads }: Lookup,
  rowOf: (read: Read) => { readonly prefix: IpPrefix; readonly value: number },
): string[] {
  let longest = -1;
  let found = 0;
  return reads.map((read, i) => {
    const { prefix, value } = rowOf(read);
    const covers = contains(prefix, address);
    const isLonger = covers && prefix.bits > longest;
    if (isLonger) [longest, found] = [prefix.bits, value];
    const what = isLonger
      ? `covers it, the longest so far: value ${value}`
      : covers
        ? 'covers it, and a longer one does'
        : 'does not cover it';
    const end = i < reads.length - 1 ? '' : `; ends with ${valueText(found)}`;
    return `${formatPrefix(prefix)}: ${what}${end}`;
  });
}

/** The address in the words from number `first` on, of the family of another. */
function addressAt({ family }: IpAddress, read: Read, first: number): IpAddress {
  const word = (i: number): number => wordOf(read, first + i);
  return family === 4 ? ipv4(word(0)) : ipv6(word(0), word(1), word(2), word(3));
}

/** A chunk says where its ranges begin, and the next one where they end. */
export const tellDxr: Tell = ({ address, reads }) => {
  let low = 0;
  let high = 0;
  return reads.map((read) => {
    if (read.part === 'value') return `range ${low}: ${valueText(leafOf(read))}`;
    if (read.part === 'chunk') {
      low = wordOf(read);
      high = wordOf(read, 1) - 1;
      return `${slotText(address, 0, 16)}: ${rangesText(low, high)}`;
    }
    const middle = (low + high + 1) >>> 1;
    const start = ipv4(maskIp(address, 16).w0 + leafOf(read));
    const isAfter = start.w0 > address.w0;
    if (isAfter) high = middle - 1;
    else low = middle;
    return `range ${middle} starts at ${formatIp(start)}, ${isAfter ? 'too far' : 'not after it'}: ${rangesText(low, high)}`;
  });
};

function rangesText(low: number, high: number): string {
  return low === high ? `range ${low}` : `one of ranges ${low} to ${high}`;
}

/** A row of lengths is { bits, first slot, mask of slots, 0 }, a slot { value, 1 when taken, key }. */
export const tellHashLength: Tell = ({ address, reads, value: answer }) => {
  let bits = 0;
  let hit: number | undefined;
  return reads.map((read, i) => {
    if (read.part === 'length') {
      bits = wordOf(read);
      return `length ${bits}: ${wordOf(read, 2) + 1} slots from number ${wordOf(read, 1)} on`;
    }
    const { text, isDone, found } = probe(address, bits, read);
    if (found !== undefined) hit = found;
    if (i < reads.length - 1)
      return isDone ? `${text}, then ${found === undefined ? 'shorter' : 'longer'} lengths` : text;
    // The default route has no length to look in: its value is in the header.
    return hit === undefined && answer !== 0
      ? `${text}, ends with the default route: ${valueText(answer)}`
      : `${text}, ends with ${valueText(hit ?? 0)}`;
  });
};

function probe(
  address: IpAddress,
  bits: number,
  read: Read,
): { readonly text: string; readonly isDone: boolean; readonly found?: number } {
  const wanted = rangeText(address, bits);
  if (wordOf(read, 1) === 0) return { text: `${wanted}: miss`, isDone: true };
  const key = keyOf(address, read);
  if (!sameIp(key, maskIp(address, bits)))
    return { text: `${wanted}: here is ${formatIp(key)}/${bits}, so the next slot`, isDone: false };
  const found = wordOf(read);
  return {
    text: `${wanted}: hit, ${found === 0 ? 'a marker without value' : valueText(found)}`,
    isDone: true,
    found,
  };
}

/** The key of a slot: 64 bits with an IPv4 address in the upper half, or twice 64. */
function keyOf({ family }: IpAddress, read: Read): IpAddress {
  if (family === 4) return ipv4(wordOf(read, 3));
  return ipv6(wordOf(read, 3), wordOf(read, 2), wordOf(read, 5), wordOf(read, 4));
}
