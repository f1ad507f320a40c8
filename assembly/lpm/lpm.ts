/**
 * Chooses the module of a kind, once per batch. Adding a kind: one file of the same shape, one line in each switch
 * here, one row in src/engine/lpm.ts, a five-line test.
 */
import {
  EMPTY_ROOT,
  LPM_COMPARE,
  LPM_DIR18_RUN,
  LPM_DIR18_RUN_NARROW,
  LPM_DIR24_8,
  LPM_DIR24_8_NARROW,
  LPM_DIR24_STRIDE6,
  LPM_DIR24_STRIDE6_NARROW,
  LPM_FIRST_RESEARCH,
  LPM_LAST_RESEARCH,
  LPM_LINEAR,
  LPM_PATRICIA,
  LPM_TOO_NARROW,
  SECTION_FIB,
  SPEC_BYTES,
  SPEC_FAMILY_OFFSET,
} from '../layout';
import { arenaCut, arenaMark, arenaRewind } from '../arena';
import { section } from '../control';
import { estimateNext } from './footprint4';
import { touchAhead } from './change4';
import { isEmpty, specBits, specValue } from './spec';
import * as compare from './compare';
import * as dir18Run from './dir18-run';
import * as dir24 from './dir24-8';
import * as stride6 from './dir24-stride6';
import * as linear from './linear';
import * as patricia from './patricia';
import * as research from './research/kinds';
import { nextPrefix } from './rib4';
import { COUNT, NARROW, WIDE, get } from './table4';
import { RIB } from './table6';

// @ts-ignore: decorator
@inline
function isResearch(kind: i32): bool {
  return kind >= LPM_FIRST_RESEARCH && kind <= LPM_LAST_RESEARCH;
}

/** CAP_ bits of a kind; 0 for an unknown one. */
export function lpmCaps(kind: i32): i32 {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.caps(kind);
  switch (kind) {
    case LPM_COMPARE: return compare.CAPS;
    case LPM_LINEAR: return linear.CAPS;
    case LPM_PATRICIA: return patricia.CAPS;
    case LPM_DIR18_RUN_NARROW:
    case LPM_DIR18_RUN: return dir18Run.CAPS;
    case LPM_DIR24_8_NARROW:
    case LPM_DIR24_8: return dir24.CAPS;
    case LPM_DIR24_STRIDE6_NARROW:
    case LPM_DIR24_STRIDE6: return stride6.CAPS;
    default: return 0;
  }
}

/** ATOMICITY_ of a kind; 0 for an unknown one. */
export function lpmAtomicity(kind: i32): i32 {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.atomicity();
  switch (kind) {
    case LPM_COMPARE: return compare.ATOMICITY;
    case LPM_LINEAR: return linear.ATOMICITY;
    case LPM_PATRICIA: return patricia.ATOMICITY;
    case LPM_DIR18_RUN_NARROW:
    case LPM_DIR18_RUN: return dir18Run.ATOMICITY;
    case LPM_DIR24_8_NARROW:
    case LPM_DIR24_8: return dir24.ATOMICITY;
    case LPM_DIR24_STRIDE6_NARROW:
    case LPM_DIR24_STRIDE6: return stride6.ATOMICITY;
    default: return 0;
  }
}

/** Upper bound of the arena bytes that `lpmBuild` takes for the same arguments. */
export function lpmFootprint(kind: i32, family: i32, specs: usize, count: u32): u32 {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.footprint(kind, specs, count);
  switch (kind) {
    case LPM_COMPARE: return compare.footprint(specs, count);
    case LPM_LINEAR: return linear.footprint(family, specs, count);
    case LPM_PATRICIA: return patricia.footprint(family, specs, count);
    case LPM_DIR18_RUN_NARROW: return dir18Run.footprint(NARROW, specs, count);
    case LPM_DIR18_RUN: return dir18Run.footprint(WIDE, specs, count);
    case LPM_DIR24_8_NARROW: return dir24.footprint(NARROW, specs, count);
    case LPM_DIR24_8: return dir24.footprint(WIDE, specs, count);
    case LPM_DIR24_STRIDE6_NARROW: return stride6.footprint(NARROW, specs, count);
    case LPM_DIR24_STRIDE6: return stride6.footprint(WIDE, specs, count);
    default: return 0;
  }
}

