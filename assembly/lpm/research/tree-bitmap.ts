/**
 * Four bits a level, and two bitmaps a node: which of the 15 prefixes inside it exist, and which of its 16 children (W.
 * Eatherton, G. Varghese, Z. Dittia, "Tree Bitmap: Hardware/Software IP Lookups with Incremental Updates", ACM CCR
 * 34(2), 2004). The children of a node lie together, and so do its values. Updates copy what is on the path.
 *
 *  0                4                8                12
 * +-------+--------+----------------+----------------+
 * | inside| children: 16 bits each  | values         |
 * | 16 bit| 16 bit | first child    | of those inside|
 * +-------+--------+----------------+----------------+
 * Prefix `p` of `r` bits inside a node is bit 2^r + p of `inside`, so 1 is the node itself. The root is a node alone in
 * its block. A node without prefixes and children does not exist.
 */
import { ATOMICITY_SNAPSHOT, CAP_INSERT, CAP_V4, CAP_V6, BLOCK_HEADER_BYTES, EMPTY_ROOT } from '../../layout';
import { arenaAlloc, arenaLack, arenaRelease, arenaRest, blockBytes, isFresh } from '../../arena';
import { isEmpty, keyBit, specBits, specValue } from '../spec';
import { touch } from '../touch';
import { clearSpec, setBit, writeFound } from './order';

export const CAPS = CAP_V4 | CAP_V6 | CAP_INSERT;
export const ATOMICITY = ATOMICITY_SNAPSHOT;

const CHILD_BITS: usize = 2;
const CHILDREN: usize = 4;
const VALUES: usize = 8;
const NODE_BYTES: u32 = 12;
const STRIDE: u32 = 4;
const MOST_CHILDREN: u32 = 16;

/** Of one prefix, whatever becomes of the lists on its way. */
export function mostBytes(bits: u32): u32 {
  return (bits / STRIDE + 2) * 2 * blockBytes(MOST_CHILDREN * NODE_BYTES);
}

// @ts-ignore: decorator
@inline
function inside(node: usize): u32 {
  return load<u16>(node);
}

// @ts-ignore: decorator
@inline
function childBits(node: usize): u32 {
  return load<u16>(node, CHILD_BITS);
}

/** How many bits below bit `index` are set. */
// @ts-ignore: decorator
@inline
function rank(bits: u32, index: u32): u32 {
  return <u32>popcnt(bits & ((1 << index) - 1));
}

// @ts-ignore: decorator
@inline
function childAt(node: usize, slot: u32): usize {
  return <usize>load<u32>(node, CHILDREN) + <usize>(rank(childBits(node), slot) * NODE_BYTES);
}

// @ts-ignore: decorator
@inline
function valueAt(node: usize, position: u32): usize {
  return <usize>load<u32>(node, VALUES) + (<usize>rank(inside(node), position) << 2);
}

/** Up to four bits of a key from `depth` on, as many as `bits` has beyond it. */
// @ts-ignore: decorator
@inline
function bitsAt(key: usize, depth: u32, count: u32): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) found = (found << 1) | keyBit(key, depth + i);
  return found;
}

/** The bit of `inside` for a prefix that ends in a node at `depth`. */
function positionOf(spec: usize, depth: u32): u32 {
  const count = specBits(spec) - depth;
  return (1 << count) | bitsAt(spec, depth, count);
}

/** The node where a prefix ends, whether or not it is there; 0 = there is no such node. */
function nodeFor(root: usize, spec: usize): usize {
  if (isEmpty(root)) return 0;
  let node = root;
  for (let depth: u32 = 0; depth + STRIDE <= specBits(spec); depth += STRIDE) {
    const slot = bitsAt(spec, depth, STRIDE);
    if (((childBits(node) >>> slot) & 1) == 0) return 0;
    node = childAt(node, slot);
  }
  return node;
}

/** The value of exactly this prefix; 0 = it is not there. */
function valueOf(root: usize, spec: usize): u32 {
  const node = nodeFor(root, spec);
  if (node == 0) return 0;
  const position = positionOf(spec, specBits(spec) & ~(STRIDE - 1));
  return (inside(node) >>> position) & 1 ? load<u32>(valueAt(node, position)) : 0;
}

