/**
 * A list that is searched from end to end: the oracle. Every change copies the list, so it is for small tables and
 * for tests.
 *
 *  0                4                8
 * +----------------+----------------+--------------------------------------------
 * | count          | capacity       | prefix specs, 24 B each, in no order ...
 * +----------------+----------------+--------------------------------------------
 */
import {
  ATOMICITY_SNAPSHOT,
  CAP_INSERT,
  CAP_V4,
  CAP_V6,
  EMPTY_ROOT,
  SPEC_BITS_OFFSET,
  SPEC_BYTES,
  SPEC_VALUE_OFFSET,
} from '../layout';
import { wordMask } from '../bytes';
import { arenaAlloc, arenaHasRoom, arenaRelease, blockBytes, isFresh } from '../arena';
import { commonBits, isEmpty, specBits, specValue } from './spec';
import { touch } from './touch';

export const CAPS = CAP_V4 | CAP_V6 | CAP_INSERT;
export const ATOMICITY = ATOMICITY_SNAPSHOT;

const CAPACITY_OFFSET: usize = 4;
const LIST_OFFSET: usize = 8;

// @ts-ignore: decorator
@inline
function tableBytes(capacity: u32): u32 {
  return <u32>LIST_OFFSET + capacity * SPEC_BYTES;
}

// @ts-ignore: decorator
@inline
function specAt(root: usize, index: u32): usize {
  return root + LIST_OFFSET + <usize>(index * SPEC_BYTES);
}

// @ts-ignore: decorator
@inline
export function countOf(root: usize): u32 {
  return isEmpty(root) ? 0 : load<u32>(root);
}

export function footprint(family: i32, specs: usize, count: u32): u32 {
  return count == 0 ? 0 : blockBytes(tableBytes(count));
}

/** The list in one block of its size. 0 = no room, nothing taken. */
export function build(arena: usize, specs: usize, count: u32): u32 {
  if (count == 0) return EMPTY_ROOT;
  const table = arenaAlloc(arena, tableBytes(count));
  if (table == 0) return 0;
  store<u32>(table, count);
  store<u32>(table, count, CAPACITY_OFFSET);
  memory.copy(table + LIST_OFFSET, specs, <usize>(count * SPEC_BYTES));
  return <u32>table;
}

/** Index of exactly this prefix; `count` when it is absent. */
function find(root: usize, spec: usize): u32 {
  const count = countOf(root);
  const bits = specBits(spec);
  let i: u32 = 0;
  for (; i < count; i++) {
    const each = specAt(root, i);
    if (specBits(each) == bits && commonBits(each, spec, bits) == bits) break;
  }
  return i;
}

/** A table that may be changed in place and has room for one more, or 0. */
function own(root: usize, arena: usize, capacity: u32): usize {
  if (!isEmpty(root) && isFresh(arena, root) && load<u32>(root, CAPACITY_OFFSET) >= capacity) return root;
  const count = countOf(root);
  const room = capacity + (capacity >>> 2) + 4;
  let grown = arenaHasRoom(arena, tableBytes(room), 1) ? room : capacity;
  const copy = arenaAlloc(arena, tableBytes(grown));
  if (copy == 0) return 0;
  store<u32>(copy, count);
  store<u32>(copy, grown, CAPACITY_OFFSET);
  if (!isEmpty(root)) {
    memory.copy(copy + LIST_OFFSET, root + LIST_OFFSET, <usize>(count * SPEC_BYTES));
    arenaRelease(arena, root, tableBytes(load<u32>(root, CAPACITY_OFFSET)));
  }
  return copy;
}

export function insert(root: u32, arena: usize, spec: usize): u32 {
  const at = find(root, spec);
  const count = countOf(root);
  if (at < count && specValue(specAt(root, at)) == specValue(spec)) return root;
  const table = own(root, arena, at < count ? count : count + 1);
  if (table == 0) return 0;
  memory.copy(specAt(table, at), spec, SPEC_BYTES);
  if (at == count) store<u32>(table, count + 1);
  return <u32>table;
}

export function remove(root: u32, arena: usize, spec: usize): u32 {
  const at = find(root, spec);
  const count = countOf(root);
  if (at == count) return root == 0 ? EMPTY_ROOT : root;
  if (count == 1) {
    arenaRelease(arena, root, tableBytes(load<u32>(root, CAPACITY_OFFSET)));
    return EMPTY_ROOT;
  }
  const table = own(root, arena, count);
  if (table == 0) return 0;
  memory.copy(specAt(table, at), specAt(table, count - 1), SPEC_BYTES);
  store<u32>(table, count - 1);
  return <u32>table;
}

export function abandon(family: i32, root: u32, arena: usize): void {
  if (!isEmpty(root) && isFresh(arena, root))
    arenaRelease(arena, root, tableBytes(load<u32>(root, CAPACITY_OFFSET)));
}

/** Releases the list. Readers may still be in it: the arena waits for them. */
export function destroy(root: u32, arena: usize): void {
  if (!isEmpty(root)) arenaRelease(arena, root, tableBytes(load<u32>(root, CAPACITY_OFFSET)));
}

/** True when prefix `a` comes before `b`, by address and then length. */
function isBefore(a: usize, b: usize): bool {
  for (let i: usize = 0; i < 16; i += 4) {
    const left = load<u32>(a + i);
    const right = load<u32>(b + i);
    if (left != right) return left < right;
  }
  return specBits(a) < specBits(b);
}

/** Makes `spec` the prefix that follows it by address and then length, with its value. False = there is none. */
export function next(root: u32, spec: usize, first: bool): bool {
  const count = countOf(root);
  let best: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    const each = specAt(root, i);
    if ((first || isBefore(spec, each)) && (best == 0 || isBefore(each, best))) best = each;
  }
  if (best != 0) memory.copy(spec, best, SPEC_BYTES);
  return best != 0;
}

export function lookup4(root: usize, a: u32): u32 {
  const count = countOf(root);
  let longest = -1;
  let value: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const spec = specAt(root, i);
    touch(0, spec, SPEC_BYTES);
    const bits = <i32>specBits(spec);
    if (bits > longest && ((load<u32>(spec) ^ a) & wordMask(bits)) == 0) {
      longest = bits;
      value = specValue(spec);
    }
  }
  return value;
}

/** `key`: four words. */
export function lookup6(root: usize, key: usize): u32 {
  const count = countOf(root);
  let longest = -1;
  let value: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const spec = specAt(root, i);
    touch(0, spec, SPEC_BYTES);
    const bits = <i32>specBits(spec);
    if (bits > longest && commonBits(spec, key, bits) == bits) {
      longest = bits;
      value = specValue(spec);
    }
  }
  return value;
}

export function batch4(root: usize, keys: usize, out: usize, n: i32): void {
  for (const end = keys + (<usize>n << 2); keys < end; keys += 4, out += 4) store<u32>(out, lookup4(root, load<u32>(keys)));
}

export function batch6(root: usize, keys: usize, out: usize, n: i32): void {
  for (const end = keys + (<usize>n << 4); keys < end; keys += 16, out += 4) store<u32>(out, lookup6(root, keys));
}
