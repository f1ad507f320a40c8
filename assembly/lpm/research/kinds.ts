/**
 * The kinds that researchers compare and routers have no use for, behind the functions of ../lpm.ts. Only the research
 * build has them (LPM_RESEARCH): the engine that everybody loads stays small.
 */
import {
  ATOMICITY_SNAPSHOT,
  CAP_INSERT,
  CAP_V4,
  CAP_V6,
  LPM_BINARY_TRIE,
  LPM_DIR18_RUN,
  LPM_DIR18_RUN_NARROW,
  LPM_DIR24_8,
  LPM_DIR24_8_NARROW,
  LPM_DIR24_STRIDE6,
  LPM_DIR24_STRIDE6_NARROW,
  LPM_DXR,
  LPM_DXR_NARROW,
  LPM_HASH_LENGTH,
  LPM_MULTIBIT,
  LPM_POPTRIE,
  LPM_POPTRIE_NARROW,
  LPM_SAIL,
  LPM_SAIL_NARROW,
  LPM_TREE_BITMAP,
  SPEC_BYTES,
  SPEC_FAMILY_OFFSET,
} from '../../layout';
import * as dir18Run from '../dir18-run';
import * as dir24 from '../dir24-8';
import { isEmpty, specBits } from '../spec';
import * as binaryTrie from './binary-trie';
import * as dxr from './dxr';
import * as hashLength from './hash-length';
import * as multibit from './multibit';
import { partBytes4 } from './parts4';
import { partBytes6 } from './parts6';
import * as poptrie from './poptrie';
import * as rebuilt from './rebuilt';
import * as sail from './sail';
import * as treeBitmap from './tree-bitmap';

export function caps(kind: i32): i32 {
  switch (kind) {
    case LPM_BINARY_TRIE:
    case LPM_TREE_BITMAP: return CAP_V4 | CAP_V6 | CAP_INSERT;
    case LPM_MULTIBIT:
    case LPM_POPTRIE_NARROW:
    case LPM_POPTRIE:
    case LPM_HASH_LENGTH: return CAP_V4 | CAP_V6;
    case LPM_DXR_NARROW:
    case LPM_DXR:
    case LPM_SAIL_NARROW:
    case LPM_SAIL: return CAP_V4;
    default: return 0;
  }
}

export function atomicity(): i32 {
  return ATOMICITY_SNAPSHOT;
}

/**
 * Bytes that the prefixes of a trie take, at most: a node for each bit, or a list of children and one of values for each
 * four. 0 for kinds that are built whole, where it depends on how prefixes lie.
 */
export function footprint(kind: i32, specs: usize, count: u32): u32 {
  let bytes: u32 = 0;
  if (kind != LPM_BINARY_TRIE && kind != LPM_TREE_BITMAP) return 0;
  for (const end = specs + <usize>(count * SPEC_BYTES); specs < end; specs += SPEC_BYTES) {
    bytes += kind == LPM_BINARY_TRIE ? binaryTrie.mostBytes(specBits(specs)) : treeBitmap.mostBytes(specBits(specs));
  }
  return bytes;
}

export function insert(kind: i32, root: u32, arena: usize, spec: usize): u32 {
  if (kind == LPM_BINARY_TRIE) return binaryTrie.insert(root, arena, spec);
  if (kind == LPM_TREE_BITMAP) return treeBitmap.insert(root, arena, spec);
  return rebuilt.insert(kind, root, arena, spec);
}

export function remove(kind: i32, root: u32, arena: usize, spec: usize): u32 {
  if (kind == LPM_BINARY_TRIE) return binaryTrie.remove(root, arena, spec);
  if (kind == LPM_TREE_BITMAP) return treeBitmap.remove(root, arena, spec);
  return rebuilt.remove(root, arena, spec);
}

export function prepare(kind: i32, family: i32, root: u32, arena: usize): u32 {
  if (kind == LPM_BINARY_TRIE || kind == LPM_TREE_BITMAP) return root;
  return rebuilt.prepare(kind, family, root, arena) ? root : 0;
}

export function abandon(kind: i32, family: i32, root: u32, arena: usize): void {
  if (kind == LPM_BINARY_TRIE) binaryTrie.abandon(root, arena);
  else if (kind == LPM_TREE_BITMAP) treeBitmap.abandon(root, arena);
  else rebuilt.abandon(family, root, arena);
}

export function destroy(kind: i32, family: i32, root: u32, arena: usize): void {
  if (kind == LPM_BINARY_TRIE) binaryTrie.destroy(root, arena);
  else if (kind == LPM_TREE_BITMAP) treeBitmap.destroy(root, arena);
  else rebuilt.destroy(family, root, arena);
}

