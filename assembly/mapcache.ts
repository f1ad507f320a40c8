/** Map-Cache entries: what to do with a packet (layout.ts: ENTRY). */
import {
  ENTRY_ACTION_OFFSET,
  ENTRY_BUCKET_BASE_OFFSET,
  ENTRY_BUCKET_MASK_OFFSET,
  ENTRY_BYTES_SHIFT,
  ENTRY_FLAGS_OFFSET,
  ENTRY_HAS_TARGET,
  SECTION_ENTRIES,
} from './layout';
import { section } from './control';

// @ts-ignore: decorator
@inline
export function entryAt(index: u32): usize {
  return section(SECTION_ENTRIES) + (<usize>index << ENTRY_BYTES_SHIFT);
}

/** ACTION_FORWARD or an ACT code. */
// @ts-ignore: decorator
@inline
export function entryAction(entry: usize): u32 {
  return load<u8>(entry, ENTRY_ACTION_OFFSET);
}

// @ts-ignore: decorator
@inline
export function entryHasTarget(entry: usize): bool {
  return (load<u8>(entry, ENTRY_FLAGS_OFFSET) & ENTRY_HAS_TARGET) != 0;
}

// @ts-ignore: decorator
@inline
export function entryBucketMask(entry: usize): u32 {
  return load<u16>(entry, ENTRY_BUCKET_MASK_OFFSET);
}

// @ts-ignore: decorator
@inline
export function entryBucketBase(entry: usize): u32 {
  return load<u32>(entry, ENTRY_BUCKET_BASE_OFFSET);
}
