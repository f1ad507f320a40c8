/**
 * A handful of prefixes, each compared with each key, four keys at a time: no load depends on another, so that up to
 * some sixteen prefixes it is faster than any tree. Longer prefixes come later, and overwrite.
 *
 *  0                4                8
 * +----------------+----------------+--------------------------------------------------------------
 * | count          | capacity       | { mask, prefix, value: u32 } each, shorter prefixes first ...
 * +----------------+----------------+--------------------------------------------------------------
 */
import { ATOMICITY_SNAPSHOT, CAP_INSERT, CAP_V4, EMPTY_ROOT, SPEC_BYTES } from '../layout';
import { wordMask } from '../bytes';
import { arenaAlloc, arenaRelease, blockBytes, isFresh } from '../arena';
import { isEmpty, specBits, specValue, writeSpec } from './spec';
import { touch } from './touch';

export const CAPS = CAP_V4 | CAP_INSERT;
export const ATOMICITY = ATOMICITY_SNAPSHOT;

const CAPACITY: usize = 4;
const LIST: usize = 8;
const ROW_BYTES: u32 = 12;
const PREFIX: usize = 4;
const VALUE: usize = 8;

// @ts-ignore: decorator
@inline
function tableBytes(capacity: u32): u32 {
  return <u32>LIST + capacity * ROW_BYTES;
}

// @ts-ignore: decorator
@inline
function rowAt(root: usize, index: u32): usize {
  return root + LIST + <usize>(index * ROW_BYTES);
}

// @ts-ignore: decorator
@inline
export function countOf(root: usize): u32 {
  return isEmpty(root) ? 0 : load<u32>(root);
}

export function footprint(specs: usize, count: u32): u32 {
  // Each growth adds a quarter and four; what it replaces is free for others, not for it.
  if (count == 0) return 0;
  let capacity: u32 = 4;
  let bytes = blockBytes(tableBytes(capacity));
  while (capacity < count) {
    capacity += (capacity >>> 2) + 4;
    bytes += blockBytes(tableBytes(capacity));
  }
  return bytes;
}

/** Where this prefix is, or is to be: after all that are shorter, and those of its length that are less. */
function positionOf(root: usize, mask: u32, prefix: u32): u32 {
  const count = countOf(root);
  let at: u32 = 0;
  while (at < count) {
    const row = rowAt(root, at);
    const each = load<u32>(row);
    if (each > mask || (each == mask && load<u32>(row, PREFIX) >= prefix)) break;
    at += 1;
  }
  return at;
}

// @ts-ignore: decorator
@inline
function isAt(root: usize, at: u32, mask: u32, prefix: u32): bool {
  return at < countOf(root) && load<u32>(rowAt(root, at)) == mask && load<u32>(rowAt(root, at), PREFIX) == prefix;
}

/** A table that may be changed in place and has room for `count` prefixes, or 0. */
function own(root: usize, arena: usize, count: u32): usize {
  if (!isEmpty(root) && isFresh(arena, root) && load<u32>(root, CAPACITY) >= count) return root;
  let capacity: u32 = 4;
  while (capacity < count) capacity += (capacity >>> 2) + 4;
  const copy = arenaAlloc(arena, tableBytes(capacity));
  if (copy == 0) return 0;
  store<u32>(copy, countOf(root));
  store<u32>(copy, capacity, CAPACITY);
  if (!isEmpty(root)) {
    memory.copy(copy + LIST, root + LIST, <usize>(countOf(root) * ROW_BYTES));
    destroy(<u32>root, arena);
  }
  return copy;
}

