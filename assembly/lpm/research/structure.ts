/**
 * What the kinds that are built whole have for lookups: one block, which starts with where its parts end.
 *
 *  0                        32                                64
 * +------------------------+---------------------------------+--------+--------+----
 * | u32 ends[8], from the  | 8 words of the kind's own       | part 0 | part 1 | ...
 * | start of the block     |                                 |        |        |
 * +------------------------+---------------------------------+--------+--------+----
 */

export const STRUCTURE_HEADER_BYTES: u32 = 64;
export const PARTS: u32 = 8;
const OWN: usize = 32;

let sizes0: u32 = 0;
let sizes1: u32 = 0;
let sizes2: u32 = 0;
let sizes3: u32 = 0;
let sizes4: u32 = 0;

/** Tells the sizes of the parts of the structure that comes, each rounded up to 64 bytes. Returns that of all. */
export function plan(a: u32, b: u32 = 0, c: u32 = 0, d: u32 = 0, e: u32 = 0): u32 {
  sizes0 = rounded(a);
  sizes1 = rounded(b);
  sizes2 = rounded(c);
  sizes3 = rounded(d);
  sizes4 = rounded(e);
  return STRUCTURE_HEADER_BYTES + sizes0 + sizes1 + sizes2 + sizes3 + sizes4;
}

function rounded(bytes: u32): u32 {
  return (bytes + 63) & ~63;
}

/** Writes the ends of the parts that were planned. */
export function writeParts(structure: usize): void {
  memory.fill(structure, 0, STRUCTURE_HEADER_BYTES);
  let end = STRUCTURE_HEADER_BYTES + sizes0;
  store<u32>(structure, end);
  store<u32>(structure, (end += sizes1), 4);
  store<u32>(structure, (end += sizes2), 8);
  store<u32>(structure, (end += sizes3), 12);
  store<u32>(structure, (end += sizes4), 16);
  for (let part: usize = 5; part < PARTS; part++) store<u32>(structure + (part << 2), end);
}

/** Where a part starts. */
// @ts-ignore: decorator
@inline
export function partAt(structure: usize, part: u32): usize {
  return structure + (part == 0 ? <usize>STRUCTURE_HEADER_BYTES : <usize>load<u32>(structure + (<usize>(part - 1) << 2)));
}

// @ts-ignore: decorator
@inline
export function ownWord(structure: usize, index: usize): u32 {
  return load<u32>(structure + OWN + (index << 2));
}

// @ts-ignore: decorator
@inline
export function setOwnWord(structure: usize, index: usize, value: u32): void {
  store<u32>(structure + OWN + (index << 2), value);
}

/** A value of two bytes or four. */
// @ts-ignore: decorator
@inline
export function loadLeaf(wide: bool, leaves: usize, index: u32): u32 {
  return wide ? load<u32>(leaves + (<usize>index << 2)) : load<u16>(leaves + (<usize>index << 1));
}

// @ts-ignore: decorator
@inline
export function storeLeaf(wide: bool, leaves: usize, index: u32, value: u32): void {
  if (wide) store<u32>(leaves + (<usize>index << 2), value);
  else store<u16>(leaves + (<usize>index << 1), value);
}

// @ts-ignore: decorator
@inline
export function leafBytes(wide: bool): u32 {
  return wide ? 4 : 2;
}