/** A table of these prefixes, none of them twice. Returns as lpmApply; of what failed nothing is left. */
export function lpmBuild(kind: i32, family: i32, specs: usize, count: u32): u32 {
  if (kind == LPM_LINEAR) return linear.build(section(SECTION_FIB), specs, count);
  return lpmApply(kind, family, EMPTY_ROOT, specs, count);
}

/**
 * Returns the new root, which may be the old one; 0 = no room, LPM_TOO_NARROW = leaves of four bytes are needed: then
 * the old table stands.
 */
export function lpmInsert(kind: i32, root: u32, spec: usize): u32 {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.insert(kind, root, section(SECTION_FIB), spec);
  const arena = section(SECTION_FIB);
  switch (kind) {
    case LPM_COMPARE: return compare.insert(root, arena, spec);
    case LPM_LINEAR: return linear.insert(root, arena, spec);
    case LPM_PATRICIA: return patricia.insert(root, arena, spec);
    case LPM_DIR18_RUN_NARROW: return dir18Run.insert(NARROW, root, arena, spec);
    case LPM_DIR18_RUN: return dir18Run.insert(WIDE, root, arena, spec);
    case LPM_DIR24_8_NARROW: return dir24.insert(NARROW, root, arena, spec);
    case LPM_DIR24_8: return dir24.insert(WIDE, root, arena, spec);
    case LPM_DIR24_STRIDE6_NARROW: return stride6.insert(NARROW, root, arena, spec);
    case LPM_DIR24_STRIDE6: return stride6.insert(WIDE, root, arena, spec);
    default: return 0;
  }
}

/** Like lpmInsert. Removing what is not there changes nothing. */
export function lpmRemove(kind: i32, root: u32, spec: usize): u32 {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.remove(kind, root, section(SECTION_FIB), spec);
  const arena = section(SECTION_FIB);
  switch (kind) {
    case LPM_COMPARE: return compare.remove(root, arena, spec);
    case LPM_LINEAR: return linear.remove(root, arena, spec);
    case LPM_PATRICIA: return patricia.remove(root, arena, spec);
    case LPM_DIR18_RUN_NARROW:
    case LPM_DIR18_RUN: return dir18Run.remove(root, arena, spec);
    case LPM_DIR24_8_NARROW:
    case LPM_DIR24_8: return dir24.remove(root, arena, spec);
    case LPM_DIR24_STRIDE6_NARROW:
    case LPM_DIR24_STRIDE6: return stride6.remove(root, arena, spec);
    default: return 0;
  }
}

/** Changes whose memory is fetched together. */
const TOUCH_AHEAD: u32 = 16;

/**
 * Applies `count` changes in order: insert, or remove where the value is 0. Returns the new root. On lack of room
 * everything that the current transaction did to this table is undone and 0 returned. With LPM_TOO_NARROW some of the
 * changes have been applied to a table that was there before; one that was empty is empty again.
 */
export function lpmApply(kind: i32, family: i32, root: u32, specs: usize, count: u32): u32 {
  const first = root;
  const inPlace = kind >= LPM_DIR18_RUN_NARROW && kind <= LPM_DIR24_8;
  for (let i: u32 = 0; i < count; i++, specs += SPEC_BYTES) {
    if (inPlace && i % TOUCH_AHEAD == 0 && !isEmpty(root)) touchAhead(root, specs, min(count - i, TOUCH_AHEAD));
    const next = specValue(specs) != 0 ? lpmInsert(kind, root, specs) : lpmRemove(kind, root, specs);
    if (next == 0 || next == LPM_TOO_NARROW) {
      if (next == 0 || isEmpty(first)) lpmAbandon(kind, family, root);
      return next;
    }
    root = next;
  }
  return root == 0 ? EMPTY_ROOT : root;
}

/** Frees what the current transaction made of a table that will not be published. */
export function lpmAbandon(kind: i32, family: i32, root: u32): void {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.abandon(kind, family, root, section(SECTION_FIB));
  const arena = section(SECTION_FIB);
  switch (kind) {
    case LPM_COMPARE: compare.abandon(root, arena); break;
    case LPM_LINEAR: linear.abandon(family, root, arena); break;
    case LPM_PATRICIA: patricia.abandon(family, root, arena); break;
    case LPM_DIR18_RUN_NARROW:
    case LPM_DIR18_RUN: dir18Run.abandon(root, arena); break;
    case LPM_DIR24_8_NARROW:
    case LPM_DIR24_8: dir24.abandon(root, arena); break;
    case LPM_DIR24_STRIDE6_NARROW:
    case LPM_DIR24_STRIDE6: stride6.abandon(root, arena); break;
  }
}

