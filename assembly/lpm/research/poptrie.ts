/**
 * Nodes of 64 slots, each with two bit vectors in place of pointers: which slots have a child, and where a run of equal
 * leaves begins; children and leaves of a node lie together, so a population count finds them (H. Asai, Y. Ohara,
 * "Poptrie: A Compressed Trie with Population Count for Fast and Scalable Software IP Routing Table Lookup", SIGCOMM
 * 2015). The first 18 bits (IPv6: 20, so that strides end at 128) index a table. Its entries are u32: a node's number,
 * or with the top bit set a value.
 *
 * Parts: direct table; nodes of { u64 vector, u64 leaf vector, u32 first child, u32 first leaf }; leaves.
 */
import { touch } from '../touch';
import {
  back,
  lastHigh,
  lastLow,
  mark,
  reaches,
  rewind,
  seek,
  slotHigh,
  slotLow,
  slotOfEnd,
  valueHere,
} from './ranges';
import { leafBytes, loadLeaf, partAt, plan, storeLeaf, writeParts } from './structure';

const STRIDE: u32 = 6;
const SLOTS: u32 = 64;
const NODE_BYTES: u32 = 24;
const LEAF_VECTOR: usize = 8;
const FIRST_CHILD: usize = 16;
const FIRST_LEAF: usize = 20;
const LEAF: u32 = 0x8000_0000;

let nodes: u32 = 0;
let leaves: u32 = 0;
let nodesAt: usize = 0;
let leavesAt: usize = 0;
let isWide: bool = false;

// @ts-ignore: decorator
@inline
function directBits(family: i32): u32 {
  return family == 4 ? 18 : 20;
}

export function measure(family: i32, wide: bool): u32 {
  nodes = 0;
  leaves = 0;
  const bits = directBits(family);
  rewind();
  let i: u32 = 0;
  while (i < 1 << bits) {
    seek(slotHigh(0, i, bits), 0);
    const end = slotOfEnd(bits);
    if (i < end) {
      i = end;
      continue;
    }
    nodes += 1;
    count(slotHigh(0, i, bits), 0, bits + STRIDE);
    i += 1;
  }
  return plan(4 << bits, nodes * NODE_BYTES, leaves * leafBytes(wide));
}

/** Counts what a node, whose slots are prefixes of `bits` bits, and those below it have. */
function count(high: u64, low: u64, bits: u32): void {
  let before: u32 = 0;
  let isFirst = true;
  for (let i: u32 = 0; i < SLOTS; i++) {
    const h = slotHigh(high, i, bits);
    const l = slotLow(low, i, bits);
    seek(h, l);
    if (!reaches(lastHigh(h, bits), lastLow(l, bits))) {
      nodes += 1;
      count(h, l, bits + STRIDE);
    } else {
      if (isFirst || valueHere() != before) leaves += 1;
      before = valueHere();
      isFirst = false;
    }
  }
}

export function fill(structure: usize, family: i32, wide: bool): void {
  const bits = directBits(family);
  writeParts(structure);
  nodesAt = partAt(structure, 1);
  leavesAt = partAt(structure, 2);
  nodes = 0;
  leaves = 0;
  isWide = wide;
  rewind();
  let entry = partAt(structure, 0);
  let i: u32 = 0;
  while (i < 1 << bits) {
    seek(slotHigh(0, i, bits), 0);
    const end = slotOfEnd(bits);
    if (i < end) {
      for (; i < end; i++, entry += 4) store<u32>(entry, LEAF | valueHere());
      continue;
    }
    const node = nodes++;
    store<u32>(entry, node);
    fillNode(node, slotHigh(0, i, bits), 0, bits + STRIDE);
    i += 1;
    entry += 4;
  }
}

/**
 * Writes a node. Its children must lie together, so they are numbered before any of them is written; the vectors are
 * found in a first pass over the slots, the children in a second one, which starts over where the first did.
 */
function fillNode(index: u32, high: u64, low: u64, bits: u32): void {
  const node = nodesAt + <usize>(index * NODE_BYTES);
  const start = mark();
  let vector: u64 = 0;
  let leafVector: u64 = 0;
  const firstLeaf = leaves;
  for (let i: u32 = 0; i < SLOTS; i++) {
    const h = slotHigh(high, i, bits);
    const l = slotLow(low, i, bits);
    seek(h, l);
    if (!reaches(lastHigh(h, bits), lastLow(l, bits))) {
      vector |= (<u64>1) << i;
    } else if (leaves == firstLeaf || loadLeaf(isWide, leavesAt, leaves - 1) != valueHere()) {
      leafVector |= (<u64>1) << i;
      storeLeaf(isWide, leavesAt, leaves++, valueHere());
    }
  }
  let child = nodes;
  nodes += <u32>popcnt(vector);
  store<u64>(node, vector);
  store<u64>(node, leafVector, LEAF_VECTOR);
  store<u32>(node, child, FIRST_CHILD);
  store<u32>(node, firstLeaf, FIRST_LEAF);
  back(start);
  for (; vector != 0; vector &= vector - 1, child++) {
    const i = <u32>ctz(vector);
    fillNode(child, slotHigh(high, i, bits), slotLow(low, i, bits), bits + STRIDE);
  }
}

// @ts-ignore: decorator
@inline
export function lookup4(structure: usize, wide: bool, a: u32): u32 {
  const entry = partAt(structure, 0) + (<usize>(a >>> 14) << 2);
  touch(0, entry, 4);
  const first = load<u32>(entry);
  return first & LEAF ? first & ~LEAF : descend(structure, wide, first, <u64>a << 50, 0);
}

/** `key`: four words. */
// @ts-ignore: decorator
@inline
export function lookup6(structure: usize, wide: bool, key: usize): u32 {
  const high = rotl<u64>(load<u64>(key), 32);
  const entry = partAt(structure, 0) + (<usize>(high >> 44) << 2);
  touch(0, entry, 4);
  const first = load<u32>(entry);
  if (first & LEAF) return first & ~LEAF;
  const low = rotl<u64>(load<u64>(key, 8), 32);
  return descend(structure, wide, first, (high << 20) | (low >> 44), low << 20);
}

/** From a node on, by the top bits of `high`; `low` has those that follow. */
function descend(structure: usize, wide: bool, index: u32, high: u64, low: u64): u32 {
  const all = partAt(structure, 1);
  let node = all + <usize>(index * NODE_BYTES);
  touch(1, node, NODE_BYTES);
  while ((load<u64>(node) >> (high >> 58)) & 1) {
    const upTo = u64.MAX_VALUE >> (63 - (high >> 58));
    const child = load<u32>(node, FIRST_CHILD) + <u32>popcnt(load<u64>(node) & upTo) - 1;
    node = all + <usize>(child * NODE_BYTES);
    touch(1, node, NODE_BYTES);
    high = (high << STRIDE) | (low >> 58);
    low <<= STRIDE;
  }
  const upTo = u64.MAX_VALUE >> (63 - (high >> 58));
  const leaf = load<u32>(node, FIRST_LEAF) + <u32>popcnt(load<u64>(node, LEAF_VECTOR) & upTo) - 1;
  touch(2, partAt(structure, 2) + <usize>(leaf * leafBytes(wide)), leafBytes(wide));
  return loadLeaf(wide, partAt(structure, 2), leaf);
}
