/** Kinds that take several bits a step and have values pushed down to where a step ends: multibit, poptrie, sail. */
import type { IpAddress } from '../../../base/ip.ts';
import {
  bitsOf,
  leafOf,
  longOf,
  popcount,
  slotText,
  valueText,
  wordOf,
  type Read,
  type Tell,
} from './read.ts';

/** An entry with it set is a node of multibit, or a value of poptrie. */
const TOP_BIT = 0x8000_0000;

export const tellMultibit: Tell = ({ address, reads }) =>
  reads.map((read, i) => {
    const slot = i === 0 ? slotText(address, 0, 16) : slotText(address, 16 + 8 * (i - 1), 8);
    const entry = wordOf(read);
    return `${slot}: ${entry >= TOP_BIT ? `node ${entry - TOP_BIT}` : valueText(entry)}`;
  });

export const tellPoptrie: Tell = ({ address, reads }) => {
  const direct = address.family === 4 ? 18 : 20;
  let leaf = 0;
  return reads.map((read, i) => {
    if (read.part === 'leaf') return `leaf ${leaf}: ${valueText(leafOf(read))}`;
    if (read.part === 'node') {
      const step = poptrieStep(address, direct + 6 * (i - 1), read);
      leaf = step.leaf;
      return step.text;
    }
    const entry = wordOf(read);
    const what = entry >= TOP_BIT ? valueText(entry - TOP_BIT) : `node ${entry}`;
    return `${slotText(address, 0, direct)}: ${what}`;
  });
};

/** { u64 vector, u64 leaf vector, first child, first leaf }: the bits up to the slot count children, or leaves. */
function poptrieStep(
  address: IpAddress,
  from: number,
  read: Read,
): { readonly text: string; readonly leaf: number } {
  const slot = BigInt(bitsOf(address, from, 6));
  const upTo = (2n << slot) - 1n;
  const [vector, leaves] = [longOf(read), longOf(read, 8)];
  const child = popcount(vector & upTo);
  const run = popcount(leaves & upTo);
  const leaf = wordOf(read, 5) + run - 1;
  const what =
    ((vector >> slot) & 1n) === 1n
      ? `child ${child} of ${popcount(vector)}, node ${wordOf(read, 4) + child - 1}`
      : `no child; run ${run} of ${popcount(leaves)}, leaf ${leaf}`;
  return { text: `${slotText(address, from, 6)}: ${what}`, leaf };
}

/** Chunk 0 of a level is none: the value is at the level itself. */
export const tellSail: Tell = ({ address, reads }) =>
  reads.map((read) => {
    const level = Number(read.part.slice(1));
    const slot = level === 16 ? slotText(address, 0, 16) : slotText(address, level - 8, 8);
    if (read.part.startsWith('N')) return `${slot}: ${valueText(leafOf(read))}`;
    const chunk = wordOf(read);
    return `${slot}: ${chunk === 0 ? `no chunk below, so look in N${level}` : `chunk ${chunk} of level ${level + 8}`}`;
  });
