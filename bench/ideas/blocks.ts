/** Blocks of values behind a directory of two bytes: bench/ideas/blocks.as. */
import type { TableContender } from '../../src/bench/contender.ts';
import type { TableRow } from '../../src/tables/collect.ts';
import { expand } from './expand.ts';
import { bytesOf, flatContender, groupBytes, TAIL, type Layout } from './flat-memory.ts';

/** Values of a block. */
export type BlockSlots = 16 | 32 | 64;

const TABLE_SLOTS = 1 << 24;
/** As many blocks as numbers of two bytes can count. */
const REGION = 1 << 16;

/** @throws TooMuch */
export function openBlocks(kind: string, rows: readonly TableRow[], size: BlockSlots): TableContender {
  const start = performance.now();
  const table = expand(rows);
  const directory = new Uint16Array(TABLE_SLOTS / size);
  const body: [number, Uint8Array][] = [];
  for (let first = 0; first < directory.length; first += REGION) {
    const slots = table.slots.subarray(first * size, (first + REGION) * size);
    const blocks = distinctBlocks(slots, size, directory.subarray(first, first + REGION));
    body.push([first * size * 2, bytesOf(blocks)]);
  }
  const tail = groupBytes(table);
  const bodyBytes = body.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const layout: Layout = { directory, body, tail, bytes: directory.byteLength + bodyBytes + tail.length };
  const buildMs = performance.now() - start;
  return flatContender(layout, { kind, file: 'blocks', suffix: String(size), numbers: [TAIL], buildMs });
}

/** The blocks of a region, each content once; their numbers go to `numbers`. */
function distinctBlocks(slots: Uint16Array, size: number, numbers: Uint16Array): Uint16Array {
  const blocks = new Uint16Array(slots.length);
  const known = new Map<string, number>();
  for (let i = 0; i < numbers.length; i++) {
    const block = slots.subarray(i * size, (i + 1) * size);
    const name = Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString('latin1');
    const number = known.get(name) ?? known.size;
    numbers[i] = number;
    if (number < known.size) continue;
    known.set(name, number);
    blocks.set(block, number * size);
  }
  return blocks.slice(0, known.size * size);
}
