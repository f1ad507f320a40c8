/**
 * Kinds that are built whole. The writer keeps the prefixes in a patricia; lookups have a structure of their own, one
 * block, which `prepare` makes anew from it. Readers keep the old one until they are done: they see the whole table
 * before a change or after it.
 *
 * HEADER:
 *  0        4          8                  12       16
 * +--------+----------+------------------+--------+---------------------------+
 * | rib    | structure| bytes of it      | count  | 1: the rib has changed    |
 * +--------+----------+------------------+--------+---------------------------+
 */
import {
  EMPTY_ROOT,
  LPM_DXR,
  LPM_DXR_NARROW,
  LPM_HASH_LENGTH,
  LPM_MULTIBIT,
  LPM_POPTRIE,
  LPM_POPTRIE_NARROW,
  LPM_SAIL,
  LPM_SAIL_NARROW,
  LPM_TOO_NARROW,
} from '../../layout';
import { arenaAlloc, arenaRelease, isFresh } from '../../arena';
import * as patricia from '../patricia';
import { isEmpty, specValue } from '../spec';
import * as dxr from './dxr';
import * as hashLength from './hash-length';
import * as multibit from './multibit';
import * as poptrie from './poptrie';
import { makeRanges, mostRanges, RANGE_BYTES } from './ranges';
import * as sail from './sail';
import { partAt, PARTS } from './structure';

const RIB: usize = 0;
const STRUCTURE: usize = 4;
const BYTES: usize = 8;
const COUNT: usize = 12;
const STALE: usize = 16;
const HEADER_BYTES: u32 = 20;
const LARGEST_NARROW: u32 = 0x7fff;

// @ts-ignore: decorator
@inline
export function structureOf(root: usize): usize {
  return <usize>load<u32>(root, STRUCTURE);
}

export function structureBytes(root: usize): u32 {
  return load<u32>(root, BYTES);
}

export function countOf(root: usize): u32 {
  return load<u32>(root, COUNT);
}

function isNarrow(kind: i32): bool {
  return kind == LPM_POPTRIE_NARROW || kind == LPM_DXR_NARROW || kind == LPM_SAIL_NARROW;
}

/** A header that may be changed: a new one for an empty table or one that readers see. 0 = no room. */
function own(root: u32, arena: usize): usize {
  if (!isEmpty(root) && isFresh(arena, root)) return root;
  const header = arenaAlloc(arena, HEADER_BYTES);
  if (header == 0) return 0;
  if (isEmpty(root)) memory.fill(header, 0, HEADER_BYTES);
  else memory.copy(header, root, HEADER_BYTES);
  return header;
}

/** Lookups need `prepare` after it. Returns as lpmInsert. */
export function insert(kind: i32, root: u32, arena: usize, spec: usize): u32 {
  if (isNarrow(kind) && specValue(spec) > LARGEST_NARROW) return LPM_TOO_NARROW;
  const rib = ribOf(root);
  const before = patricia.valueOf(rib, spec);
  if (before == specValue(spec)) return root;
  const header = own(root, arena);
  if (header == 0) return 0;
  const changed = patricia.insert(rib, arena, spec);
  return take(root, arena, header, changed, i32(before == 0));
}

/** As insert. */
export function remove(root: u32, arena: usize, spec: usize): u32 {
  const rib = ribOf(root);
  if (patricia.valueOf(rib, spec) == 0) return root == 0 ? EMPTY_ROOT : root;
  const header = own(root, arena);
  if (header == 0) return 0;
  return take(root, arena, header, patricia.remove(rib, arena, spec), -1);
}

function ribOf(root: u32): u32 {
  return isEmpty(root) ? <u32>EMPTY_ROOT : load<u32>(root, RIB);
}

/** Puts `header` in the place of `root`, with the rib as it has become; 0 = there was no room for it. */
function take(root: u32, arena: usize, header: usize, rib: u32, by: i32): u32 {
  if (rib == 0) {
    if (header != <usize>root) arenaRelease(arena, header, HEADER_BYTES);
    return 0;
  }
  if (header != <usize>root && !isEmpty(root)) arenaRelease(arena, root, HEADER_BYTES);
  store<u32>(header, rib, RIB);
  store<u32>(header, 1, STALE);
  store<u32>(header, load<u32>(header, COUNT) + by, COUNT);
  if (!isEmpty(rib)) return <u32>header;
  releaseStructure(header, arena);
  arenaRelease(arena, header, HEADER_BYTES);
  return EMPTY_ROOT;
}

