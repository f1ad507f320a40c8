/** Lookups in an IPv6 table (table6.ts): one key, and batches in which 64 keys go through the levels in lock step. */
import * as patricia from './patricia';
import { touch } from './touch';
import {
  ESCAPE_NARROW,
  LEVELS,
  LEVEL_RECORD,
  NODES_END_WIDE,
  SEEN,
  SEQUENCE,
  SHORT,
  TOP,
  get,
  isNode,
  isWide,
  levelBase,
  nodeAt,
  noneId,
  unitOf,
  walkId,
} from './table6';

/** Bytes of a key, and of 8 and of 64 values. */
const KEY: usize = 16;
const EIGHT: usize = 32;
const GROUP: usize = 256;

/** The id that a row has, by the two halves of the first word of a key. */
// @ts-ignore: decorator
@inline
function idInRow(wide: bool, top: usize, upper: u32, lower: u32): u32 {
  const row = load<u32>(top + (<usize>upper << 2));
  // Bits 16 to 29 are the upper ones of the lower half.
  return wide ? load<u32>(<usize>(row + (lower & 0xfffc))) : <u32>load<u16>(<usize>(row + ((lower >>> 1) & 0x7ffe)));
}

/**
 * One level on; the slot is in the lowest six bits. In narrow tables a value has a node that leads to itself; in wide
 * ones it is kept, and what is loaded meanwhile is anything: the header, at `base`.
 */
// @ts-ignore: decorator
@inline
function step(wide: bool, base: usize, id: u32, slot: u64): u32 {
  if (wide) {
    const isNode = <i32>id < NODES_END_WIDE;
    const node = select<u32>(id << 4, <u32>base, isNode);
    const next = load<u32>(<usize>(node + (<u32>popcnt<u64>(load<u64>(<usize>node) >>> slot) << 2)), 4);
    return select<u32>(next, id, isNode);
  }
  const node = <u32>base + (id << 4);
  return load<u16>(<usize>(node + (<u32>popcnt<u64>(load<u64>(<usize>node) >>> slot) << 1)), 6);
}

/** Bits 30 to 35 of a key by its first two words, 36 to 41 by the second, 42 to 47 by the upper half of that. */
// @ts-ignore: decorator
@inline
function slot0(words: u64): u64 {
  return rotl<u64>(words, 4);
}

// @ts-ignore: decorator
@inline
function slot1(word: u32): u64 {
  return <u64>(word >>> 22);
}

/** What an id stands for that is no value. `sequence` is from before the id was found. */
function resolve(table: usize, wide: bool, key: usize, id: u32, sequence: u32): u32 {
  let value: u32 = 0;
  if (id != noneId(wide)) {
    const record = id == walkId(wide) ? table + SEEN : levelBase(table, wide, LEVEL_RECORD) + (<usize>unitOf(wide, id) << 4);
    touch(5, record, 8);
    const seen = atomic.load<u64>(record);
    value = patricia.lookup6(<usize>(<u32>seen), key);
    if (value == 0) value = <u32>(seen >>> 32);
    if (value != 0) return value;
  }
  const short = <usize>get(table, SHORT) + (<usize>load<u16>(key, 2) << 2);
  touch(6, short, 4);
  value = load<u32>(short);
  // While short values change, they and rows may be of different times.
  if ((sequence & 1) != 0 || atomic.load<u32>(table + SEQUENCE) != sequence) {
    value = patricia.lookup6(<usize>atomic.load<u32>(table + SEEN), key);
  }
  return value;
}

// @ts-ignore: decorator
@inline
function isEscape(wide: bool, id: u32): bool {
  return wide ? <i32>id < 0 : id >= ESCAPE_NARROW;
}

// @ts-ignore: decorator
@inline
function baseOf(table: usize, wide: bool, level: i32): usize {
  return wide ? table : levelBase(table, false, level);
}

/** A step that says what it reads; of a value, nothing. */
// @ts-ignore: decorator
@inline
function stepOne(table: usize, wide: bool, level: i32, id: u32, slot: u64): u32 {
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_TRACE)) {
    if (isNode(table, id)) {
      const node = nodeAt(table, level, id);
      touch(3, node, 8);
      touch(4, node + (<usize>popcnt<u64>(load<u64>(node) >>> slot) << (wide ? 2 : 1)) + (wide ? 4 : 6), wide ? 4 : 2);
    }
  }
  return step(wide, baseOf(table, wide, level), id, slot);
}

