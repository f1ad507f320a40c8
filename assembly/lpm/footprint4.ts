/** An upper bound of what building an in-place IPv4 table takes from its arena. */
import { SPEC_BITS_OFFSET, SPEC_BYTES } from '../layout';
import { blockBytes } from '../arena';
import { LARGEST_NARROW_NODE, LARGEST_WIDE_NODE } from './run-node';
import { NODES_OF_QUAD, QUADS_BYTES } from './quad';
import { BLOCK_COUNT, HEADER_BYTES, WIDE } from './table4';

/** RIB: heaps of /0../18, links to block heaps; dirty bits; first undo list, ring and table of uniform nodes. */
const FIXED_BYTES: u32 = (BLOCK_COUNT << 3) + (BLOCK_COUNT << 2) + (BLOCK_COUNT >>> 3) + HEADER_BYTES + 64 * 1024;
/** Of each: a block heap; a long directory with a first list; growth of list, undo, ring and uniform table. */
const HEAP_BYTES: u32 = 640;
const LONG_BYTES: u32 = 448;
const GROWTH_BYTES: u32 = 160;
/** A chunk that is being filled, one for removals, one that rounding costs. */
const CHUNK_SLACK: u32 = 3 * 65536;

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