/**
 * Makes what lookups walk, in a kind that is built whole; nothing in the others. After the changes of a transaction and
 * before lpmCommit. Returns the root, 0 = no room: then the transaction is to be abandoned and rolled back.
 */
export function lpmPrepare(kind: i32, family: i32, root: u32): u32 {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.prepare(kind, family, root, section(SECTION_FIB));
  return root;
}

/**
 * Lets readers see the changes to a table that is changed in place; right before the publish, which must follow.
 * Returns the root to publish. Cannot fail.
 */
export function lpmCommit(kind: i32, root: u32): u32 {
  const arena = section(SECTION_FIB);
  switch (kind) {
    case LPM_DIR18_RUN_NARROW:
    case LPM_DIR18_RUN: return dir18Run.commit(root, arena);
    case LPM_DIR24_8_NARROW:
    case LPM_DIR24_8: return dir24.commit(root, arena);
    case LPM_DIR24_STRIDE6_NARROW:
    case LPM_DIR24_STRIDE6: return stride6.commit(root, arena);
    default: return root;
  }
}

/** Releases a table that the coming publish does not show any more. */
export function lpmDestroy(kind: i32, family: i32, root: u32): void {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.destroy(kind, family, root, section(SECTION_FIB));
  const arena = section(SECTION_FIB);
  switch (kind) {
    case LPM_COMPARE: compare.destroy(root, arena); break;
    case LPM_LINEAR: linear.destroy(root, arena); break;
    case LPM_PATRICIA: patricia.destroy(family, root, arena); break;
    case LPM_DIR18_RUN_NARROW:
    case LPM_DIR18_RUN: dir18Run.destroy(root, arena); break;
    case LPM_DIR24_8_NARROW:
    case LPM_DIR24_8: dir24.destroy(root, arena); break;
    case LPM_DIR24_STRIDE6_NARROW:
    case LPM_DIR24_STRIDE6: stride6.destroy(root, arena); break;
  }
}

/**
 * Makes `spec` the prefix that follows it, by address and then length, in the table as its writer sees it; the first
 * of all when the spec's family is 0. Returns 0 when there is none.
 */
export function lpmNext(kind: i32, family: i32, root: u32, spec: usize): i32 {
  if (isEmpty(root)) return 0;
  const first = load<u8>(spec, SPEC_FAMILY_OFFSET) == 0;
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return i32(research.next(kind, family, root, spec, first));
  switch (kind) {
    case LPM_COMPARE: return i32(compare.next(root, spec, first));
    case LPM_LINEAR: return i32(linear.next(root, spec, first));
    case LPM_PATRICIA: return i32(patricia.next(family, root, spec, first));
    case LPM_DIR24_STRIDE6_NARROW:
    case LPM_DIR24_STRIDE6: return i32(patricia.next(family, get(root, RIB), spec, first));
    default: return i32(nextPrefix(root, spec, first));
  }
}

/** How many prefixes there are. Kinds that keep no count are walked, with `spec` as the place to be. */
export function lpmCount(kind: i32, family: i32, root: u32, spec: usize): u32 {
  if (isEmpty(root)) return 0;
  if (kind == LPM_COMPARE) return compare.countOf(root);
  if (kind == LPM_LINEAR) return linear.countOf(root);
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.count(kind, family, root, spec);
  if (kind != LPM_PATRICIA) return get(root, COUNT);
  let count: u32 = 0;
  store<u8>(spec, 0, SPEC_FAMILY_OFFSET);
  while (patricia.next(family, root, spec, count == 0)) count += 1;
  return count;
}

/**
 * Bytes of a table that lookups walk: of the kinds that are changed in place, without what only the writer needs; 0 for
 * the others, which have nothing else.
 */