/** Blocks that a change takes, by their size in units of 16 bytes: eight bits for each size. */
let wantedSmall: u64 = 0;
let wantedLarge: u64 = 0;

function want(bytes: u32): void {
  const units = (bytes + BLOCK_HEADER_BYTES + 15) >>> 4;
  if (units < 8) wantedSmall += (<u64>1) << (units << 3);
  else wantedLarge += (<u64>1) << ((units - 8) << 3);
}

/** Whether all blocks that a change may take can be had; it must not fail half way. */
function hasRoom(root: u32, arena: usize, spec: usize, isRemoval: bool): bool {
  wantedSmall = 0;
  wantedLarge = 0;
  if (isEmpty(root) || !isFresh(arena, root)) want(NODE_BYTES);
  let node: usize = isEmpty(root) ? 0 : root;
  let depth: u32 = 0;
  for (; depth + STRIDE <= specBits(spec); depth += STRIDE) {
    const slot = bitsAt(spec, depth, STRIDE);
    const children = node == 0 ? 0 : childBits(node);
    const isThere = ((children >>> slot) & 1) == 1;
    wantList(arena, node == 0 ? 0 : node + CHILDREN, popcnt(children), NODE_BYTES, isThere, isRemoval);
    node = isThere ? childAt(node, slot) : 0;
  }
  const here = node == 0 ? 0 : inside(node);
  const isThere = ((here >>> positionOf(spec, depth)) & 1) == 1;
  wantList(arena, node == 0 ? 0 : node + VALUES, popcnt(here), 4, isThere, isRemoval);
  let lack: u32 = 0;
  for (let units: u32 = 1; units < 16; units++) {
    const wanted = units < 8 ? wantedSmall >> (units << 3) : wantedLarge >> ((units - 8) << 3);
    if (wanted & 255) lack += arenaLack(arena, (units << 4) - BLOCK_HEADER_BYTES, <u32>(wanted & 255));
  }
  return lack <= arenaRest(arena);
}

/** What `resize` may take for a list of `count` items: a copy, and a longer or a shorter one. */
function wantList(arena: usize, link: usize, count: u32, size: u32, isThere: bool, isRemoval: bool): void {
  if (!isThere) want((count + 1) * size);
  else if (!isFresh(arena, load<u32>(link))) want(count * size);
  if (isRemoval && count > 1) want((count - 1) * size);
}

/**
 * Gives a list of `count` items at `link`, of `size` bytes each, a place for one more at `index` (`by` 1), one less (-1),
 * or makes it one that may be changed (0).
 */
function resize(arena: usize, link: usize, count: u32, size: u32, index: u32, by: i32): void {
  const old = <usize>load<u32>(link);
  const bytes = count * size;
  if (by == 0 && isFresh(arena, old)) return;
  const length = <u32>(<i32>count + by);
  let list: usize = 0;
  if (length != 0) {
    list = arenaAlloc(arena, length * size);
    assert(list != 0); // room was checked before the first change
    const before = index * size;
    const skipped = by < 0 ? size : 0;
    const gap = by > 0 ? size : 0;
    if (old != 0) {
      memory.copy(list, old, before);
      memory.copy(list + before + gap, old + before + skipped, bytes - before - skipped);
    }
  }
  if (old != 0) arenaRelease(arena, old, bytes);
  store<u32>(link, <u32>list);
}

/** A root that may be changed. */
function ownRoot(root: u32, arena: usize): usize {
  if (!isEmpty(root) && isFresh(arena, root)) return root;
  const copy = arenaAlloc(arena, NODE_BYTES);
  assert(copy != 0);
  if (isEmpty(root)) {
    memory.fill(copy, 0, NODE_BYTES);
  } else {
    memory.copy(copy, root, NODE_BYTES);
    arenaRelease(arena, root, NODE_BYTES);
  }
  return copy;
}

