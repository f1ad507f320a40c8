/** Bytes by part of dir18-run and dir24-8: the directory, nodes as bitmaps and leaves, quads, and what waits for readers. */
import { readerBytesOf } from '../change4';
import { poolBytes } from '../node-pool';
import { isEscape, quadOf, QUAD_BYTES, QUADS_BYTES } from '../quad';
import { leafAt, NODE_LEAVES, nodeBytes, runsOf } from '../run-node';
import { BLOCK_COUNT, DIRECTORY, QUADS, SLOT_COUNT, UNIFORM, UNIFORM_SLOTS, get, isWide } from '../table4';

/** In the order of src/engine/lpm-parts.ts. */
const PART_DIRECTORY: u32 = 0;
const PART_BITMAP: u32 = 1;
const PART_LEAF: u32 = 2;
const PART_QUAD: u32 = 3;

let nodes: u32 = 0;
let leafBytes: u32 = 0;
let quads: u32 = 0;

/** `hasNodes`: the directory leads to nodes, not to leaves. */
export function partBytes4(table: usize, directoryBytes: u32, hasNodes: bool, part: u32): u32 {
  if (part == PART_DIRECTORY) return directoryBytes;
  nodes = 0;
  leafBytes = 0;
  quads = 0;
  countUniform(table);
  if (hasNodes) countBlocks(table);
  else countLeaves(table);
  const bitmapBytes = nodes * <u32>NODE_LEAVES;
  const quadBytes = quads * QUAD_BYTES + (get(table, QUADS) != 0 ? QUADS_BYTES : 0);
  if (part == PART_BITMAP) return bitmapBytes;
  if (part == PART_LEAF) return leafBytes;
  if (part == PART_QUAD) return quadBytes;
  return readerBytesOf(table, directoryBytes) - directoryBytes - bitmapBytes - leafBytes - quadBytes;
}

function countNode(wide: bool, runs: u32): void {
  nodes += 1;
  leafBytes += poolBytes(nodeBytes(wide, runs)) - <u32>NODE_LEAVES;
}

/** Nodes of one run are shared: each is counted where it is noted, whoever leads to it. */
function countUniform(table: usize): void {
  const links = <usize>get(table, UNIFORM);
  for (let i: u32 = 0; i < get(table, UNIFORM_SLOTS); i++) {
    const word = load<u32>(links + <usize>(i << 2));
    if (word != 0 && (word & 1) == 0) countNode(isWide(table), 1);
  }
}

function countBlocks(table: usize): void {
  const wide = isWide(table);
  const directory = <usize>get(table, DIRECTORY);
  for (let block: u32 = 0; block < BLOCK_COUNT; block++) {
    const node = <usize>load<u32>(directory + <usize>(block << 2));
    const runs = runsOf(node);
    if (runs == 1) continue;
    countNode(wide, runs);
    for (let run: u32 = 0; run < runs; run++) countQuad(table, wide, leafAt(wide, node, run));
  }
}

function countLeaves(table: usize): void {
  const wide = isWide(table);
  const directory = <usize>get(table, DIRECTORY);
  for (let slot: u32 = 0; slot < BLOCK_COUNT * SLOT_COUNT; slot++) {
    const leaf = wide ? load<u32>(directory + (<usize>slot << 2)) : <u32>load<u16>(directory + (<usize>slot << 1));
    countQuad(table, wide, leaf);
  }
}

/** What is behind a leaf, if that is a quad; no two leaves share one. */
function countQuad(table: usize, wide: bool, leaf: u32): void {
  if (!isEscape(wide, leaf)) return;
  quads += 1;
  const quad = quadOf(table, wide, leaf);
  for (let at = quad; at < quad + QUAD_BYTES; at += 4) {
    const runs = runsOf(<usize>load<u32>(at));
    if (runs > 1) countNode(wide, runs);
  }
}
