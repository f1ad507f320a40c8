/**
 * Chooses the module of a kind, once per batch. Adding a kind: one file of the same shape, one line in each switch
 * here, one row in src/engine/lpm.ts, a five-line test.
 */
import { EMPTY_ROOT, LPM_LINEAR, LPM_PATRICIA, SECTION_FIB, SPEC_BYTES } from '../layout';
import { section } from '../control';
import { isEmpty, specValue } from './spec';
import * as linear from './linear';
import * as patricia from './patricia';

/** CAP_ bits of a kind; 0 for an unknown one. */
export function lpmCaps(kind: i32): i32 {
  switch (kind) {
    case LPM_LINEAR: return linear.CAPS;
    case LPM_PATRICIA: return patricia.CAPS;
    default: return 0;
  }
}

/** ATOMICITY_ of a kind; 0 for an unknown one. */
export function lpmAtomicity(kind: i32): i32 {
  switch (kind) {
    case LPM_LINEAR: return linear.ATOMICITY;
    case LPM_PATRICIA: return patricia.ATOMICITY;
    default: return 0;
  }
}

/** Upper bound of the arena bytes that `lpmBuild` takes for the same arguments. */
export function lpmFootprint(kind: i32, family: i32, leafBytes: i32, specs: usize, count: u32): u32 {
  switch (kind) {
    case LPM_LINEAR: return linear.footprint(family, leafBytes, specs, count);
    case LPM_PATRICIA: return patricia.footprint(family, leafBytes, specs, count);
    default: return 0;
  }
}

/** A table of these prefixes, none of them twice. Returns its root, 0 = no room (then nothing was taken). */
export function lpmBuild(kind: i32, family: i32, leafBytes: i32, specs: usize, count: u32): u32 {
  const arena = section(SECTION_FIB);
  switch (kind) {
    case LPM_LINEAR: return linear.build(family, leafBytes, arena, specs, count);
    case LPM_PATRICIA: return patricia.build(family, leafBytes, arena, specs, count);
    default: return 0;
  }
}

/** Returns the new root, which may be the old one; 0 = no room, and the old table stands. */
export function lpmInsert(kind: i32, root: u32, spec: usize): u32 {
  const arena = section(SECTION_FIB);
  switch (kind) {
    case LPM_LINEAR: return linear.insert(root, arena, spec);
    case LPM_PATRICIA: return patricia.insert(root, arena, spec);
    default: return 0;
  }
}

/** Like lpmInsert. Removing what is not there changes nothing. */
export function lpmRemove(kind: i32, root: u32, spec: usize): u32 {
  const arena = section(SECTION_FIB);
  switch (kind) {
    case LPM_LINEAR: return linear.remove(root, arena, spec);
    case LPM_PATRICIA: return patricia.remove(root, arena, spec);
    default: return 0;
  }
}

/**
 * Applies `count` changes in order: insert, or remove where the value is 0. Returns the new root. On lack of room
 * everything that the current transaction did to this table is undone and 0 returned.
 */
export function lpmApply(kind: i32, family: i32, root: u32, specs: usize, count: u32): u32 {
  for (let i: u32 = 0; i < count; i++, specs += SPEC_BYTES) {
    const next = specValue(specs) != 0 ? lpmInsert(kind, root, specs) : lpmRemove(kind, root, specs);
    if (next == 0) {
      lpmAbandon(kind, family, root);
      return 0;
    }
    root = next;
  }
  return root == 0 ? EMPTY_ROOT : root;
}

/** Frees what the current transaction made of a table that will not be published. */
export function lpmAbandon(kind: i32, family: i32, root: u32): void {
  const arena = section(SECTION_FIB);
  switch (kind) {
    case LPM_LINEAR: linear.abandon(family, root, arena); break;
    case LPM_PATRICIA: patricia.abandon(family, root, arena); break;
  }
}

/** Looks up `n` keys: one word each for IPv4, four for IPv6. Writes a u32 value for each, 0 = no match. */
export function lpmBatch(kind: i32, family: i32, root: usize, keys: usize, out: usize, n: i32): void {
  if (isEmpty(root)) {
    memory.fill(out, 0, <usize>n << 2);
    return;
  }
  if (family == 4) {
    switch (kind) {
      case LPM_LINEAR: linear.batch4(root, keys, out, n); break;
      case LPM_PATRICIA: patricia.batch4(root, keys, out, n); break;
    }
  } else {
    switch (kind) {
      case LPM_LINEAR: linear.batch6(root, keys, out, n); break;
      case LPM_PATRICIA: patricia.batch6(root, keys, out, n); break;
    }
  }
}
