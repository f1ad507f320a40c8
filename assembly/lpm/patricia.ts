/**
 * A binary trie without one-way nodes (PATRICIA: Morrison, J. ACM 15(4), 1968), with prefixes kept in inner nodes too
 * (as in the BSD routing table: Sklower, USENIX 1991) and updates by path copy, so that a reader keeps a whole table.
 *
 *  0                4                8                12               16
 * +----------------+----------------+----------------+----------------+------------------+
 * | bits           | value, 0 = no  | child for      | child for      | key: 1 or 4 words|
 * |                | prefix here    | next bit 0     | next bit 1     |                  |
 * +----------------+----------------+----------------+----------------+------------------+
 * Invariants: key bits beyond `bits` are 0; a child extends its parent's key and is longer; a node without a value has
 * two children. A table of n prefixes has at most 2n - 1 nodes: 64 bytes a prefix for IPv4, 96 for IPv6, at worst.
 */
import {
  ATOMICITY_SNAPSHOT,
  CAP_INSERT,
  CAP_V4,
  CAP_V6,
  EMPTY_ROOT,
  SPEC_BYTES,
} from '../layout';
import { wordMask } from '../bytes';
import { arenaAlloc, arenaHasRoom, arenaRelease, blockBytes, isFresh } from '../arena';
import { commonBits, copyMasked, familyWords, isEmpty, keyBit, specBits, specFamily, specValue, writeSpec } from './spec';
import { touch } from './touch';

export const CAPS = CAP_V4 | CAP_V6 | CAP_INSERT;
export const ATOMICITY = ATOMICITY_SNAPSHOT;

const VALUE_OFFSET: usize = 4;
const CHILDREN_OFFSET: usize = 8;
export const KEY_OFFSET: usize = 16;

// @ts-ignore: decorator
@inline
export function nodeBits(node: usize): u32 {
  return load<u32>(node);
}

/** 0 = no prefix. */
// @ts-ignore: decorator
@inline
export function nodeValue(node: usize): u32 {
  return load<u32>(node, VALUE_OFFSET);
}

// @ts-ignore: decorator
@inline
export function leftOf(node: usize): usize {
  return <usize>load<u32>(node, CHILDREN_OFFSET);
}

// @ts-ignore: decorator
@inline
export function rightOf(node: usize): usize {
  return <usize>load<u32>(node, CHILDREN_OFFSET + 4);
}

/** The first 64 bits of a node's address, an IPv4 one in the upper half of them. */
export function keyHigh(family: i32, node: usize): u64 {
  const high = <u64>load<u32>(node, KEY_OFFSET) << 32;
  return family == 4 ? high : high | load<u32>(node, KEY_OFFSET + 4);
}

export function keyLow(family: i32, node: usize): u64 {
  return family == 4 ? 0 : (<u64>load<u32>(node, KEY_OFFSET + 8) << 32) | load<u32>(node, KEY_OFFSET + 12);
}

// @ts-ignore: decorator
@inline
export function nodeBytes(family: i32): u32 {
  return <u32>KEY_OFFSET + (familyWords(family) << 2);
}

/** Address of the link that leads on from `node` for `key`. */
// @ts-ignore: decorator
@inline
function linkOf(node: usize, key: usize): usize {
  return node + CHILDREN_OFFSET + <usize>(keyBit(key, load<u32>(node)) << 2);
}

/** The other child of a node, given the address of the link to the first. */
// @ts-ignore: decorator
@inline
function siblingOf(node: usize, link: usize): u32 {
  return load<u32>(node + CHILDREN_OFFSET + ((link - node - CHILDREN_OFFSET) ^ 4));
}

export function footprint(family: i32, specs: usize, count: u32): u32 {
  return count * 2 * blockBytes(nodeBytes(family));
}

function newNode(arena: usize, family: i32, key: usize, bits: u32, value: u32): usize {
  const node = arenaAlloc(arena, nodeBytes(family));
  assert(node != 0); // room was checked before the first change
  store<u32>(node, bits);
  store<u32>(node, value, VALUE_OFFSET);
  store<u64>(node, 0, CHILDREN_OFFSET);
  copyMasked(node + KEY_OFFSET, key, bits, familyWords(family));
  return node;
}

/** A node that may be changed: itself when no reader has seen it, else a copy that takes its place. */
function own(arena: usize, family: i32, node: usize): usize {
  if (isFresh(arena, node)) return node;
  const copy = arenaAlloc(arena, nodeBytes(family));
  assert(copy != 0);
  memory.copy(copy, node, nodeBytes(family));
  arenaRelease(arena, node, nodeBytes(family));
  return copy;
}

