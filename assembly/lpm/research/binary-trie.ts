/**
 * One bit a level, and a node for each prefix of a prefix: what the others are measured by. Updates copy the path, so
 * that a reader keeps a whole table.
 *
 *  0                4                8                12
 * +----------------+----------------+----------------+
 * | value, 0 = no  | child for      | child for      |
 * | prefix here    | next bit 0     | next bit 1     |
 * +----------------+----------------+----------------+
 * A node without a value and without children does not exist.
 */
import { ATOMICITY_SNAPSHOT, CAP_INSERT, CAP_V4, CAP_V6, EMPTY_ROOT } from '../../layout';
import { arenaAlloc, arenaHasRoom, arenaRelease, blockBytes, isFresh } from '../../arena';
import { isEmpty, keyBit, specBits, specValue } from '../spec';
import { touch } from '../touch';
import { clearSpec, setBit, writeFound } from './order';

export const CAPS = CAP_V4 | CAP_V6 | CAP_INSERT;
export const ATOMICITY = ATOMICITY_SNAPSHOT;

const CHILDREN: usize = 4;
const NODE_BYTES: u32 = 12;

/** Of one prefix, if nothing else is there. */
export function mostBytes(bits: u32): u32 {
  return (bits + 1) * blockBytes(NODE_BYTES);
}

// @ts-ignore: decorator
@inline
function linkOf(node: usize, bit: u32): usize {
  return node + CHILDREN + (<usize>bit << 2);
}

// @ts-ignore: decorator
@inline
function childOf(node: usize, bit: u32): usize {
  return <usize>load<u32>(linkOf(node, bit));
}

/** The value of exactly this prefix; 0 = it is not there. */
function valueOf(root: usize, spec: usize): u32 {
  let node = root;
  for (let depth: u32 = 0; !isEmpty(node); depth++) {
    if (depth == specBits(spec)) return load<u32>(node);
    node = childOf(node, keyBit(spec, depth));
  }
  return 0;
}

/** Nodes on the way to a prefix that a change has to make: those that are not there, and copies of what readers see. */
function nodesToMake(root: usize, arena: usize, spec: usize): u32 {
  let count: u32 = 0;
  let node = root;
  for (let depth: u32 = 0; depth <= specBits(spec); depth++) {
    if (isEmpty(node) || !isFresh(arena, node)) count += 1;
    if (!isEmpty(node) && depth < specBits(spec)) node = childOf(node, keyBit(spec, depth));
  }
  return count;
}

/** A node that may be changed: a new one, itself when no reader has seen it, else a copy that takes its place. */
function own(arena: usize, node: usize): usize {
  if (!isEmpty(node) && isFresh(arena, node)) return node;
  const copy = arenaAlloc(arena, NODE_BYTES);
  assert(copy != 0); // room was checked before the first change
  if (isEmpty(node)) {
    memory.fill(copy, 0, NODE_BYTES);
  } else {
    memory.copy(copy, node, NODE_BYTES);
    arenaRelease(arena, node, NODE_BYTES);
  }
  return copy;
}

/** Returns the new root; 0 = no room, and nothing was changed. */
export function insert(root: u32, arena: usize, spec: usize): u32 {
  if (valueOf(root, spec) == specValue(spec)) return root;
  if (!arenaHasRoom(arena, NODE_BYTES, nodesToMake(root, arena, spec))) return 0;
  const bits = specBits(spec);
  const top = own(arena, root);
  let node = top;
  for (let depth: u32 = 0; depth < bits; depth++) {
    const link = linkOf(node, keyBit(spec, depth));
    node = own(arena, <usize>load<u32>(link));
    store<u32>(link, <u32>node);
  }
  store<u32>(node, specValue(spec));
  return <u32>top;
}

