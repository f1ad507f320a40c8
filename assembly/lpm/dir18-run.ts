/**
 * IPv4 in two steps: a directory by the first 18 bits, and behind it a node in which runs of equal /24 are told apart
 * by one bitmap (run-node.ts; prefixes beyond /24: quad.ts). Four bytes a prefix for a table of the Internet.
 *
 * DIRECTORY: u32[2^18] addresses of nodes.
 *
 * The batch goes through four stages, 8 keys each, 32 keys apart, so that the loads of many keys are in flight: index,
 * directory, rank, leaf. Each stage leaves its result where the values will be.
 */
import { ATOMICITY_PER_ADDRESS, CAP_INSERT, CAP_V4, EMPTY_ROOT } from '../layout';
import { isEmpty } from './spec';
import { createTable, abandonTable, destroyTable, endTransaction, fillSlots, groupBlock, insertPrefix, nextGroup, readerBytesOf, removePrefix } from './change4';
import { footprintOf } from './footprint4';
import { EIGHT, fetchNarrow, fetchWide, resolve } from './gather';
import { NODE_LEAVES, makeNode, nodeLookup, runsOf, sameNode, nodeBytes, uniformNode } from './run-node';
import { isEscape, quadLookup, reclaim, retireNode } from './quad';
import { poolFree } from './node-pool';
import { BLOCK_COUNT, BLOCK_SHIFT, COUNT, DIRECTORY, ESCAPE_NARROW, POOL, TOUCHED, get, isWide, put } from './table4';
import { touch } from './touch';

export const CAPS = CAP_V4 | CAP_INSERT;
export const ATOMICITY = ATOMICITY_PER_ADDRESS;

export const DIRECTORY_BYTES: u32 = BLOCK_COUNT << 2;

export function footprint(leafBytes: i32, specs: usize, count: u32): u32 {
  return footprintOf(leafBytes, DIRECTORY_BYTES, specs, count);
}

function create(arena: usize, leafBytes: i32): usize {
  const table = createTable(arena, leafBytes, DIRECTORY_BYTES);
  if (table == 0) return 0;
  const none = uniformNode(table, 0);
  const directory = <usize>get(table, DIRECTORY);
  for (let block: u32 = 0; block < BLOCK_COUNT; block++) store<u32>(directory + <usize>(block << 2), <u32>none);
  return table;
}

export function insert(leafBytes: i32, root: u32, arena: usize, spec: usize): u32 {
  const table = isEmpty(root) ? create(arena, leafBytes) : <usize>root;
  if (table == 0) return 0;
  const result = insertPrefix(table, arena, spec);
  if (result != <u32>table && isEmpty(root)) destroyTable(table, arena, DIRECTORY_BYTES);
  return result;
}

export function remove(root: u32, arena: usize, spec: usize): u32 {
  return isEmpty(root) ? EMPTY_ROOT : removePrefix(<usize>root, arena, spec);
}

export function abandon(root: u32, arena: usize): void {
  if (!isEmpty(root)) abandonTable(<usize>root, arena, DIRECTORY_BYTES);
}

export function destroy(root: u32, arena: usize): void {
  if (!isEmpty(root)) destroyTable(<usize>root, arena, DIRECTORY_BYTES);
}

export function readerBytes(root: u32): u32 {
  return readerBytesOf(<usize>root, DIRECTORY_BYTES);
}

/** Puts the nodes of the changed blocks in place, right before the publish. Cannot fail. Returns the root. */
export function commit(root: u32, arena: usize): u32 {
  if (isEmpty(root)) return EMPTY_ROOT;
  const table = <usize>root;
  if (get(table, COUNT) == 0) {
    destroyTable(table, arena, DIRECTORY_BYTES);
    return EMPTY_ROOT;
  }
  reclaim(table);
  const wide = isWide(table);
  const directory = <usize>get(table, DIRECTORY);
  let count = nextGroup(table, 0);
  while (count != 0) {
    let touched: u32 = 0;
    for (let i: u32 = 0; i < count; i++) {
      touched |= load<u32>(<usize>load<u32>(directory + <usize>(groupBlock(table, i) << 2)));
    }
    put(table, TOUCHED, touched);
    for (let i: u32 = 0; i < count; i++) renew(table, arena, wide, directory, groupBlock(table, i));
    count = nextGroup(table, groupBlock(table, count - 1) + 1);
  }
  endTransaction(table, arena);
  return root;
}

/** Puts the node of a block in place, made anew. */
function renew(table: usize, arena: usize, wide: bool, directory: usize, block: u32): void {
  const link = directory + <usize>(block << 2);
  const old = <usize>load<u32>(link);
  const node = makeNode(table, fillSlots(table, block));
  if (node == old) return;
  if (runsOf(node) > 1 && sameNode(wide, node, old)) {
    poolFree(table + POOL, node, nodeBytes(wide, runsOf(node)));
    return;
  }
  atomic.store<u32>(link, <u32>node);
  retireNode(table, arena, old);
}

