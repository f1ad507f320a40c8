/**
 * The node of an IPv6 table: 64 slots of the next six bits, as runs of equal ids. The layout is that of run-node.ts,
 * with an id where that has a leaf; a run of a node below is always one slot long.
 *
 *  0                        8        8 + id bytes
 * +------------------------+--------+--------+-----------
 * | u64 ends               | id     | id     | ...         last run first
 * +------------------------+--------+--------+-----------
 */
import { IS_STARVED, LEVEL_RECORD, NODE_SLOTS, SLOTS, isNode, isWide, nodeAt, nodeId, put, unitOf, walkId } from './table6';
import { unitsAlloc, unitsOfRuns, unitsRetire } from './units6';

const IDS: usize = 8;

/** Where the ids of the slots of a coming node are gathered, u32 each. */
// @ts-ignore: decorator
@inline
export function slotsOf(table: usize, level: i32): usize {
  return table + SLOTS + (<usize>level << 8);
}

// @ts-ignore: decorator
@inline
export function runsOf(node: usize): u32 {
  return <u32>popcnt<u64>(load<u64>(node));
}

export function idOfRun(wide: bool, node: usize, run: u32): u32 {
  return wide ? load<u32>(node + (<usize>run << 2), IDS) : <u32>load<u16>(node + (<usize>run << 1), IDS);
}

/** The id that a node has for a slot. */
export function idInNode(table: usize, level: i32, id: u32, slot: u32): u32 {
  const node = nodeAt(table, level, id);
  return idOfRun(isWide(table), node, <u32>popcnt<u64>(load<u64>(node) >>> <u64>slot) - 1);
}

/** Gathers the slots of a node. */
export function gatherSlots(table: usize, level: i32, id: u32): void {
  const node = nodeAt(table, level, id);
  const wide = isWide(table);
  const ends = load<u64>(node);
  for (let slot: u32 = 0; slot < NODE_SLOTS; slot++) {
    const run = <u32>popcnt<u64>(ends >>> <u64>slot) - 1;
    store<u32>(slotsOf(table, level) + <usize>(slot << 2), idOfRun(wide, node, run));
  }
}

/**
 * The id of a node of the gathered slots: that of `kept`, a node or 0, when only ids have changed, which readers then
 * see one by one; of what is in all slots; or the one that means a walk, when there is no room.
 */
export function makeNode(table: usize, level: i32, kept: u32): u32 {
  const slots = slotsOf(table, level);
  const wide = isWide(table);
  let ends: u64 = 1 << 63;
  let runs: u32 = 1;
  let next = load<u32>(slots, 252);
  for (let slot: i32 = 62; slot >= 0; slot--) {
    const id = load<u32>(slots + (<usize>slot << 2));
    const isEnd = id != next;
    ends |= u64(isEnd) << <u64>slot;
    runs += u32(isEnd);
    next = id;
  }
  if (runs == 1) return next;
  if (kept != 0 && load<u64>(nodeAt(table, level, kept)) == ends) {
    putIds(table, level, nodeAt(table, level, kept), ends);
    return kept;
  }
  const unit = unitsAlloc(table, level, unitsOfRuns(wide, runs));
  if (unit == 0) return forgo(table, level, kept);
  const made = nodeId(wide, unit);
  const node = nodeAt(table, level, made);
  store<u64>(node, ends);
  let at = node + IDS;
  for (; ends != 0; ends ^= (<u64>1) << (63 - clz<u64>(ends))) {
    const id = load<u32>(slots + (<usize>(63 - clz<u64>(ends)) << 2));
    if (wide) {
      store<u32>(at, id);
      at += 4;
    } else {
      store<u16>(at, <u16>id);
      at += 2;
    }
  }
  return made;
}

/** Puts the gathered ids into a node with the same runs. */
function putIds(table: usize, level: i32, node: usize, ends: u64): void {
  const wide = isWide(table);
  for (let run: u32 = 0; ends != 0; ends ^= (<u64>1) << (63 - clz<u64>(ends)), run++) {
    const id = load<u32>(slotsOf(table, level) + <usize>((63 - clz<u64>(ends)) << 2));
    const before = idOfRun(wide, node, run);
    if (before == id) continue;
    if (wide) atomic.store<u32>(node + IDS + <usize>(run << 2), id);
    else atomic.store<u16>(node + IDS + <usize>(run << 1), <u16>id);
    retireTree(table, level + 1, before, id);
  }
}

/** Drops what has been made for the slots. */
function forgo(table: usize, level: i32, kept: u32): u32 {
  for (let slot: u32 = 0; slot < NODE_SLOTS; slot++) {
    const id = load<u32>(slotsOf(table, level) + <usize>(slot << 2));
    retireTree(table, level + 1, id, kept == 0 ? 0 : idInNode(table, level, kept, slot));
  }
  put(table, IS_STARVED, 1);
  return walkId(isWide(table));
}

/** The id of a record: that of `kept`, which it then is, or of a new one, or the one that means a walk. */
export function makeRecord(table: usize, kept: u32, rib: usize, value: u32): u32 {
  const wide = isWide(table);
  let id = kept;
  if (id == 0) {
    const unit = unitsAlloc(table, LEVEL_RECORD, 1);
    if (unit == 0) {
      put(table, IS_STARVED, 1);
      return walkId(wide);
    }
    id = nodeId(wide, unit);
  }
  atomic.store<u64>(nodeAt(table, LEVEL_RECORD, id), <u64>rib | (<u64>value << 32));
  return id;
}

/** Retires what an id stands for, all but what it shares with `kept`, the id that has come in its place. */
export function retireTree(table: usize, level: i32, gone: u32, kept: u32): void {
  if (gone == kept || !isNode(table, gone)) return;
  const wide = isWide(table);
  let runs: u32 = 1;
  if (level < LEVEL_RECORD) {
    const node = nodeAt(table, level, gone);
    const hasKept = isNode(table, kept);
    runs = runsOf(node);
    let ends = load<u64>(node);
    for (let run: u32 = 0; run < runs; run++) {
      const slot = 63 - <u32>clz<u64>(ends);
      ends ^= (<u64>1) << <u64>slot;
      const below = idOfRun(wide, node, run);
      if (isNode(table, below)) {
        retireTree(table, level + 1, below, hasKept ? idInNode(table, level, kept, slot) : 0);
      }
    }
  }
  unitsRetire(table, level, unitOf(wide, gone), level < LEVEL_RECORD ? unitsOfRuns(wide, runs) : 1);
}
