/**
 * IPv6 in five steps: the row of the first 16 bits, a slot of it by the next 14, and three nodes of six bits each, in
 * which runs of equal ids are told apart by one bitmap (node6.ts). What is longer than 48 bits ends in a walk from
 * there on, through the writer's own tree.
 *
 * 64 keys go through each step together, so that their loads are in flight at once; a key that is done steps on the
 * spot, and no test is made but for one at the end, of sixteen keys at a time.
 *
 * table6.ts: header and ids; units6.ts: memory of nodes; node6.ts: nodes; show6.ts: what a change makes of them;
 * change6.ts: transaction; walk6.ts: lookups.
 */
import { ATOMICITY_PER_ADDRESS, CAP_INSERT, CAP_V6, EMPTY_ROOT, SPEC_BYTES } from '../layout';
import { blockBytes } from '../arena';
import { abandonTable, commitTable, createTable, destroyTable, insertPrefix, removePrefix } from './change6';
import { nodeBytes } from './patricia';
import { MOST_ROWS } from './show6';
import { isEmpty, specBits } from './spec';
import { ROWS, TOP_BITS, TOP_SLOTS, WIDE, get, isWide, rowBytes } from './table6';
import { LEVELS_BYTES, LINKS_BYTES, SPARE_RIB_NODES, unitsLiveBytes } from './units6';

export { batch6, lookup6 } from './walk6';

export const CAPS = CAP_V6 | CAP_INSERT;
export const ATOMICITY = ATOMICITY_PER_ADDRESS;

/** Header, first log, two chunks that are being filled and what rounding costs. */
const FIXED_BYTES: u32 = 3 * 65536;
/** At most, of a prefix: a node in each level, a record and an entry of the log. */
const PREFIX_BYTES: u32 = 256;

export function footprint(leafBytes: u32, specs: usize, count: u32): u32 {
  if (count == 0) return 0;
  let rows: u32 = 2;
  for (let i: u32 = 0; i < count; i++, specs += SPEC_BYTES) rows += u32(specBits(specs) > TOP_BITS);
  const row = blockBytes(rowBytes(leafBytes == WIDE));
  const levels = leafBytes == WIDE ? 0 : blockBytes(LEVELS_BYTES) + blockBytes(LINKS_BYTES);
  const ribNodes = 2 * count + SPARE_RIB_NODES;
  return FIXED_BYTES + 2 * blockBytes(TOP_SLOTS << 2) + levels + min(rows, MOST_ROWS + 2) * row + ribNodes * blockBytes(nodeBytes(6)) + count * PREFIX_BYTES;
}

export function insert(leafBytes: u32, root: u32, arena: usize, spec: usize): u32 {
  const table = isEmpty(root) ? createTable(arena, leafBytes) : <usize>root;
  if (table == 0) return 0;
  const result = insertPrefix(table, arena, spec);
  if (result != <u32>table && isEmpty(root)) destroyTable(table, arena);
  return result;
}

export function remove(root: u32, arena: usize, spec: usize): u32 {
  return isEmpty(root) ? EMPTY_ROOT : removePrefix(<usize>root, arena, spec);
}

export function abandon(root: u32, arena: usize): void {
  if (!isEmpty(root)) abandonTable(<usize>root, arena);
}

export function destroy(root: u32, arena: usize): void {
  if (!isEmpty(root)) destroyTable(<usize>root, arena);
}

export function commit(root: u32, arena: usize): u32 {
  return isEmpty(root) ? EMPTY_ROOT : commitTable(<usize>root, arena);
}

/** Rows, short values, nodes, records and leaves. */
export function readerBytes(root: u32): u32 {
  const rows = (get(<usize>root, ROWS) + 2) * rowBytes(isWide(<usize>root));
  return 2 * (TOP_SLOTS << 2) + rows + unitsLiveBytes(<usize>root);
}