/** Nodes on the way to `spec` that a path copy would copy. */
function pathCopies(root: usize, arena: usize, spec: usize): u32 {
  const bits = specBits(spec);
  let copies: u32 = 0;
  let node = root;
  while (!isEmpty(node)) {
    const nodeBits = load<u32>(node);
    if (nodeBits > bits || commonBits(node + KEY_OFFSET, spec, nodeBits) < nodeBits) break;
    if (!isFresh(arena, node)) copies += 1;
    if (nodeBits == bits) break;
    node = <usize>load<u32>(linkOf(node, spec));
  }
  return copies;
}

/** The node of exactly this prefix, if it holds a value. */
function find(root: usize, spec: usize): usize {
  const bits = specBits(spec);
  let node = root;
  while (!isEmpty(node)) {
    const nodeBits = load<u32>(node);
    if (nodeBits > bits || commonBits(node + KEY_OFFSET, spec, nodeBits) < nodeBits) return 0;
    if (nodeBits == bits) return load<u32>(node, VALUE_OFFSET) != 0 ? node : 0;
    node = <usize>load<u32>(linkOf(node, spec));
  }
  return 0;
}

/** The value of exactly this prefix; 0 = it is not there. */
export function valueOf(root: usize, spec: usize): u32 {
  const node = find(root, spec);
  return node == 0 ? 0 : nodeValue(node);
}

/** The value of the longest prefix of at most `limit` bits that covers the first `limit` bits of a node's key. */
export function lookupAtMost(root: usize, keyed: usize, limit: u32): u32 {
  const key = keyed + KEY_OFFSET;
  let best: u32 = 0;
  let node = root;
  while (!isEmpty(node)) {
    const bits = nodeBits(node);
    if (bits > limit || commonBits(node + KEY_OFFSET, key, bits) < bits) break;
    if (nodeValue(node) != 0) best = nodeValue(node);
    if (bits == limit) break;
    node = <usize>load<u32>(linkOf(node, key));
  }
  return best;
}

/** Stores a child: into the link at `link`, or as the root when there is no link. Returns the root. */
// @ts-ignore: decorator
@inline
function attach(root: u32, link: usize, node: usize): u32 {
  if (link == 0) return <u32>node;
  store<u32>(link, <u32>node);
  return root;
}

export function insert(root: u32, arena: usize, spec: usize): u32 {
  const present = find(root, spec);
  if (present != 0 && load<u32>(present, VALUE_OFFSET) == specValue(spec)) return root;
  const family = specFamily(spec);
  // All room is secured first: a change that has begun cannot fail.
  if (!arenaHasRoom(arena, nodeBytes(family), pathCopies(root, arena, spec) + 2)) return 0;
  const bits = specBits(spec);
  let link: usize = 0;
  let node: usize = root == EMPTY_ROOT ? 0 : root;
  while (node != 0) {
    const nodeBits = load<u32>(node);
    const common = commonBits(node + KEY_OFFSET, spec, nodeBits < bits ? nodeBits : bits);
    if (common < nodeBits) {
      // The node lies beside or below the new prefix.
      const leaf = newNode(arena, family, spec, bits, specValue(spec));
      let above = leaf;
      if (common < bits) {
        above = newNode(arena, family, spec, common, 0);
        store<u32>(linkOf(above, spec), <u32>leaf);
      }
      store<u32>(linkOf(above, node + KEY_OFFSET), <u32>node);
      return attach(root, link, above);
    }
    node = own(arena, family, node);
    root = attach(root, link, node);
    if (nodeBits == bits) {
      store<u32>(node, specValue(spec), VALUE_OFFSET);
      return root;
    }
    link = linkOf(node, spec);
    node = <usize>load<u32>(link);
  }
  return attach(root, link, newNode(arena, family, spec, bits, specValue(spec)));
}

export function remove(root: u32, arena: usize, spec: usize): u32 {
  const target = find(root, spec);
  if (target == 0) return root == 0 ? EMPTY_ROOT : root;
  const family = specFamily(spec);
  const bytes = nodeBytes(family);
  if (!arenaHasRoom(arena, bytes, pathCopies(root, arena, spec))) return 0;
  let node: usize = root;
  let link: usize = 0; // to `node`
  let parent: usize = 0;
  let parentLink: usize = 0; // to `parent`
  while (node != target) {
    node = own(arena, family, node);
    root = attach(root, link, node);
    parent = node;
    parentLink = link;
    link = linkOf(node, spec);
    node = <usize>load<u32>(link);
  }
  const left = load<u32>(node, CHILDREN_OFFSET);
  const right = load<u32>(node, CHILDREN_OFFSET + 4);
  if (left != 0 && right != 0) {
    node = own(arena, family, node);
    store<u32>(node, 0, VALUE_OFFSET);
    return attach(root, link, node);
  }
  arenaRelease(arena, node, bytes);
  if ((left | right) == 0 && parent != 0 && load<u32>(parent, VALUE_OFFSET) == 0) {
    // The parent only branched: its other child takes its place.
    const sibling = siblingOf(parent, link);
    arenaRelease(arena, parent, bytes);
    return attach(root, parentLink, sibling);
  }
  root = attach(root, link, left | right);
  return root == 0 ? EMPTY_ROOT : root;
}

