/**
 * A hash table for each length that occurs, and a binary search over these lengths (M. Waldvogel, G. Varghese, J.
 * Turner, B. Plattner, "Scalable High Speed IP Routing Lookups", SIGCOMM 1997). A hit says: look among longer ones; so
 * each prefix leaves markers at the shorter lengths where its search must turn that way. A marker has the value of the
 * longest prefix that covers it, and no search has to go back.
 *
 * Parts: lengths in use, { u32 bits, u32 first slot, u32 mask of slots, 0 } each, shortest first; slots of
 * { u32 value, u32 1 when taken, key }, the key a u64 with an IPv4 address in the upper half, or two.
 * Own words: 0 the number of lengths, 1 the value of the default route.
 */
import { isEmpty } from '../spec';
import { keyHigh, keyLow, leftOf, lookupAtMost, nodeBits, nodeValue, rightOf } from '../patricia';
import { touch } from '../touch';
import { ownWord, partAt, plan, setOwnWord, writeParts } from './structure';

const LENGTH_BYTES: u32 = 16;
const TAKEN: usize = 4;
const KEY: usize = 8;
const MAX_LENGTH: u32 = 128;
/** Slots for an entry, at least, in quarters. */
const SPARE_QUARTERS: u32 = 6;

/** The builder's notes: by length, u64 key counted last (two), u32 entries, u32 1 when it occurs; then u8 lengths. */
const NOTE_BYTES: u32 = 24;
const NOTE_ENTRIES: usize = 16;
const NOTE_USED: usize = 20;
const LENGTHS: u32 = NOTE_BYTES * (MAX_LENGTH + 1);
export const SCRATCH_BYTES: u32 = LENGTHS + MAX_LENGTH;

let notes: usize = 0;
let lengthCount: u32 = 0;
let family: i32 = 4;
let top: usize = 0;
let at: usize = 0;

// @ts-ignore: decorator
@inline
function slotBytes(isLong: bool): u32 {
  return isLong ? <u32>KEY + 16 : <u32>KEY + 8;
}

// @ts-ignore: decorator
@inline
function noteOf(length: u32): usize {
  return notes + <usize>(length * NOTE_BYTES);
}

// @ts-ignore: decorator
@inline
function lengthAt(index: u32): u32 {
  return load<u8>(notes + LENGTHS + index);
}

/** Slots of a table for so many entries: a power of two. */
function slotsFor(length: u32): u32 {
  const least = (load<u32>(noteOf(length), NOTE_ENTRIES) * SPARE_QUARTERS) >>> 2;
  return least < 2 ? 2 : 1 << (32 - clz<u32>(least - 1));
}

/** Bytes of the structure for a patricia of `af`; `scratch` has SCRATCH_BYTES bytes that `fill` will need as they are. */
export function measure(af: i32, rib: usize, scratch: usize): u32 {
  family = af;
  notes = scratch;
  top = rib;
  memory.fill(notes, 0, SCRATCH_BYTES);
  findLengths(rib);
  lengthCount = 0;
  for (let bits: u32 = 1; bits <= MAX_LENGTH; bits++) {
    if (load<u32>(noteOf(bits), NOTE_USED)) store<u8>(notes + LENGTHS + lengthCount++, bits);
  }
  visit(rib, false);
  let slots: u32 = 0;
  for (let i: u32 = 0; i < lengthCount; i++) slots += slotsFor(lengthAt(i));
  return plan(lengthCount * LENGTH_BYTES, slots * slotBytes(family == 6));
}

function findLengths(node: usize): void {
  if (isEmpty(node)) return;
  if (nodeValue(node) != 0) store<u32>(noteOf(nodeBits(node)), 1, NOTE_USED);
  findLengths(leftOf(node));
  findLengths(rightOf(node));
}

/** Counts, or writes, the entries of all prefixes at and below a node, in the order of their addresses. */
function visit(node: usize, isWriting: bool): void {
  if (isEmpty(node)) return;
  if (nodeValue(node) != 0) enter(node, isWriting);
  visit(leftOf(node), isWriting);
  visit(rightOf(node), isWriting);
}

/** The entry of a prefix, and the markers on the way of a search to it. */
function enter(node: usize, isWriting: bool): void {
  const bits = nodeBits(node);
  const keyH = keyHigh(family, node);
  const keyL = keyLow(family, node);
  let low: i32 = 0;
  let high: i32 = <i32>lengthCount - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const length = lengthAt(middle);
    if (length <= bits) {
      if (isWriting) write(middle, length, node, maskHigh(keyH, length), maskLow(keyL, length));
      else count(length, maskHigh(keyH, length), maskLow(keyL, length));
    }
    if (length == bits) return;
    if (length < bits) low = middle + 1;
    else high = middle - 1;
  }
}