export function lpmReaderBytes(kind: i32, root: u32): u32 {
  if (isEmpty(root)) return 0;
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.readerBytes(kind, root);
  switch (kind) {
    case LPM_DIR18_RUN_NARROW:
    case LPM_DIR18_RUN: return dir18Run.readerBytes(root);
    case LPM_DIR24_8_NARROW:
    case LPM_DIR24_8: return dir24.readerBytes(root);
    case LPM_DIR24_STRIDE6_NARROW:
    case LPM_DIR24_STRIDE6: return stride6.readerBytes(root);
    default: return 0;
  }
}

/** About how many bytes the prefixes of an IPv4 table would take in dir18-run, beside what an empty one does. */
export function lpmEstimate(kind: i32, root: u32, spec: usize): u32 {
  let bytes: u32 = 0;
  let before: u32 = 0;
  let beforeBits: u32 = 0;
  let isFirst: bool = true;
  store<u8>(spec, 0, SPEC_FAMILY_OFFSET);
  while (lpmNext(kind, 4, root, spec)) {
    bytes += estimateNext(before, beforeBits, load<u32>(spec), specBits(spec), isFirst);
    before = load<u32>(spec);
    beforeBits = specBits(spec);
    isFirst = false;
  }
  return bytes;
}

/**
 * Copies a table into a new one of another kind, prefix by prefix through `spec`. Returns the new root as lpmApply
 * does; the old table stays, and of what failed nothing is left.
 */
export function lpmConvert(from: i32, family: i32, root: u32, to: i32, spec: usize): u32 {
  const arena = section(SECTION_FIB);
  const mark = arenaMark(arena);
  let converted: u32 = EMPTY_ROOT;
  store<u8>(spec, 0, SPEC_FAMILY_OFFSET);
  while (lpmNext(from, family, root, spec)) {
    const next = lpmInsert(to, converted, spec);
    if (next == 0 || next == LPM_TOO_NARROW) {
      lpmAbandon(to, family, converted);
      arenaRewind(arena, mark);
      return next;
    }
    converted = next;
  }
  return converted;
}

/** Cuts free memory of other sizes up for a patricia of so many prefixes, where there is not enough of its own. */
export function lpmMakeRoom(family: i32, prefixes: u32): void {
  arenaCut(section(SECTION_FIB), patricia.nodeBytes(family), prefixes << 1);
}

/** The value of one IPv4 address, 0 = no match. `scratch`: for kinds that only know batches. */
export function lpmOne4(kind: i32, root: usize, address: u32, scratch: usize): u32 {
  if (isEmpty(root)) return 0;
  switch (kind) {
    case LPM_COMPARE: return compare.lookup4(root, address);
    case LPM_PATRICIA: return patricia.lookup4(root, address);
    case LPM_DIR18_RUN_NARROW:
    case LPM_DIR18_RUN: return dir18Run.lookup4(root, address);
    case LPM_DIR24_8_NARROW:
    case LPM_DIR24_8: return dir24.lookup4(root, address);
  }
  store<u32>(scratch, address);
  lpmBatch(kind, 4, root, scratch, scratch + 4, 1);
  return load<u32>(scratch, 4);
}

/** Looks up `n` keys: one word each for IPv4, four for IPv6. Writes a u32 value for each, 0 = no match. */
export function lpmBatch(kind: i32, family: i32, root: usize, keys: usize, out: usize, n: i32): void {
  if (isEmpty(root)) {
    memory.fill(out, 0, <usize>n << 2);
    return;
  }
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_RESEARCH)) if (isResearch(kind)) return research.batch(kind, family, root, keys, out, n);
  if (family == 4) {
    switch (kind) {
        case LPM_COMPARE: compare.batch4(root, keys, out, n); break;
    case LPM_LINEAR: linear.batch4(root, keys, out, n); break;
      case LPM_PATRICIA: patricia.batch4(root, keys, out, n); break;
      case LPM_DIR18_RUN_NARROW:
      case LPM_DIR18_RUN: dir18Run.batch4(root, keys, out, n); break;
      case LPM_DIR24_8_NARROW:
      case LPM_DIR24_8: dir24.batch4(root, keys, out, n); break;
    }
  } else {
    switch (kind) {
      case LPM_LINEAR: linear.batch6(root, keys, out, n); break;
      case LPM_PATRICIA: patricia.batch6(root, keys, out, n); break;
      case LPM_DIR24_STRIDE6_NARROW:
      case LPM_DIR24_STRIDE6: stride6.batch6(root, keys, out, n); break;
    }
  }
}
