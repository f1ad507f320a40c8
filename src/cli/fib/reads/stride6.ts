/** dir24-stride6: row, slot, three nodes of runs, and behind a record or without room the writer's own patricia. */
import { leafOf, placeText, rangeText, slotText, valueText, wordOf, type Read, type Tell } from './read.ts';
import { leafText, runText } from './run-nodes.ts';
import { tellPatriciaFrom } from './tries.ts';

/** The id that says there was no room (assembly/lpm/table6.ts), of two bytes and of four. */
const WALK_IDS: readonly number[] = [0xfffe, 0xffff_fffe];
/** Up to this, a link leads nowhere. */
const NOWHERE = 1;

export const tellDir24Stride6: Tell = ({ address, reads }) => {
  const tree = reads.filter(({ part }) => part === 'prefix');
  const record = reads.find(({ part }) => part === 'record');
  const inTree = tellPatriciaFrom(
    address,
    tree,
    record === undefined ? 0 : wordOf(record, 1),
    reads.at(-1)?.part === 'short value',
  );
  let nodes = 0;
  return reads.map((read, i) => {
    switch (read.part) {
      case 'row':
        return `${slotText(address, 0, 16)}: row at ${placeText(wordOf(read))}`;
      case 'slot':
        return `${slotText(address, 16, 14)}: ${idText(reads, i)}`;
      case 'bitmap':
        return runText(address, bitOf(nodes++), read);
      case 'id':
        return `${leafText(address, bitOf(nodes - 1), reads[i - 1]!)}: ${idText(reads, i)}`;
      case 'record':
        return recordText(read, reads, i);
      case 'short value':
        return `nothing longer than /16; of ${rangeText(address, 16)}: ${valueText(wordOf(read))}`;
      default:
        return inTree[tree.indexOf(read)]!;
    }
  });
};

/** The bit from which on the node number `node` tells slots apart. */
function bitOf(node: number): number {
  return 30 + 6 * node;
}

/** Where an id leads is what was read next; one that leads nowhere is a value. */
function idText(reads: readonly Read[], i: number): string {
  const id = leafOf(reads[i]!);
  const next = reads[i + 1];
  if (next === undefined) return valueText(id);
  if (next.part === 'bitmap') return `node at ${placeText(next.at)}`;
  if (next.part === 'short value') return 'none';
  return WALK_IDS.includes(id) ? 'no room for a node' : `record at ${placeText(next.at)}`;
}

/** { node of the writer's tree, value when nothing there matches } */
function recordText(read: Read, reads: readonly Read[], i: number): string {
  const [node, value] = [wordOf(read), wordOf(read, 1)];
  const where = WALK_IDS.includes(leafOf(reads[i - 1]!)) ? '' : ' below this /48';
  if (i === reads.length - 1) return `nothing in the writer's tree${where}: ${valueText(value)}`;
  const rest = value === 0 ? '' : `; value ${value} if nothing there covers it`;
  return `on in the writer's tree${where}${node <= NOWHERE ? ', which is empty' : `, node at ${placeText(node)}`}${rest}`;
}