/** Returns the new root; 0 = no room, and nothing was changed. */
export function insert(root: u32, arena: usize, spec: usize): u32 {
  const before = valueOf(root, spec);
  if (before == specValue(spec)) return root;
  if (!hasRoom(root, arena, spec, false)) return 0;
  const top = ownRoot(root, arena);
  let node = top;
  let depth: u32 = 0;
  for (; depth + STRIDE <= specBits(spec); depth += STRIDE) {
    const slot = bitsAt(spec, depth, STRIDE);
    const children = childBits(node);
    const isNew = ((children >>> slot) & 1) == 0;
    resize(arena, node + CHILDREN, popcnt(children), NODE_BYTES, rank(children, slot), i32(isNew));
    store<u16>(node, children | (1 << slot), CHILD_BITS);
    node = childAt(node, slot);
    if (isNew) memory.fill(node, 0, NODE_BYTES);
  }
  const position = positionOf(spec, depth);
  const here = inside(node);
  resize(arena, node + VALUES, popcnt(here), 4, rank(here, position), i32(before == 0));
  store<u16>(node, here | (1 << position));
  store<u32>(valueAt(node, position), specValue(spec));
  return <u32>top;
}

/** As insert. */
export function remove(root: u32, arena: usize, spec: usize): u32 {
  if (valueOf(root, spec) == 0) return root == 0 ? EMPTY_ROOT : root;
  if (!hasRoom(root, arena, spec, true)) return 0;
  const top = ownRoot(root, arena);
  if (!removeFrom(top, arena, spec, 0)) return <u32>top;
  arenaRelease(arena, top, NODE_BYTES);
  return EMPTY_ROOT;
}

/** Takes the prefix from the node at `depth`, which may be changed, or from one below. True when nothing is left of it. */
function removeFrom(node: usize, arena: usize, spec: usize, depth: u32): bool {
  const here = inside(node);
  const children = childBits(node);
  if (depth + STRIDE > specBits(spec)) {
    const position = positionOf(spec, depth);
    resize(arena, node + VALUES, popcnt(here), 4, rank(here, position), -1);
    store<u16>(node, here & ~(1 << position));
  } else {
    const slot = bitsAt(spec, depth, STRIDE);
    resize(arena, node + CHILDREN, popcnt(children), NODE_BYTES, 0, 0);
    if (removeFrom(childAt(node, slot), arena, spec, depth + STRIDE)) {
      resize(arena, node + CHILDREN, popcnt(children), NODE_BYTES, rank(children, slot), -1);
      store<u16>(node, children & ~(1 << slot), CHILD_BITS);
    }
  }
  return (inside(node) | childBits(node)) == 0;
}

/** Frees what this transaction made of a table: of a node, lists that are fresh; a list is no older than what is in it. */
export function abandon(root: usize, arena: usize): void {
  if (isEmpty(root) || !isFresh(arena, root)) return;
  abandonLists(root, arena);
  arenaRelease(arena, root, NODE_BYTES);
}

function abandonLists(node: usize, arena: usize): void {
  const values = <usize>load<u32>(node, VALUES);
  if (values != 0 && isFresh(arena, values)) arenaRelease(arena, values, popcnt(inside(node)) << 2);
  const list = <usize>load<u32>(node, CHILDREN);
  if (list == 0 || !isFresh(arena, list)) return;
  const count = <u32>popcnt(childBits(node));
  for (let i: u32 = 0; i < count; i++) abandonLists(list + <usize>(i * NODE_BYTES), arena);
  arenaRelease(arena, list, count * NODE_BYTES);
}

/** Releases all blocks. Readers may still be in them: the arena waits. */
export function destroy(root: usize, arena: usize): void {
  if (isEmpty(root)) return;
  destroyLists(root, arena);
  arenaRelease(arena, root, NODE_BYTES);
}

function destroyLists(node: usize, arena: usize): void {
  const values = <usize>load<u32>(node, VALUES);
  if (values != 0) arenaRelease(arena, values, popcnt(inside(node)) << 2);
  const list = <usize>load<u32>(node, CHILDREN);
  if (list == 0) return;
  const count = <u32>popcnt(childBits(node));
  for (let i: u32 = 0; i < count; i++) destroyLists(list + <usize>(i * NODE_BYTES), arena);
  arenaRelease(arena, list, count * NODE_BYTES);
}

/** Bytes of all lists of nodes, or of all lists of values, as blocks of the arena. */
export function partBytes(root: usize, part: u32): u32 {
  return part > 1 ? 0 : (part == 0 ? blockBytes(NODE_BYTES) : 0) + listBytes(root, part == 0);
}

