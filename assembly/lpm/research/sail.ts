/**
 * Levels 16, 24 and 32, with values and the numbers of chunks in arrays apart, so that few bytes tell how deep to go (T.
 * Yang, G. Xie, Y. Li, Q. Fu, A. Liu, Q. Li, L. Mathy, "Guarantee IP Lookup Performance with FIB Explosion", SIGCOMM
 * 2014), in the form SAIL_L: values are pushed to levels 16, 24 and 32. A chunk is 256 slots of a level; number 0 means
 * that there is none below.
 *
 * Parts: C16, u32[2^16]; N16, values; C24, u32; N24, values; N32, values. Chunks of N24, C24 and N32 count from 1.
 */
import { touch } from '../touch';
import { lastHigh, reaches, rewind, seek, slotHigh, valueHere } from './ranges';
import { leafBytes, loadLeaf, partAt, plan, storeLeaf, writeParts } from './structure';

const SLOTS: u32 = 256;

let chunks24: u32 = 0;
let chunks32: u32 = 0;
let at: usize = 0;
let isWide: bool = false;

/** Whether the first `bits` bits of an address have one value; steps there. */
function isUniform(high: u64, bits: u32): bool {
  seek(high, 0);
  return reaches(lastHigh(high, bits), u64.MAX_VALUE);
}

export function measure(wide: bool): u32 {
  chunks24 = 0;
  chunks32 = 0;
  rewind();
  for (let i: u32 = 0; i < 1 << 16; i++) {
    const high16 = slotHigh(0, i, 16);
    if (isUniform(high16, 16)) continue;
    chunks24 += 1;
    for (let j: u32 = 0; j < SLOTS; j++) if (!isUniform(slotHigh(high16, j, 24), 24)) chunks32 += 1;
  }
  const leaf = leafBytes(wide);
  const slots24 = chunks24 * SLOTS;
  return plan(4 << 16, leaf << 16, 4 * slots24, leaf * slots24, leaf * SLOTS * chunks32);
}

export function fill(structure: usize, wide: bool): void {
  writeParts(structure);
  chunks24 = 0;
  chunks32 = 0;
  at = structure;
  isWide = wide;
  const c16 = partAt(structure, 0);
  const n16 = partAt(structure, 1);
  rewind();
  for (let i: u32 = 0; i < 1 << 16; i++) {
    const high = slotHigh(0, i, 16);
    const uniform = isUniform(high, 16);
    storeLeaf(wide, n16, i, uniform ? valueHere() : 0);
    store<u32>(c16 + (<usize>i << 2), uniform ? 0 : ++chunks24);
    if (!uniform) fill24(high, (chunks24 - 1) * SLOTS);
  }
}

function fill24(above: u64, first: u32): void {
  for (let i: u32 = 0; i < SLOTS; i++) {
    const high = slotHigh(above, i, 24);
    const uniform = isUniform(high, 24);
    storeLeaf(isWide, partAt(at, 3), first + i, uniform ? valueHere() : 0);
    store<u32>(partAt(at, 2) + (<usize>(first + i) << 2), uniform ? 0 : ++chunks32);
    if (!uniform) fill32(high, (chunks32 - 1) * SLOTS);
  }
}

function fill32(above: u64, first: u32): void {
  for (let i: u32 = 0; i < SLOTS; i++) {
    seek(slotHigh(above, i, 32), 0);
    storeLeaf(isWide, partAt(at, 4), first + i, valueHere());
  }
}

// @ts-ignore: decorator
@inline
export function lookup4(structure: usize, wide: bool, a: u32): u32 {
  const c16 = partAt(structure, 0) + (<usize>(a >>> 16) << 2);
  touch(0, c16, 4);
  const chunk24 = load<u32>(c16);
  if (chunk24 == 0) return value(structure, wide, 1, a >>> 16);
  const slot24 = ((chunk24 - 1) << 8) + ((a >>> 8) & 255);
  const c24 = partAt(structure, 2) + (<usize>slot24 << 2);
  touch(2, c24, 4);
  const chunk32 = load<u32>(c24);
  if (chunk32 == 0) return value(structure, wide, 3, slot24);
  return value(structure, wide, 4, ((chunk32 - 1) << 8) + (a & 255));
}

// @ts-ignore: decorator
@inline
function value(structure: usize, wide: bool, part: u32, index: u32): u32 {
  touch(part, partAt(structure, part) + <usize>(index * leafBytes(wide)), leafBytes(wide));
  return loadLeaf(wide, partAt(structure, part), index);
}