export function insert(root: u32, arena: usize, spec: usize): u32 {
  const mask = wordMask(specBits(spec));
  const prefix = load<u32>(spec) & mask;
  const at = positionOf(root, mask, prefix);
  const isPresent = isAt(root, at, mask, prefix);
  if (isPresent && load<u32>(rowAt(root, at), VALUE) == specValue(spec)) return root;
  const count = countOf(root);
  const table = own(root, arena, isPresent ? count : count + 1);
  if (table == 0) return 0;
  const row = rowAt(table, at);
  if (!isPresent) {
    memory.copy(row + ROW_BYTES, row, <usize>((count - at) * ROW_BYTES));
    store<u32>(table, count + 1);
  }
  store<u32>(row, mask);
  store<u32>(row, prefix, PREFIX);
  store<u32>(row, specValue(spec), VALUE);
  return <u32>table;
}

export function remove(root: u32, arena: usize, spec: usize): u32 {
  const mask = wordMask(specBits(spec));
  const prefix = load<u32>(spec) & mask;
  const at = positionOf(root, mask, prefix);
  if (!isAt(root, at, mask, prefix)) return root == 0 ? EMPTY_ROOT : root;
  const count = countOf(root);
  if (count == 1) {
    destroy(root, arena);
    return EMPTY_ROOT;
  }
  const table = own(root, arena, count);
  if (table == 0) return 0;
  const row = rowAt(table, at);
  memory.copy(row, row + ROW_BYTES, <usize>((count - at - 1) * ROW_BYTES));
  store<u32>(table, count - 1);
  return <u32>table;
}

export function abandon(root: u32, arena: usize): void {
  if (!isEmpty(root) && isFresh(arena, root)) destroy(root, arena);
}

/** Releases the list. Readers may still be in it: the arena waits for them. */
export function destroy(root: u32, arena: usize): void {
  if (!isEmpty(root)) arenaRelease(arena, root, tableBytes(load<u32>(root, CAPACITY)));
}

/** Makes `spec` the prefix that follows it by address and then length, with its value. False = there is none. */
export function next(root: u32, spec: usize, first: bool): bool {
  const count = countOf(root);
  const word = load<u32>(spec);
  const mask = wordMask(specBits(spec));
  let best: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    const row = rowAt(root, i);
    const prefix = load<u32>(row, PREFIX);
    const isAfter = first || prefix > word || (prefix == word && load<u32>(row) > mask);
    // Rows of one address come shorter first: the first one met is the shortest.
    if (isAfter && (best == 0 || prefix < load<u32>(best, PREFIX))) best = row;
  }
  if (best == 0) return false;
  writeSpec(spec, best + PREFIX, 4, <u32>popcnt<u32>(load<u32>(best)), load<u32>(best, VALUE));
  return true;
}

export function lookup4(root: usize, address: u32): u32 {
  let value: u32 = 0;
  for (let row = rowAt(root, 0), end = rowAt(root, countOf(root)); row < end; row += ROW_BYTES) {
    touch(0, row, ROW_BYTES);
    if ((address & load<u32>(row)) == load<u32>(row, PREFIX)) value = load<u32>(row, VALUE);
  }
  return value;
}

const EIGHT: usize = 32;

export function batch4(root: usize, keys: usize, out: usize, n: i32): void {
  const first = rowAt(root, 0);
  const end = rowAt(root, countOf(root));
  const whole = <usize>(n & ~7) << 2;
  for (let at: usize = 0; at < whole; at += EIGHT) {
    const a = v128.load(keys + at);
    const b = v128.load(keys + at, 16);
    let left = i32x4.splat(0);
    let right = i32x4.splat(0);
    for (let row = first; row < end; row += ROW_BYTES) {
      const mask = v128.load32_splat(row);
      const prefix = v128.load32_splat(row, PREFIX);
      const value = v128.load32_splat(row, VALUE);
      left = v128.bitselect(value, left, i32x4.eq(v128.and(a, mask), prefix));
      right = v128.bitselect(value, right, i32x4.eq(v128.and(b, mask), prefix));
    }
    v128.store(out + at, left);
    v128.store(out + at, right, 16);
  }
  for (let at = whole; at < <usize>n << 2; at += 4) store<u32>(out + at, lookup4(root, load<u32>(keys + at)));
}
