/**
 * IPv4 in one step: a value for each of the 2^24 first three octets (Gupta, Lin, McKeown: "Routing Lookups in Hardware
 * at Memory Access Speeds", INFOCOM 1998); prefixes beyond /24 behind an escape (quad.ts). 32 or 64 MiB, whatever is
 * in it, and the fastest where traffic keeps to few addresses.
 *
 * DIRECTORY: u16[2^24] or u32[2^24] values, 64 for each block.
 */
import { ATOMICITY_PER_ADDRESS, CAP_INSERT, CAP_V4, EMPTY_ROOT } from '../layout';
import { isEmpty } from './spec';
import { abandonTable, createTable, destroyTable, endTransaction, fillSlots, groupBlock, insertPrefix, nextGroup, readerBytesOf, removePrefix } from './change4';
import { footprintOf } from './footprint4';
import { EIGHT, fetchFourNarrow, fetchFourWide, resolve } from './gather';
import { isEscape, quadLookup, reclaim, retireQuad } from './quad';
import { COUNT, DIRECTORY, LEAF_BYTES, SLOT_COUNT, get, isWide } from './table4';
import { touch } from './touch';

export const CAPS = CAP_V4 | CAP_INSERT;
export const ATOMICITY = ATOMICITY_PER_ADDRESS;

// @ts-ignore: decorator
@inline
export function directoryBytes(leafBytes: u32): u32 {
  return leafBytes << 24;
}

export function footprint(leafBytes: i32, specs: usize, count: u32): u32 {
  return footprintOf(leafBytes, directoryBytes(leafBytes), specs, count);
}

function create(arena: usize, leafBytes: i32): usize {
  const table = createTable(arena, leafBytes, directoryBytes(leafBytes));
  if (table != 0) memory.fill(<usize>get(table, DIRECTORY), 0, <usize>directoryBytes(leafBytes));
  return table;
}

export function insert(leafBytes: i32, root: u32, arena: usize, spec: usize): u32 {
  const table = isEmpty(root) ? create(arena, leafBytes) : <usize>root;
  if (table == 0) return 0;
  const result = insertPrefix(table, arena, spec);
  if (result != <u32>table && isEmpty(root)) destroyTable(table, arena, directoryBytes(leafBytes));
  return result;
}

export function remove(root: u32, arena: usize, spec: usize): u32 {
  return isEmpty(root) ? EMPTY_ROOT : removePrefix(<usize>root, arena, spec);
}

export function abandon(root: u32, arena: usize): void {
  if (!isEmpty(root)) abandonTable(<usize>root, arena, directoryBytes(get(<usize>root, LEAF_BYTES)));
}

export function destroy(root: u32, arena: usize): void {
  if (!isEmpty(root)) destroyTable(<usize>root, arena, directoryBytes(get(<usize>root, LEAF_BYTES)));
}

export function readerBytes(root: u32): u32 {
  return readerBytesOf(<usize>root, directoryBytes(get(<usize>root, LEAF_BYTES)));
}

/** Writes the leaves of the changed blocks, right before the publish. Cannot fail. Returns the root. */
export function commit(root: u32, arena: usize): u32 {
  if (isEmpty(root)) return EMPTY_ROOT;
  const table = <usize>root;
  if (get(table, COUNT) == 0) {
    destroy(root, arena);
    return EMPTY_ROOT;
  }
  reclaim(table);
  let count = nextGroup(table, 0);
  while (count != 0) {
    for (let i: u32 = 0; i < count; i++) {
      const block = groupBlock(table, i);
      const slots = fillSlots(table, block);
      if (isWide(table)) writeWide(table, arena, block, slots);
      else writeNarrow(table, arena, block, slots);
    }
    count = nextGroup(table, groupBlock(table, count - 1) + 1);
  }
  endTransaction(table, arena);
  return root;
}

/** Four leaves a store: an aligned store of eight bytes is seen whole. */
function writeNarrow(table: usize, arena: usize, block: u32, slots: usize): void {
  let at = <usize>get(table, DIRECTORY) + (<usize>block << 7);
  for (let slot: u32 = 0; slot < SLOT_COUNT; slot += 4, at += 8, slots += 16) {
    const old = load<u64>(at);
    const packed = i16x8.narrow_i32x4_u(v128.load(slots), i32x4.splat(0));
    store<u64>(at, i64x2.extract_lane(packed, 0));
    if ((old & 0x8000_8000_8000_8000) == 0) continue;
    for (let i: u64 = 0; i < 64; i += 16) {
      const leaf = <u32>(old >>> i) & 0xffff;
      if (isEscape(false, leaf)) retireQuad(table, arena, leaf);
    }
  }
}

function writeWide(table: usize, arena: usize, block: u32, slots: usize): void {
  let at = <usize>get(table, DIRECTORY) + (<usize>block << 8);
  for (let slot: u32 = 0; slot < SLOT_COUNT; slot++, at += 4, slots += 4) {
    const old = load<u32>(at);
    store<u32>(at, load<u32>(slots));
    if (isEscape(true, old)) retireQuad(table, arena, old);
  }
}

// @ts-ignore: decorator
@inline
function lookup(table: usize, wide: bool, address: u32): u32 {
  const directory = <usize>get(table, DIRECTORY);
  touch(0, directory + <usize>((address >>> 8) << (wide ? 2 : 1)), wide ? 4 : 2);
  const leaf = wide
    ? load<u32>(directory + <usize>((address >>> 8) << 2))
    : <u32>load<u16>(directory + <usize>((address >>> 8) << 1));
  return isEscape(wide, leaf) ? quadLookup(table, wide, leaf, address) : leaf;
}

export function lookup4(root: usize, address: u32): u32 {
  return isWide(root) ? lookup(root, true, address) : lookup(root, false, address);
}

// ---- batches -----------------------------------------------------------------------------------------------------------

export function batch4(root: usize, keys: usize, out: usize, n: i32): void {
  const whole = <usize>(n & ~7) << 2;
  const directory = i32x4.splat(<i32>get(root, DIRECTORY));
  if (isWide(root)) {
    const mask = i32x4.splat(~3);
    for (let at: usize = 0; at < whole; at += EIGHT / 2) {
      fetchFourWide(i32x4.add(directory, v128.and(i32x4.shr_u(v128.load(keys + at), 6), mask)), out + at);
    }
    resolve(root, true, keys, out, whole);
  } else {
    const mask = i32x4.splat(~1);
    for (let at: usize = 0; at < whole; at += EIGHT / 2) {
      fetchFourNarrow(i32x4.add(directory, v128.and(i32x4.shr_u(v128.load(keys + at), 7), mask)), out + at);
    }
    resolve(root, false, keys, out, whole);
  }
  for (let at = whole; at < <usize>n << 2; at += 4) store<u32>(out + at, lookup4(root, load<u32>(keys + at)));
}
