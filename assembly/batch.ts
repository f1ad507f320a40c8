/**
 * What the stages of one batch hand to each other: a row per packet, lists of rows, lookups over a list. All of it
 * lies in the worker's part of WORK (layout.ts); the globals below are set anew by each call and only save arguments.
 */
import {
  BATCH_MAX,
  COUNTER_DECAP_BYTES,
  COUNTER_DECAP_PACKETS,
  COUNTER_DROPPED,
  COUNTER_ENCAP_BYTES,
  COUNTER_ENCAP_PACKETS,
  COUNTER_NATIVE_BYTES,
  COUNTER_NATIVE_PACKETS,
  COUNTER_PUNTED,
  COUNTER_REASONS,
  COUNTER_RECEIVED_BYTES,
  COUNTER_RECEIVED_PACKETS,
  COUNTER_ROW_BYTES,
  DESC_FLAGS_OFFSET,
  DESC_LENGTH_OFFSET,
  DESC_REASON_OFFSET,
  DESC_VERDICT_OFFSET,
  ENTRY_BYTES_SHIFT,
  ROW_DESC_OFFSET,
  ROW_FAMILY_OFFSET,
  ROW_LENGTH_OFFSET,
  ROW_PACKET_OFFSET,
  ROW_VRF_OFFSET,
  SECTION_COUNTERS,
  SECTION_ENTRIES,
  SECTION_HITS,
  SECTION_WORK,
  VERDICT_DROP,
  VERDICT_ENCAP,
  VERDICT_NATIVE,
  VERDICT_PUNT,
  WORK_BYTES,
  WORK_KEYS_OFFSET,
} from './layout';
import { section, sectionBytes } from './control';
import { vrfKind, vrfRoot } from './snapshot';
import { lpmBatch } from './lpm/lpm';

/** WORK of the worker whose batch this is. */
export let work: usize = 0;
let counters: usize = 0;
let hits: usize = 0;

/** Points the per-call globals at the worker's rows. */
export function openBatch(worker: i32): void {
  work = section(SECTION_WORK) + <usize>(worker * WORK_BYTES);
  counters = section(SECTION_COUNTERS) + <usize>(worker * COUNTER_ROW_BYTES);
  const entries = sectionBytes(SECTION_ENTRIES) >>> ENTRY_BYTES_SHIFT;
  hits = section(SECTION_HITS) + <usize>((<u32>worker * entries) << 3);
}

// ---- rows -----------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
export function descOf(row: usize): usize {
  return <usize>load<u32>(row, ROW_DESC_OFFSET);
}

/** First byte of the IP header. */
// @ts-ignore: decorator
@inline
export function packetOf(row: usize): usize {
  return <usize>load<u32>(row, ROW_PACKET_OFFSET);
}

/** Bytes of the packet, header included, trailing bytes not. */
// @ts-ignore: decorator
@inline
export function lengthOf(row: usize): u32 {
  return load<u32>(row, ROW_LENGTH_OFFSET);
}

// @ts-ignore: decorator
@inline
export function familyOf(row: usize): i32 {
  return load<u8>(row, ROW_FAMILY_OFFSET);
}

// @ts-ignore: decorator
@inline
export function vrfOf(row: usize): usize {
  return <usize>load<u32>(row, ROW_VRF_OFFSET);
}

/** True when the packet carries this DESC_ flag. */
// @ts-ignore: decorator
@inline
export function hasFlag(row: usize, flag: u32): bool {
  return (load<u8>(descOf(row), DESC_FLAGS_OFFSET) & flag) != 0;
}

// ---- lists ------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
export function item(list: usize, index: i32): usize {
  return <usize>load<u32>(list + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
export function setItem(list: usize, index: i32, value: usize): void {
  assert(index < BATCH_MAX);
  store<u32>(list + (<usize>index << 2), <u32>value);
}

/**
 * Looks up one address of every listed packet in `table` (TABLE_*) of its VRF; results in list order. `key` is the
 * offset of the address in the row. Packets of one VRF and family that follow each other make one lookup.
 */
export function lookup(list: usize, count: i32, table: u32, key: usize, out: usize): void {
  const keys = work + WORK_KEYS_OFFSET;
  let first = 0;
  while (first < count) {
    const head = item(list, first);
    const vrf = vrfOf(head);
    const family = familyOf(head);
    let end = first;
    let at = keys;
    do {
      const row = item(list, end) + key;
      store<u32>(at, load<u32>(row));
      if (family == 4) {
        at += 4;
      } else {
        store<u32>(at, load<u32>(row, 4), 4);
        store<u64>(at, load<u64>(row, 8), 8);
        at += 16;
      }
      end += 1;
    } while (end < count && vrfOf(item(list, end)) == vrf && familyOf(item(list, end)) == family);
    const kind = vrfKind(vrf, family, table);
    lpmBatch(kind, family, vrfRoot(vrf, family, table), keys, out + (<usize>first << 2), end - first);
    first = end;
  }
}

// ---- verdicts and counters ------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
export function countBy(column: u32, amount: u64): void {
  const at = counters + <usize>(column << 3);
  store<u64>(at, load<u64>(at) + amount);
}

export function countReceived(bytes: u32): void {
  countBy(COUNTER_RECEIVED_PACKETS, 1);
  countBy(COUNTER_RECEIVED_BYTES, bytes);
}

/** `bytes`: of the outer packet. */
export function countDecapsulated(bytes: u32): void {
  countBy(COUNTER_DECAP_PACKETS, 1);
  countBy(COUNTER_DECAP_BYTES, bytes);
}

// @ts-ignore: decorator
@inline
export function countHit(entry: u32): void {
  const at = hits + (<usize>entry << 3);
  store<u64>(at, load<u64>(at) + 1);
}

// @ts-ignore: decorator
@inline
function decide(desc: usize, verdict: u32, reason: u32): void {
  store<u8>(desc, verdict, DESC_VERDICT_OFFSET);
  store<u8>(desc, reason, DESC_REASON_OFFSET);
}

export function drop(desc: usize, reason: u32): void {
  decide(desc, VERDICT_DROP, reason);
  countBy(COUNTER_DROPPED, 1);
  countBy(COUNTER_REASONS + reason, 1);
}

export function punt(desc: usize, reason: u32): void {
  decide(desc, VERDICT_PUNT, reason);
  countBy(COUNTER_PUNTED, 1);
  countBy(COUNTER_REASONS + reason, 1);
}

/** The packet leaves as it is in its buffer now. */
export function leaveNative(desc: usize): void {
  decide(desc, VERDICT_NATIVE, 0);
  countBy(COUNTER_NATIVE_PACKETS, 1);
  countBy(COUNTER_NATIVE_BYTES, load<u16>(desc, DESC_LENGTH_OFFSET));
}

/** The packet leaves, outer headers and all, as it is in its buffer now. */
export function leaveEncapsulated(desc: usize): void {
  decide(desc, VERDICT_ENCAP, 0);
  countBy(COUNTER_ENCAP_PACKETS, 1);
  countBy(COUNTER_ENCAP_BYTES, load<u16>(desc, DESC_LENGTH_OFFSET));
}