/** Frees what this transaction made of a table. Above a fresh node there are only fresh nodes. */
export function abandon(family: i32, root: u32, arena: usize): void {
  if (isEmpty(root) || !isFresh(arena, root)) return;
  abandon(family, load<u32>(root, CHILDREN_OFFSET), arena);
  abandon(family, load<u32>(root, CHILDREN_OFFSET + 4), arena);
  arenaRelease(arena, root, nodeBytes(family));
}

/** Releases all nodes of the tree that `root` is the top of. Readers may still be in it: the arena waits for them. */
export function destroy(family: i32, root: u32, arena: usize): void {
  if (isEmpty(root)) return;
  destroy(family, load<u32>(root, CHILDREN_OFFSET), arena);
  destroy(family, load<u32>(root, CHILDREN_OFFSET + 4), arena);
  arenaRelease(arena, root, nodeBytes(family));
}

/** The first node with a value at or below `node`, by address and then length. */
function firstValued(node: usize): usize {
  while (load<u32>(node, VALUE_OFFSET) == 0) node = <usize>load<u32>(node, CHILDREN_OFFSET);
  return node;
}

/** The first valued node after the prefix `spec`, of those at or below `node`; 0 = none. */
function valuedAfter(node: usize, spec: usize): usize {
  if (isEmpty(node)) return 0;
  const bits = specBits(spec);
  const nodeBits = load<u32>(node);
  const common = commonBits(node + KEY_OFFSET, spec, nodeBits < bits ? nodeBits : bits);
  const left = load<u32>(node, CHILDREN_OFFSET);
  const right = load<u32>(node, CHILDREN_OFFSET + 4);
  if (common == nodeBits && nodeBits < bits) {
    const found = valuedAfter(<usize>load<u32>(linkOf(node, spec)), spec);
    if (found != 0 || keyBit(spec, nodeBits) == 1) return found;
    return right == 0 ? 0 : firstValued(right);
  }
  if (common == nodeBits && nodeBits == bits) return left != 0 ? firstValued(left) : right != 0 ? firstValued(right) : 0;
  if (common == bits || keyBit(node + KEY_OFFSET, common) == 1) return firstValued(node);
  return 0;
}

/** Makes `spec` the prefix that follows it by address and then length, with its value. False = there is none. */
export function next(family: i32, root: u32, spec: usize, first: bool): bool {
  if (isEmpty(root)) return false;
  const node = first ? firstValued(root) : valuedAfter(root, spec);
  if (node == 0) return false;
  writeSpec(spec, node + KEY_OFFSET, family, load<u32>(node), load<u32>(node, VALUE_OFFSET));
  return true;
}

// @ts-ignore: decorator
@inline
export function lookup4(root: usize, a: u32): u32 {
  let best: u32 = 0;
  let node = root;
  while (!isEmpty(node)) {
    touch(0, node, nodeBytes(4));
    const bits = load<u32>(node);
    if ((load<u32>(node, KEY_OFFSET) ^ a) & wordMask(bits)) break;
    const value = load<u32>(node, VALUE_OFFSET);
    best = value != 0 ? value : best;
    if (bits == 32) break;
    node = <usize>load<u32>(node + <usize>(((a >>> (31 - bits)) & 1) << 2), CHILDREN_OFFSET);
  }
  return best;
}

/** `key`: four words. */
// @ts-ignore: decorator
@inline
export function lookup6(root: usize, key: usize): u32 {
  let best: u32 = 0;
  let node = root;
  while (!isEmpty(node)) {
    touch(0, node, nodeBytes(6));
    const bits = load<u32>(node);
    if (commonBits(node + KEY_OFFSET, key, bits) < bits) break;
    const value = load<u32>(node, VALUE_OFFSET);
    best = value != 0 ? value : best;
    if (bits == 128) break;
    node = <usize>load<u32>(linkOf(node, key));
  }
  return best;
}

export function batch4(root: usize, keys: usize, out: usize, n: i32): void {
  for (const end = keys + (<usize>n << 2); keys < end; keys += 4, out += 4) store<u32>(out, lookup4(root, load<u32>(keys)));
}

export function batch6(root: usize, keys: usize, out: usize, n: i32): void {
  for (const end = keys + (<usize>n << 4); keys < end; keys += 16, out += 4) store<u32>(out, lookup6(root, keys));
}