// @ts-ignore: decorator
@inline
function lookup(table: usize, wide: bool, address: u32): u32 {
  const directory = <usize>get(table, DIRECTORY);
  const link = directory + <usize>((address >>> BLOCK_SHIFT) << 2);
  touch(0, link, 4);
  const node = <usize>load<u32>(link);
  const leaf = nodeLookup(wide, node, address >>> 8);
  return isEscape(wide, leaf) ? quadLookup(table, wide, leaf, address) : leaf;
}

export function lookup4(root: usize, address: u32): u32 {
  return isWide(root) ? lookup(root, true, address) : lookup(root, false, address);
}

// ---- batches -----------------------------------------------------------------------------------------------------------

/** A stage runs so many bytes of keys ahead of the next. */
const GAP: usize = 128;

export function batch4(root: usize, keys: usize, out: usize, n: i32): void {
  const whole = <usize>(n & ~31) << 2;
  if (whole != 0) {
    if (isWide(root)) {
      const all = pipeline(root, true, keys, out, whole);
      if (i32x4.bitmask(all) != 0) resolve(root, true, keys, out, whole);
    } else {
      const all = pipeline(root, false, keys, out, whole);
      if (v128.any_true(v128.and(all, i16x8.splat(<i16>ESCAPE_NARROW)))) resolve(root, false, keys, out, whole);
    }
  }
  for (let at = whole; at < <usize>n << 2; at += 4) store<u32>(out + at, lookup4(root, load<u32>(keys + at)));
}

/** Stage 1: where in the directory. */
// @ts-ignore: decorator
@inline
function index(directory: v128, keys: usize, out: usize): void {
  const mask = i32x4.splat(~3);
  v128.store(out, i32x4.add(directory, v128.and(i32x4.shr_u(v128.load(keys), 12), mask)));
  v128.store(out, i32x4.add(directory, v128.and(i32x4.shr_u(v128.load(keys, 16), 12), mask)), 16);
}

/** Stage 2: the node. */
// @ts-ignore: decorator
@inline
function visit(out: usize): void {
  store<u32>(out, load<u32>(<usize>load<u32>(out)));
  store<u32>(out, load<u32>(<usize>load<u32>(out, 4)), 4);
  store<u32>(out, load<u32>(<usize>load<u32>(out, 8)), 8);
  store<u32>(out, load<u32>(<usize>load<u32>(out, 12)), 12);
  store<u32>(out, load<u32>(<usize>load<u32>(out, 16)), 16);
  store<u32>(out, load<u32>(<usize>load<u32>(out, 20)), 20);
  store<u32>(out, load<u32>(<usize>load<u32>(out, 24)), 24);
  store<u32>(out, load<u32>(<usize>load<u32>(out, 28)), 28);
}

/** Where the leaf is. The rank counts from 1. */
// @ts-ignore: decorator
@inline
function leafOf(node: u32, slot: u32, shift: u32): u32 {
  return node + (<u32>popcnt<u64>(load<u64>(<usize>node) >>> <u64>slot) << shift) + (<u32>NODE_LEAVES - (1 << shift));
}

/** Stage 3: the place of the leaf. The slot is the second lowest byte of the key, modulo 64. */
// @ts-ignore: decorator
@inline
function rank(keys: usize, out: usize, shift: u32): void {
  store<u32>(out, leafOf(load<u32>(out), load<u8>(keys, 1), shift));
  store<u32>(out, leafOf(load<u32>(out, 4), load<u8>(keys, 5), shift), 4);
  store<u32>(out, leafOf(load<u32>(out, 8), load<u8>(keys, 9), shift), 8);
  store<u32>(out, leafOf(load<u32>(out, 12), load<u8>(keys, 13), shift), 12);
  store<u32>(out, leafOf(load<u32>(out, 16), load<u8>(keys, 17), shift), 16);
  store<u32>(out, leafOf(load<u32>(out, 20), load<u8>(keys, 21), shift), 20);
  store<u32>(out, leafOf(load<u32>(out, 24), load<u8>(keys, 25), shift), 24);
  store<u32>(out, leafOf(load<u32>(out, 28), load<u8>(keys, 29), shift), 28);
}

/**
 * `bytes` is a positive multiple of 128. Returns the union of all leaves, so that escapes can be looked for. Inlined
 * once for each size of leaves.
 */
// @ts-ignore: decorator
@inline
function pipeline(root: usize, wide: bool, keys: usize, out: usize, bytes: usize): v128 {
  const directory = i32x4.splat(<i32>get(root, DIRECTORY));
  let all = i32x4.splat(0);
  // Stage s works on the group of 32 keys that is s groups behind the newest.
  for (let at: usize = 0; at < bytes + 3 * GAP; at += GAP) {
    const second = at - GAP;
    const third = at - 2 * GAP;
    const fourth = at - 3 * GAP;
    for (let i: usize = 0; i < GAP; i += EIGHT) {
      if (at < bytes) index(directory, keys + at + i, out + at + i);
      if (second < bytes) visit(out + second + i);
      if (third < bytes) rank(keys + third + i, out + third + i, wide ? 2 : 1);
      if (fourth < bytes) all = v128.or(all, wide ? fetchWide(out + fourth + i) : fetchNarrow(out + fourth + i));
    }
  }
  return all;
}
