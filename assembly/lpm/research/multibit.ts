/**
 * A trie of fixed strides with the values pushed down to its leaves (controlled prefix expansion: Srinivasan, Varghese,
 * "Fast Address Lookups Using Controlled Prefix Expansion", ACM TOCS 17(1), 1999). The first stride is 16 bits, all
 * others 8. Entries are u32: a value, or with the top bit set the number of a node.
 *
 * Parts: root, u32[2^16]; nodes, u32[256] each.
 */
import { touch } from '../touch';
import { lastHigh, lastLow, reaches, rewind, seek, slotHigh, slotLow, valueHere } from './ranges';
import { partAt, plan, writeParts } from './structure';

const ROOT_BITS: u32 = 16;
const STRIDE: u32 = 8;
const NODE_BYTES: u32 = 1024;
const CHILD: u32 = 0x8000_0000;

let nodes: u32 = 0;
let structureNodes: usize = 0;

/** Bytes of the structure for the ranges there are. */
export function measure(): u32 {
  rewind();
  nodes = 0;
  count(0, 0, ROOT_BITS, 1 << ROOT_BITS);
  return plan(4 << ROOT_BITS, nodes * NODE_BYTES);
}

/** Counts the nodes below one whose `slots` slots are prefixes of `bits` bits. */
function count(high: u64, low: u64, bits: u32, slots: u32): void {
  for (let i: u32 = 0; i < slots; i++) {
    const h = slotHigh(high, i, bits);
    const l = slotLow(low, i, bits);
    seek(h, l);
    if (reaches(lastHigh(h, bits), lastLow(l, bits))) continue;
    nodes += 1;
    count(h, l, bits + STRIDE, 1 << STRIDE);
  }
}

export function fill(structure: usize): void {
  writeParts(structure);
  rewind();
  nodes = 0;
  structureNodes = partAt(structure, 1);
  fillNode(partAt(structure, 0), 0, 0, ROOT_BITS, 1 << ROOT_BITS);
}

function fillNode(node: usize, high: u64, low: u64, bits: u32, slots: u32): void {
  for (let i: u32 = 0; i < slots; i++, node += 4) {
    const h = slotHigh(high, i, bits);
    const l = slotLow(low, i, bits);
    seek(h, l);
    if (reaches(lastHigh(h, bits), lastLow(l, bits))) {
      store<u32>(node, valueHere());
      continue;
    }
    store<u32>(node, CHILD | nodes);
    const child = structureNodes + <usize>(nodes * NODE_BYTES);
    nodes += 1;
    fillNode(child, h, l, bits + STRIDE, 1 << STRIDE);
  }
}

// @ts-ignore: decorator
@inline
export function lookup4(structure: usize, a: u32): u32 {
  const entry = partAt(structure, 0) + (<usize>(a >>> ROOT_BITS) << 2);
  touch(0, entry, 4);
  return descend(structure, load<u32>(entry), a << ROOT_BITS, 0);
}

/** `key`: four words. */
// @ts-ignore: decorator
@inline
export function lookup6(structure: usize, key: usize): u32 {
  const entry = partAt(structure, 0) + (<usize>(load<u32>(key) >>> ROOT_BITS) << 2);
  touch(0, entry, 4);
  return descend(structure, load<u32>(entry), load<u32>(key) << ROOT_BITS, key);
}

/** Follows children by the top bytes of `rest`, and then of the words behind `key`, which only longer tables reach. */
function descend(structure: usize, entry: u32, rest: u32, key: usize): u32 {
  const all = partAt(structure, 1);
  let left: u32 = ROOT_BITS / STRIDE;
  while (entry & CHILD) {
    if (left == 0) {
      key += 4;
      rest = load<u32>(key);
      left = 4;
    }
    const slot = all + <usize>((entry & ~CHILD) * NODE_BYTES) + (<usize>(rest >>> 24) << 2);
    touch(1, slot, 4);
    entry = load<u32>(slot);
    rest <<= STRIDE;
    left -= 1;
  }
  return entry;
}
