/** Bytes by part of dir24-stride6: rows and their slots, nodes as bitmaps and ids, records, short values, and what waits for readers. */
import { readerBytes } from '../dir24-stride6';
import { runsOf, idOfRun } from '../node6';
import {
  EMPTY_ROW,
  LEAF_LIMIT,
  LEVEL_COUNT,
  LEVEL_RECORD,
  ROWS,
  ROW_SLOTS,
  TOP,
  TOP_SLOTS,
  WALK_ROW,
  get,
  isNode,
  isWide,
  nodeAt,
  rowBytes,
  rowId,
} from '../table6';
import { UNIT_BYTES, unitsOfRuns } from '../units6';

/** In the order of src/engine/lpm-parts.ts. Prefixes are in the tree that is the writer's. */
const PART_PREFIX: u32 = 0;
const PART_ROW: u32 = 1;
const PART_SLOT: u32 = 2;
const PART_BITMAP: u32 = 3;
const PART_ID: u32 = 4;
const PART_RECORD: u32 = 5;
const PART_SHORT: u32 = 6;

const BITMAP_BYTES: u32 = 8;
const TOP_BYTES: u32 = TOP_SLOTS << 2;

let nodes: u32 = 0;
let nodeUnits: u32 = 0;
let records: u32 = 0;

export function partBytes6(table: usize, part: u32): u32 {
  const wide = isWide(table);
  const slotBytes = (get(table, ROWS) + 2) * rowBytes(wide);
  if (part == PART_PREFIX) return 0;
  if (part == PART_ROW || part == PART_SHORT) return TOP_BYTES;
  if (part == PART_SLOT) return slotBytes;
  // Values of narrow tables have nodes that lead to themselves, one unit each.
  nodes = wide ? 0 : LEVEL_COUNT * (get(table, LEAF_LIMIT) + 3);
  nodeUnits = nodes;
  records = 0;
  for (let i: u32 = 0; i < TOP_SLOTS; i++) countRow(table, load<u32>(<usize>get(table, TOP) + <usize>(i << 2)));
  const bitmapBytes = nodes * BITMAP_BYTES;
  const idBytes = nodeUnits * UNIT_BYTES - bitmapBytes;
  const recordBytes = records * UNIT_BYTES;
  if (part == PART_BITMAP) return bitmapBytes;
  if (part == PART_ID) return idBytes;
  if (part == PART_RECORD) return recordBytes;
  return readerBytes(<u32>table) - 2 * TOP_BYTES - slotBytes - bitmapBytes - idBytes - recordBytes;
}

function countRow(table: usize, row: u32): void {
  if (row == get(table, EMPTY_ROW) || row == get(table, WALK_ROW)) return;
  for (let slot: u32 = 0; slot < ROW_SLOTS; slot++) count(table, 0, rowId(isWide(table), <usize>row, slot));
}

function count(table: usize, level: i32, id: u32): void {
  if (!isNode(table, id)) return;
  if (level == LEVEL_RECORD) {
    records += 1;
    return;
  }
  const wide = isWide(table);
  const node = nodeAt(table, level, id);
  const runs = runsOf(node);
  nodes += 1;
  nodeUnits += unitsOfRuns(wide, runs);
  for (let run: u32 = 0; run < runs; run++) count(table, level + 1, idOfRun(wide, node, run));
}
