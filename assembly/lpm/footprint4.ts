/** An upper bound of what building an in-place IPv4 table takes from its arena. */
import { SPEC_BITS_OFFSET, SPEC_BYTES } from '../layout';
import { blockBytes } from '../arena';
import { LARGEST_NARROW_NODE, LARGEST_WIDE_NODE } from './run-node';
import { NODES_OF_QUAD, QUADS_BYTES } from './quad';
import { BLOCK_COUNT, BLOCK_SHIFT, HEADER_BYTES, WIDE } from './table4';

/** RIB: heaps of /0../18, links to block heaps; dirty bits; first undo list, ring and table of uniform nodes. */
const FIXED_BYTES: u32 = (BLOCK_COUNT << 3) + (BLOCK_COUNT << 2) + (BLOCK_COUNT >>> 3) + HEADER_BYTES + 64 * 1024;
/** Of each: a block heap; a long directory with a first list; growth of list, undo, ring and uniform table. */
const HEAP_BYTES: u32 = 640;
const LONG_BYTES: u32 = 448;
const GROWTH_BYTES: u32 = 160;
/** A chunk that is being filled, one for removals, one that rounding costs. */
const CHUNK_SLACK: u32 = 3 * 65536;

/** What a /18, a /24 and a prefix take on average, in the writer's part and in nodes, when they have longer prefixes. */
const BLOCK_ESTIMATE: u32 = 720;
const LONG_BLOCK_ESTIMATE: u32 = 272;
const QUAD_ESTIMATE: u32 = 176;
const PREFIX_ESTIMATE: u32 = 8;

/**
 * About what one more prefix adds to dir18-run, beside the 4.2 MiB of an empty table. Prefixes come in order; `before`
 * is the one before this, `isFirst` that there is none.
 */
export function estimateNext(before: u32, beforeBits: u32, word: u32, bits: u32, isFirst: bool): u32 {
  if (bits <= 18) return PREFIX_ESTIMATE;
  const isSameBlock = !isFirst && beforeBits > 18 && before >>> BLOCK_SHIFT == word >>> BLOCK_SHIFT;
  let bytes = PREFIX_ESTIMATE + (isSameBlock ? 0 : BLOCK_ESTIMATE);
  if (bits <= 24) return bytes;
  const isSameSlot = isSameBlock && beforeBits > 24 && before >>> 8 == word >>> 8;
  if (!isSameSlot) bytes += QUAD_ESTIMATE + (isSameBlock ? 0 : LONG_BLOCK_ESTIMATE);
  return bytes;
}

export function footprintOf(leafBytes: u32, directoryBytes: u32, specs: usize, count: u32): u32 {
  if (count == 0) return 0;
  let bytes: u32 = FIXED_BYTES + blockBytes(directoryBytes) + CHUNK_SLACK;
  let nodes: u32 = 64 + count;
  let isLong = false;
  for (let i: u32 = 0; i < count; i++, specs += SPEC_BYTES) {
    const bits = load<u8>(specs, SPEC_BITS_OFFSET);
    bytes += GROWTH_BYTES;
    if (bits > 18) {
      bytes += HEAP_BYTES;
      nodes += 1;
    }
    if (bits > 24) {
      bytes += LONG_BYTES;
      nodes += NODES_OF_QUAD;
      isLong = true;
    }
  }
  const largest = leafBytes == WIDE ? LARGEST_WIDE_NODE : LARGEST_NARROW_NODE;
  if (isLong && leafBytes != WIDE) bytes += blockBytes(QUADS_BYTES);
  return bytes + nodes * (largest + 2);
}
