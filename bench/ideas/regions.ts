/** Runs with leaves of ten bits behind a directory of two bytes: bench/ideas/regions.as. */
import type { TableContender } from '../../src/bench/contender.ts';
import type { TableRow } from '../../src/tables/collect.ts';
import { expand } from './expand.ts';
import { bytesOf, flatContender, groupBytes, TAIL, type Layout } from './flat-memory.ts';

export const REGIONS_KIND = '2-byte directory, leaves of 10 bits';

const SLOTS = 64;
const REGIONS = 64;
/** Blocks of 64 slots in a region, whose nodes take 64 or at most 88 bytes each: less than 512 KiB. */
const REGION_BLOCKS = 4096;
const REGION_BYTES = 1 << 19;
const LINE = 64;
const UNIT = 8;
const LEAF_BITS = 10;
const ESCAPE = 1023;

/** @throws TooMuch */
export function openRegions(rows: readonly TableRow[]): TableContender {
  const start = performance.now();
  const table = expand(rows);
  const directory = new Uint16Array(REGIONS * REGION_BLOCKS);
  const body: [number, Uint8Array][] = [];
  for (let region = 0; region < REGIONS; region++) {
    const first = region * REGION_BLOCKS;
    const numbers = directory.subarray(first, first + REGION_BLOCKS);
    body.push([region * REGION_BYTES, makeNodes(table.slots, first, numbers)]);
  }
  const escapes = escapeTable(table.slots);
  const groups = groupBytes(table);
  const tail = new Uint8Array(escapes.byteLength + groups.length);
  tail.set(bytesOf(escapes));
  tail.set(groups, escapes.byteLength);
  const bodyBytes = body.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const layout: Layout = { directory, body, tail, bytes: directory.byteLength + bodyBytes + tail.length };
  const numbers = [TAIL, Math.log2(escapes.length / 2), TAIL + escapes.byteLength];
  return flatContender(layout, {
    kind: REGIONS_KIND,
    file: 'regions',
    numbers,
    buildMs: performance.now() - start,
  });
}

/** The nodes of a region, none across a line that fits in one; equal ones of a single run once. */
function makeNodes(slots: Uint16Array, first: number, numbers: Uint16Array): Uint8Array {
  const nodes = new Uint8Array(REGION_BYTES);
  const codes = new Uint16Array(SLOTS);
  const uniform = new Map<number, number>();
  let end = 0;
  for (let i = 0; i < REGION_BLOCKS; i++) {
    const at = (first + i) * SLOTS;
    for (let slot = 0; slot < SLOTS; slot++) codes[slot] = Math.min(slots[at + slot]!, ESCAPE);
    const ends = runEnds(codes);
    const known = ends.length === 1 ? uniform.get(codes[0]!) : undefined;
    if (known !== undefined) {
      numbers[i] = known;
      continue;
    }
    const bytes = UNIT * Math.ceil((UNIT + (LEAF_BITS * ends.length) / 8) / UNIT);
    if (bytes <= LINE && (end % LINE) + bytes > LINE) end += LINE - (end % LINE);
    writeNode(nodes, end, codes, ends);
    numbers[i] = end / UNIT;
    if (ends.length === 1) uniform.set(codes[0]!, end / UNIT);
    end += bytes;
  }
  return nodes.subarray(0, end);
}

function writeNode(nodes: Uint8Array, at: number, codes: Uint16Array, ends: readonly number[]): void {
  for (const slot of ends) nodes[at + (slot >> 3)]! |= 1 << (slot & 7);
  for (const [run, slot] of ends.toReversed().entries()) {
    const bit = run * LEAF_BITS;
    const leaf = codes[slot]! << (bit & 7);
    nodes[at + UNIT + (bit >> 3)]! |= leaf & 0xff;
    nodes[at + UNIT + (bit >> 3) + 1]! |= leaf >> 8;
  }
}

/** The last slot of each run. */
function runEnds(codes: Uint16Array): number[] {
  const ends: number[] = [];
  for (let slot = 0; slot < SLOTS; slot++) if (codes[slot] !== codes[slot + 1]) ends.push(slot);
  return ends;
}

/** { /24 + 1, slot } of each slot that ten bits do not hold, half full at most. */
function escapeTable(slots: Uint16Array): Uint32Array {
  let count = 0;
  for (let at = 0; at < slots.length; at++) if (slots[at]! >= ESCAPE) count++;
  const bits = Math.max(4, Math.ceil(Math.log2(2 * count + 1)));
  const table = new Uint32Array(2 << bits);
  for (let at = 0; at < slots.length && count > 0; at++) {
    const slot = slots[at]!;
    if (slot < ESCAPE) continue;
    let place = Math.imul(at + 1, 0x9e37_79b1) >>> (32 - bits);
    while (table[2 * place] !== 0) place = (place + 1) & (2 ** bits - 1);
    table.set([at + 1, slot], 2 * place);
  }
  return table;
}