function releaseStructure(header: usize, arena: usize): void {
  if (load<u32>(header, STRUCTURE) != 0) arenaRelease(arena, structureOf(header), structureBytes(header));
}

/** Makes what lookups walk, if the prefixes have changed. False = no room: what there was is still there. */
export function prepare(kind: i32, family: i32, root: u32, arena: usize): bool {
  if (isEmpty(root) || load<u32>(root, STALE) == 0) return true;
  const scratchBytes = kind == LPM_HASH_LENGTH ? hashLength.SCRATCH_BYTES : mostRanges(countOf(root)) * RANGE_BYTES;
  const scratch = arenaAlloc(arena, scratchBytes);
  if (scratch == 0) return false;
  const structure = build(kind, family, <usize>load<u32>(root, RIB), arena, scratch);
  arenaRelease(arena, scratch, scratchBytes);
  if (structure == 0) return false;
  releaseStructure(root, arena);
  store<u32>(root, <u32>structure, STRUCTURE);
  store<u32>(root, builtBytes, BYTES);
  store<u32>(root, 0, STALE);
  return true;
}

let builtBytes: u32 = 0;

function build(kind: i32, family: i32, rib: usize, arena: usize, scratch: usize): usize {
  if (kind == LPM_HASH_LENGTH) {
    builtBytes = hashLength.measure(family, rib, scratch);
  } else {
    makeRanges(family, rib, scratch);
    builtBytes = measure(kind, family);
  }
  const structure = arenaAlloc(arena, builtBytes);
  if (structure == 0) return 0;
  switch (kind) {
    case LPM_MULTIBIT: multibit.fill(structure); break;
    case LPM_POPTRIE_NARROW: poptrie.fill(structure, family, false); break;
    case LPM_POPTRIE: poptrie.fill(structure, family, true); break;
    case LPM_DXR_NARROW: dxr.fill(structure, false); break;
    case LPM_DXR: dxr.fill(structure, true); break;
    case LPM_SAIL_NARROW: sail.fill(structure, false); break;
    case LPM_SAIL: sail.fill(structure, true); break;
    default: hashLength.fill(structure); break;
  }
  return structure;
}

function measure(kind: i32, family: i32): u32 {
  switch (kind) {
    case LPM_MULTIBIT: return multibit.measure();
    case LPM_POPTRIE_NARROW: return poptrie.measure(family, false);
    case LPM_POPTRIE: return poptrie.measure(family, true);
    case LPM_DXR_NARROW: return dxr.measure(false);
    case LPM_DXR: return dxr.measure(true);
    case LPM_SAIL_NARROW: return sail.measure(false);
    default: return sail.measure(true);
  }
}

/** Frees what this transaction made of a table. */
export function abandon(family: i32, root: u32, arena: usize): void {
  if (isEmpty(root) || !isFresh(arena, root)) return;
  patricia.abandon(family, load<u32>(root, RIB), arena);
  if (load<u32>(root, STRUCTURE) != 0 && isFresh(arena, structureOf(root))) releaseStructure(root, arena);
  arenaRelease(arena, root, HEADER_BYTES);
}

export function destroy(family: i32, root: u32, arena: usize): void {
  if (isEmpty(root)) return;
  patricia.destroy(family, load<u32>(root, RIB), arena);
  releaseStructure(root, arena);
  arenaRelease(arena, root, HEADER_BYTES);
}

export function next(family: i32, root: u32, spec: usize, first: bool): bool {
  return patricia.next(family, load<u32>(root, RIB), spec, first);
}

/** Bytes of a part of the structure, of the first one without what is in front of it. */
export function partBytes(root: usize, part: u32): u32 {
  if (part >= PARTS) return 0;
  const structure = structureOf(root);
  return load<u32>(structure + (<usize>part << 2)) - <u32>(partAt(structure, part) - structure);
}