function listBytes(node: usize, ofNodes: bool): u32 {
  const list = <usize>load<u32>(node, CHILDREN);
  const count = <u32>popcnt(childBits(node));
  const values = <u32>popcnt(inside(node));
  let bytes: u32 = ofNodes || values == 0 ? 0 : blockBytes(values << 2);
  if (count == 0) return bytes;
  if (ofNodes) bytes += blockBytes(count * NODE_BYTES);
  for (let i: u32 = 0; i < count; i++) bytes += listBytes(list + <usize>(i * NODE_BYTES), ofNodes);
  return bytes;
}

/** Makes `spec` the prefix that follows it by address and then length, with its value. False = there is none. */
export function next(family: i32, root: usize, spec: usize, first: bool): bool {
  if (isEmpty(root)) return false;
  if (first) clearSpec(spec);
  return first ? firstAt(family, root, spec, 1, 0) : after(family, root, spec, 1, 0);
}

/** The first prefix at or below a position of a node, which the address in `spec` leads to. */
function firstAt(family: i32, node: usize, spec: usize, position: u32, depth: u32): bool {
  if (position >= MOST_CHILDREN) {
    const slot = position - MOST_CHILDREN;
    if (((childBits(node) >>> slot) & 1) == 0) return false;
    return firstAt(family, childAt(node, slot), spec, 1, depth);
  }
  if ((inside(node) >>> position) & 1) {
    writeFound(spec, family, depth, load<u32>(valueAt(node, position)));
    return true;
  }
  return firstBelow(family, node, spec, position, depth, 0) || firstBelow(family, node, spec, position, depth, 1);
}

function firstBelow(family: i32, node: usize, spec: usize, position: u32, depth: u32, bit: u32): bool {
  setBit(spec, depth, bit);
  return firstAt(family, node, spec, (position << 1) | bit, depth + 1);
}

function after(family: i32, node: usize, spec: usize, position: u32, depth: u32): bool {
  if (position >= MOST_CHILDREN) {
    const slot = position - MOST_CHILDREN;
    if (((childBits(node) >>> slot) & 1) == 0) return false;
    return after(family, childAt(node, slot), spec, 1, depth);
  }
  if (depth == specBits(spec)) {
    return firstBelow(family, node, spec, position, depth, 0) || firstBelow(family, node, spec, position, depth, 1);
  }
  const bit = keyBit(spec, depth);
  if (after(family, node, spec, (position << 1) | bit, depth + 1)) return true;
  return bit == 0 && firstBelow(family, node, spec, position, depth, 1);
}

/** The bits of `inside` that are prefixes of these four bits of a key, the longest one highest. */
// @ts-ignore: decorator
@inline
function covering(nibble: u32): u32 {
  return 2 | (1 << (2 | (nibble >>> 3))) | (1 << (4 | (nibble >>> 2))) | (1 << (8 | (nibble >>> 1)));
}

// @ts-ignore: decorator
@inline
export function lookup4(root: usize, a: u32): u32 {
  let best: usize = 0;
  let node = root;
  for (; ; a <<= STRIDE) {
    touch(0, node, NODE_BYTES);
    const nibble = a >>> 28;
    const matches = inside(node) & covering(nibble);
    if (matches != 0) best = valueAt(node, 31 - clz<u32>(matches));
    if (((childBits(node) >>> nibble) & 1) == 0) break;
    node = childAt(node, nibble);
  }
  return found(best);
}

/** `key`: four words. */
// @ts-ignore: decorator
@inline
export function lookup6(root: usize, key: usize): u32 {
  let best: usize = 0;
  let node = root;
  let high = rotl<u64>(load<u64>(key), 32);
  let low = rotl<u64>(load<u64>(key, 8), 32);
  for (;;) {
    touch(0, node, NODE_BYTES);
    const nibble = <u32>(high >> 60);
    const matches = inside(node) & covering(nibble);
    if (matches != 0) best = valueAt(node, 31 - clz<u32>(matches));
    if (((childBits(node) >>> nibble) & 1) == 0) break;
    node = childAt(node, nibble);
    high = (high << STRIDE) | (low >> 60);
    low <<= STRIDE;
  }
  return found(best);
}

/** The value at the place that was found last; it is read once, at the end. */
// @ts-ignore: decorator
@inline
function found(value: usize): u32 {
  if (value == 0) return 0;
  touch(1, value, 4);
  return load<u32>(value);
}