/** As insert. */
export function remove(root: u32, arena: usize, spec: usize): u32 {
  if (valueOf(root, spec) == 0) return root == 0 ? EMPTY_ROOT : root;
  if (!arenaHasRoom(arena, NODE_BYTES, nodesToMake(root, arena, spec))) return 0;
  const top = without(root, arena, spec, 0);
  return top == 0 ? EMPTY_ROOT : top;
}

/** The node `node` at `depth` without the prefix, which is there; 0 when nothing is left of it. */
function without(node: usize, arena: usize, spec: usize, depth: u32): u32 {
  const isHere = depth == specBits(spec);
  const bit = isHere ? 0 : keyBit(spec, depth);
  const child = isHere ? <u32>childOf(node, bit) : without(childOf(node, bit), arena, spec, depth + 1);
  const value = isHere ? 0 : load<u32>(node);
  if ((value | child | <u32>childOf(node, 1 - bit)) == 0) {
    arenaRelease(arena, node, NODE_BYTES);
    return 0;
  }
  node = own(arena, node);
  store<u32>(node, value);
  store<u32>(linkOf(node, bit), child);
  return <u32>node;
}

/** Frees what this transaction made of a table. Above a fresh node there are only fresh nodes. */
export function abandon(root: usize, arena: usize): void {
  if (isEmpty(root) || !isFresh(arena, root)) return;
  abandon(childOf(root, 0), arena);
  abandon(childOf(root, 1), arena);
  arenaRelease(arena, root, NODE_BYTES);
}

/** Releases all nodes. Readers may still be in them: the arena waits. */
export function destroy(root: usize, arena: usize): void {
  if (isEmpty(root)) return;
  destroy(childOf(root, 0), arena);
  destroy(childOf(root, 1), arena);
  arenaRelease(arena, root, NODE_BYTES);
}

/** Makes `spec` the prefix that follows it by address and then length, with its value. False = there is none. */
export function next(family: i32, root: usize, spec: usize, first: bool): bool {
  if (first) clearSpec(spec);
  return first ? firstAt(family, root, spec, 0) : after(family, root, spec, 0);
}

/** The first prefix at or below a node, which the address in `spec` leads to. */
function firstAt(family: i32, node: usize, spec: usize, depth: u32): bool {
  if (isEmpty(node)) return false;
  const value = load<u32>(node);
  if (value != 0) {
    writeFound(spec, family, depth, value);
    return true;
  }
  return firstBelow(family, node, spec, depth, 0) || firstBelow(family, node, spec, depth, 1);
}

function firstBelow(family: i32, node: usize, spec: usize, depth: u32, bit: u32): bool {
  const child = childOf(node, bit);
  if (isEmpty(child)) return false;
  setBit(spec, depth, bit);
  return firstAt(family, child, spec, depth + 1);
}

function after(family: i32, node: usize, spec: usize, depth: u32): bool {
  if (isEmpty(node)) return false;
  if (depth == specBits(spec)) {
    return firstBelow(family, node, spec, depth, 0) || firstBelow(family, node, spec, depth, 1);
  }
  const bit = keyBit(spec, depth);
  if (after(family, childOf(node, bit), spec, depth + 1)) return true;
  return bit == 0 && firstBelow(family, node, spec, depth, 1);
}

// @ts-ignore: decorator
@inline
export function lookup4(root: usize, a: u32): u32 {
  let best: u32 = 0;
  let node = root;
  for (; !isEmpty(node); a <<= 1) {
    touch(0, node, NODE_BYTES);
    const value = load<u32>(node);
    best = value != 0 ? value : best;
    node = childOf(node, a >>> 31);
  }
  return best;
}

/** `key`: four words. */
// @ts-ignore: decorator
@inline
export function lookup6(root: usize, key: usize): u32 {
  let best: u32 = 0;
  let node = root;
  for (let depth: u32 = 0; !isEmpty(node); depth++) {
    touch(0, node, NODE_BYTES);
    const value = load<u32>(node);
    best = value != 0 ? value : best;
    if (depth == 128) break;
    node = childOf(node, keyBit(key, depth));
  }
  return best;
}