// @ts-ignore: decorator
@inline
function maskHigh(high: u64, bits: u32): u64 {
  return bits >= 64 ? high : high & ~(u64.MAX_VALUE >> bits);
}

// @ts-ignore: decorator
@inline
function maskLow(low: u64, bits: u32): u64 {
  return bits <= 64 ? 0 : bits >= 128 ? low : low & ~(u64.MAX_VALUE >> (bits - 64));
}

/** Equal keys of a length follow each other. */
function count(length: u32, high: u64, low: u64): void {
  const note = noteOf(length);
  const entries = load<u32>(note, NOTE_ENTRIES);
  if (entries != 0 && load<u64>(note) == high && load<u64>(note, 8) == low) return;
  store<u32>(note, entries + 1, NOTE_ENTRIES);
  store<u64>(note, high);
  store<u64>(note, low, 8);
}

export function fill(structure: usize): void {
  writeParts(structure);
  at = structure;
  setOwnWord(structure, 0, lengthCount);
  setOwnWord(structure, 1, nodeBits(top) == 0 ? nodeValue(top) : 0);
  let first: u32 = 0;
  for (let i: u32 = 0; i < lengthCount; i++) {
    const slots = slotsFor(lengthAt(i));
    const row = partAt(structure, 0) + <usize>(i * LENGTH_BYTES);
    store<u32>(row, lengthAt(i));
    store<u32>(row, first, 4);
    store<u32>(row, slots - 1, 8);
    first += slots;
  }
  memory.fill(partAt(structure, 1), 0, <usize>(first * slotBytes(family == 6)));
  visit(top, true);
}

function write(index: u32, length: u32, node: usize, high: u64, low: u64): void {
  const isLong = family == 6;
  const slot = find(isLong, partAt(at, 1), partAt(at, 0) + <usize>(index * LENGTH_BYTES), high, low);
  if (load<u32>(slot, TAKEN)) return;
  store<u32>(slot, 1, TAKEN);
  store<u64>(slot, high, KEY);
  if (isLong) store<u64>(slot, low, KEY + 8);
  store<u32>(slot, lookupAtMost(top, node, length));
}

// @ts-ignore: decorator
@inline
function hash(isLong: bool, high: u64, low: u64): u32 {
  // Keys end in zeros, and so do products with them: what is at the top of one goes to where the slots are chosen.
  let h = (high ^ (high >> 32)) * 0x9e37_79b9_7f4a_7c15;
  if (isLong) h = (h ^ (h >> 32) ^ low) * 0xbf58_476d_1ce4_e5b9;
  return <u32>(h >> 32) ^ <u32>(h >> 52);
}

/** The slot of a key, or the free one where its search ends. */
// @ts-ignore: decorator
@inline
function find(isLong: bool, slots: usize, row: usize, high: u64, low: u64): usize {
  const last = load<u32>(row, 8);
  const bytes = slotBytes(isLong);
  const first = slots + <usize>(load<u32>(row, 4) * bytes);
  let i = hash(isLong, high, low) & last;
  let slot = first + <usize>(i * bytes);
  touch(1, slot, bytes);
  while (load<u32>(slot, TAKEN) && (load<u64>(slot, KEY) != high || (isLong && load<u64>(slot, KEY + 8) != low))) {
    i = (i + 1) & last;
    slot = first + <usize>(i * bytes);
    touch(1, slot, bytes);
  }
  return slot;
}

// @ts-ignore: decorator
@inline
function search(isLong: bool, structure: usize, high: u64, low: u64): u32 {
  const rows = partAt(structure, 0);
  const slots = partAt(structure, 1);
  let best = ownWord(structure, 1);
  let shortest: i32 = 0;
  let longest: i32 = <i32>ownWord(structure, 0) - 1;
  while (shortest <= longest) {
    const middle = (shortest + longest) >>> 1;
    const row = rows + <usize>(<u32>middle * LENGTH_BYTES);
    touch(0, row, LENGTH_BYTES);
    const bits = load<u32>(row);
    const slot = find(isLong, slots, row, maskHigh(high, bits), maskLow(low, bits));
    if (load<u32>(slot, TAKEN)) {
      // Of a marker that only the default route covers it is that route's value; or 0, and then so is `best`.
      best = load<u32>(slot);
      shortest = middle + 1;
    } else {
      longest = middle - 1;
    }
  }
  return best;
}

export function lookup4(structure: usize, a: u32): u32 {
  return search(false, structure, <u64>a << 32, 0);
}

/** `key`: four words. */
export function lookup6(structure: usize, key: usize): u32 {
  return search(true, structure, rotl<u64>(load<u64>(key), 32), rotl<u64>(load<u64>(key, 8), 32));
}