// @ts-ignore: decorator
@inline
function lookup(table: usize, wide: bool, key: usize, sequence: u32): u32 {
  const top = <usize>get(table, TOP);
  // @ts-ignore: a flag of builds
  if (isDefined(LPM_TRACE)) {
    const link = top + (<usize>load<u16>(key, 2) << 2);
    touch(1, link, 4);
    touch(2, <usize>load<u32>(link) + <usize>((<u32>load<u16>(key) >>> 2) << (wide ? 2 : 1)), wide ? 4 : 2);
  }
  let id = idInRow(wide, top, load<u16>(key, 2), load<u16>(key));
  // Two loads: whoever calls with one key has just stored it word by word, and one load of two stores would wait for both.
  id = stepOne(table, wide, 0, id, slot0(<u64>load<u32>(key) | (<u64>load<u32>(key, 4) << 32)));
  id = stepOne(table, wide, 1, id, slot1(load<u32>(key, 4)));
  id = stepOne(table, wide, 2, id, load<u16>(key, 6));
  return isEscape(wide, id) ? resolve(table, wide, key, id, sequence) : id;
}

export function lookup6(table: usize, key: usize): u32 {
  const sequence = atomic.load<u32>(table + SEQUENCE);
  return isWide(table) ? lookup(table, true, key, sequence) : lookup(table, false, key, sequence);
}

// ---- batches -----------------------------------------------------------------------------------------------------------

/** Eight keys: their ids in rows. */
// @ts-ignore: decorator
@inline
function enter(wide: bool, top: usize, keys: usize, out: usize): void {
  store<u32>(out, idInRow(wide, top, load<u16>(keys, 2), load<u16>(keys)));
  store<u32>(out, idInRow(wide, top, load<u16>(keys, 18), load<u16>(keys, 16)), 4);
  store<u32>(out, idInRow(wide, top, load<u16>(keys, 34), load<u16>(keys, 32)), 8);
  store<u32>(out, idInRow(wide, top, load<u16>(keys, 50), load<u16>(keys, 48)), 12);
  store<u32>(out, idInRow(wide, top, load<u16>(keys, 66), load<u16>(keys, 64)), 16);
  store<u32>(out, idInRow(wide, top, load<u16>(keys, 82), load<u16>(keys, 80)), 20);
  store<u32>(out, idInRow(wide, top, load<u16>(keys, 98), load<u16>(keys, 96)), 24);
  store<u32>(out, idInRow(wide, top, load<u16>(keys, 114), load<u16>(keys, 112)), 28);
}

/** Eight keys, one level on. */
// @ts-ignore: decorator
@inline
function visit0(wide: bool, base: usize, keys: usize, out: usize): void {
  store<u32>(out, step(wide, base, load<u32>(out), slot0(load<u64>(keys))));
  store<u32>(out, step(wide, base, load<u32>(out, 4), slot0(load<u64>(keys, 16))), 4);
  store<u32>(out, step(wide, base, load<u32>(out, 8), slot0(load<u64>(keys, 32))), 8);
  store<u32>(out, step(wide, base, load<u32>(out, 12), slot0(load<u64>(keys, 48))), 12);
  store<u32>(out, step(wide, base, load<u32>(out, 16), slot0(load<u64>(keys, 64))), 16);
  store<u32>(out, step(wide, base, load<u32>(out, 20), slot0(load<u64>(keys, 80))), 20);
  store<u32>(out, step(wide, base, load<u32>(out, 24), slot0(load<u64>(keys, 96))), 24);
  store<u32>(out, step(wide, base, load<u32>(out, 28), slot0(load<u64>(keys, 112))), 28);
}

// @ts-ignore: decorator
@inline
function visit1(wide: bool, base: usize, keys: usize, out: usize): void {
  store<u32>(out, step(wide, base, load<u32>(out), slot1(load<u32>(keys, 4))));
  store<u32>(out, step(wide, base, load<u32>(out, 4), slot1(load<u32>(keys, 20))), 4);
  store<u32>(out, step(wide, base, load<u32>(out, 8), slot1(load<u32>(keys, 36))), 8);
  store<u32>(out, step(wide, base, load<u32>(out, 12), slot1(load<u32>(keys, 52))), 12);
  store<u32>(out, step(wide, base, load<u32>(out, 16), slot1(load<u32>(keys, 68))), 16);
  store<u32>(out, step(wide, base, load<u32>(out, 20), slot1(load<u32>(keys, 84))), 20);
  store<u32>(out, step(wide, base, load<u32>(out, 24), slot1(load<u32>(keys, 100))), 24);
  store<u32>(out, step(wide, base, load<u32>(out, 28), slot1(load<u32>(keys, 116))), 28);
}

