/**
 * Ranges of the address space, searched by halves (M. Zec, L. Rizzo, M. Mikuc, "DXR: Towards a Billion Routing Lookups
 * per Second in Software", ACM CCR 42(5), 2012), in the form D16R: the first 16 bits choose the ranges to search. As
 * the table has outgrown 19 bits for a range's number, an entry is that of the first range alone, and the next entry
 * says where they end. There is no short form of ranges.
 *
 * Parts: chunks, u32[2^16 + 1]; starts of ranges within their chunk, u16; values.
 */
import { touch } from '../touch';
import { lastHigh, reaches, rangeCount, rewind, seek, slotHigh, startHere, step, valueHere } from './ranges';
import { leafBytes, loadLeaf, partAt, plan, storeLeaf, writeParts } from './structure';

const CHUNK_BITS: u32 = 16;
const CHUNKS: u32 = 1 << CHUNK_BITS;

export function measure(wide: bool): u32 {
  // A chunk begins a range of its own, beside those that begin inside.
  const most = CHUNKS + rangeCount();
  return plan(4 * (CHUNKS + 1), 2 * most, leafBytes(wide) * most);
}

export function fill(structure: usize, wide: bool): void {
  writeParts(structure);
  const chunks = partAt(structure, 0);
  const starts = partAt(structure, 1);
  const values = partAt(structure, 2);
  let range: u32 = 0;
  rewind();
  for (let chunk: u32 = 0; chunk < CHUNKS; chunk++) {
    store<u32>(chunks + (<usize>chunk << 2), range);
    const high = slotHigh(0, chunk, CHUNK_BITS);
    const end = lastHigh(high, CHUNK_BITS);
    seek(high, 0);
    store<u16>(starts + (<usize>range << 1), 0);
    storeLeaf(wide, values, range++, valueHere());
    while (!reaches(end, u64.MAX_VALUE) && step()) {
      store<u16>(starts + (<usize>range << 1), <u16>startHere());
      storeLeaf(wide, values, range++, valueHere());
    }
  }
  store<u32>(chunks + (<usize>CHUNKS << 2), range);
}

// @ts-ignore: decorator
@inline
export function lookup4(structure: usize, wide: bool, a: u32): u32 {
  const chunk = partAt(structure, 0) + (<usize>(a >>> CHUNK_BITS) << 2);
  touch(0, chunk, 8);
  const starts = partAt(structure, 1);
  const within = a & 0xffff;
  let low = load<u32>(chunk);
  let high = load<u32>(chunk, 4) - 1;
  // The range is one of low..high.
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    touch(1, starts + (<usize>middle << 1), 2);
    if (<u32>load<u16>(starts + (<usize>middle << 1)) <= within) low = middle;
    else high = middle - 1;
  }
  touch(2, partAt(structure, 2) + <usize>(low * leafBytes(wide)), leafBytes(wide));
  return loadLeaf(wide, partAt(structure, 2), low);
}