export function next(kind: i32, family: i32, root: u32, spec: usize, first: bool): bool {
  if (kind == LPM_BINARY_TRIE) return binaryTrie.next(family, root, spec, first);
  if (kind == LPM_TREE_BITMAP) return treeBitmap.next(family, root, spec, first);
  return rebuilt.next(family, root, spec, first);
}

/** The kinds that keep no count are walked, with `spec` as the place to be. */
export function count(kind: i32, family: i32, root: u32, spec: usize): u32 {
  if (kind != LPM_BINARY_TRIE && kind != LPM_TREE_BITMAP) return rebuilt.countOf(root);
  let found: u32 = 0;
  store<u8>(spec, 0, SPEC_FAMILY_OFFSET);
  while (next(kind, family, root, spec, found == 0)) found += 1;
  return found;
}

/** Bytes that lookups walk; 0 = all there is. */
export function readerBytes(kind: i32, root: u32): u32 {
  return kind == LPM_BINARY_TRIE || kind == LPM_TREE_BITMAP ? 0 : rebuilt.structureBytes(root);
}

/** Bytes of a part of what lookups walk, of the kinds that have several; 0 for the others. */
export function partBytes(kind: i32, root: u32, part: u32): u32 {
  if (isEmpty(root)) return 0;
  switch (kind) {
    case LPM_DIR18_RUN_NARROW:
    case LPM_DIR18_RUN: return partBytes4(root, dir18Run.DIRECTORY_BYTES, true, part);
    case LPM_DIR24_8_NARROW: return partBytes4(root, dir24.directoryBytes(2), false, part);
    case LPM_DIR24_8: return partBytes4(root, dir24.directoryBytes(4), false, part);
    case LPM_DIR24_STRIDE6_NARROW:
    case LPM_DIR24_STRIDE6: return partBytes6(root, part);
    case LPM_TREE_BITMAP: return treeBitmap.partBytes(root, part);
    default: return kind < LPM_MULTIBIT ? 0 : rebuilt.partBytes(root, part);
  }
}

export function batch(kind: i32, family: i32, root: usize, keys: usize, out: usize, n: i32): void {
  if (family == 4) batch4(kind, root, keys, out, keys + (<usize>n << 2));
  else batch6(kind, root, keys, out, keys + (<usize>n << 4));
}

function batch4(kind: i32, root: usize, keys: usize, out: usize, end: usize): void {
  const at = kind == LPM_BINARY_TRIE || kind == LPM_TREE_BITMAP ? root : rebuilt.structureOf(root);
  switch (kind) {
    case LPM_BINARY_TRIE:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, binaryTrie.lookup4(at, load<u32>(keys)));
      break;
    case LPM_TREE_BITMAP:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, treeBitmap.lookup4(at, load<u32>(keys)));
      break;
    case LPM_MULTIBIT:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, multibit.lookup4(at, load<u32>(keys)));
      break;
    case LPM_POPTRIE_NARROW:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, poptrie.lookup4(at, false, load<u32>(keys)));
      break;
    case LPM_POPTRIE:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, poptrie.lookup4(at, true, load<u32>(keys)));
      break;
    case LPM_DXR_NARROW:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, dxr.lookup4(at, false, load<u32>(keys)));
      break;
    case LPM_DXR:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, dxr.lookup4(at, true, load<u32>(keys)));
      break;
    case LPM_SAIL_NARROW:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, sail.lookup4(at, false, load<u32>(keys)));
      break;
    case LPM_SAIL:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, sail.lookup4(at, true, load<u32>(keys)));
      break;
    case LPM_HASH_LENGTH:
      for (; keys < end; keys += 4, out += 4) store<u32>(out, hashLength.lookup4(at, load<u32>(keys)));
      break;
  }
}

function batch6(kind: i32, root: usize, keys: usize, out: usize, end: usize): void {
  const at = kind == LPM_BINARY_TRIE || kind == LPM_TREE_BITMAP ? root : rebuilt.structureOf(root);
  switch (kind) {
    case LPM_BINARY_TRIE:
      for (; keys < end; keys += 16, out += 4) store<u32>(out, binaryTrie.lookup6(at, keys));
      break;
    case LPM_TREE_BITMAP:
      for (; keys < end; keys += 16, out += 4) store<u32>(out, treeBitmap.lookup6(at, keys));
      break;
    case LPM_MULTIBIT:
      for (; keys < end; keys += 16, out += 4) store<u32>(out, multibit.lookup6(at, keys));
      break;
    case LPM_POPTRIE_NARROW:
      for (; keys < end; keys += 16, out += 4) store<u32>(out, poptrie.lookup6(at, false, keys));
      break;
    case LPM_POPTRIE:
      for (; keys < end; keys += 16, out += 4) store<u32>(out, poptrie.lookup6(at, true, keys));
      break;
    case LPM_HASH_LENGTH:
      for (; keys < end; keys += 16, out += 4) store<u32>(out, hashLength.lookup6(at, keys));
      break;
  }
}