// @ts-ignore: decorator
@inline
function visit2(wide: bool, base: usize, keys: usize, out: usize): void {
  store<u32>(out, step(wide, base, load<u32>(out), load<u16>(keys, 6)));
  store<u32>(out, step(wide, base, load<u32>(out, 4), load<u16>(keys, 22)), 4);
  store<u32>(out, step(wide, base, load<u32>(out, 8), load<u16>(keys, 38)), 8);
  store<u32>(out, step(wide, base, load<u32>(out, 12), load<u16>(keys, 54)), 12);
  store<u32>(out, step(wide, base, load<u32>(out, 16), load<u16>(keys, 70)), 16);
  store<u32>(out, step(wide, base, load<u32>(out, 20), load<u16>(keys, 86)), 20);
  store<u32>(out, step(wide, base, load<u32>(out, 24), load<u16>(keys, 102)), 24);
  store<u32>(out, step(wide, base, load<u32>(out, 28), load<u16>(keys, 118)), 28);
}

/** Reads a byte of each line of 64 keys, so that they are near when their turn comes. Returns something of them. */
// @ts-ignore: decorator
@inline
function touchKeys(keys: usize): u32 {
  let any: u32 = 0;
  for (const end = keys + 64 * KEY; keys < end; keys += 256) {
    any |= load<u32>(keys) | load<u32>(keys, 64) | load<u32>(keys, 128) | load<u32>(keys, 192);
  }
  return any;
}

/** Replaces the ids that are no values. Sixteen keys. */
function resolveSome(table: usize, wide: bool, keys: usize, out: usize, sequence: u32): void {
  for (const end = out + 2 * EIGHT; out < end; out += 4, keys += KEY) {
    const id = load<u32>(out);
    if (isEscape(wide, id)) store<u32>(out, resolve(table, wide, keys, id, sequence));
  }
}

/** What was touched has to be used, or it would not be read. */
let noted: u32 = 0;

/** Whole sixteens of keys, up to the values at `end`. Inlined once for each size of ids. */
// @ts-ignore: decorator
@inline
function batch(table: usize, wide: bool, keys: usize, out: usize, end: usize, sequence: u32): void {
  const top = <usize>get(table, TOP);
  const base0 = baseOf(table, wide, 0);
  const base1 = baseOf(table, wide, 1);
  const base2 = baseOf(table, wide, 2);
  // The next call's keys are likely to follow these. What lies there does not matter, but that it is memory.
  const last = (<usize>memory.size() << 16) - 64 * KEY;
  let touched: u32 = 0;
  while (out < end) {
    const groupEnd = min(out + GROUP, end);
    for (let at = out, key = keys; at < groupEnd; at += EIGHT, key += 8 * KEY) enter(wide, top, key, at);
    for (let at = out, key = keys; at < groupEnd; at += EIGHT, key += 8 * KEY) visit0(wide, base0, key, at);
    touched |= touchKeys(min(keys + 64 * KEY, last));
    for (let at = out, key = keys; at < groupEnd; at += EIGHT, key += 8 * KEY) visit1(wide, base1, key, at);
    for (let at = out, key = keys; at < groupEnd; at += EIGHT, key += 8 * KEY) visit2(wide, base2, key, at);
    for (; out < groupEnd; out += 2 * EIGHT, keys += 16 * KEY) {
      const any = v128.or(v128.or(v128.load(out), v128.load(out, 16)), v128.or(v128.load(out, 32), v128.load(out, 48)));
      const isAny = wide ? i32x4.bitmask(any) != 0 : v128.any_true(v128.and(any, i32x4.splat(ESCAPE_NARROW)));
      if (isAny) resolveSome(table, wide, keys, out, sequence);
    }
  }
  noted = touched;
}

export function batch6(table: usize, keys: usize, out: usize, n: i32): void {
  const sequence = atomic.load<u32>(table + SEQUENCE);
  const whole = <usize>(n & ~15) << 2;
  if (isWide(table)) batch(table, true, keys, out, out + whole, sequence);
  else batch(table, false, keys, out, out + whole, sequence);
  for (let at = whole; at < <usize>n << 2; at += 4) store<u32>(out + at, lookup6(table, keys + (at << 2)));
}
