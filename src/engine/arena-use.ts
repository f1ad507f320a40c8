import {
  ARENA_CLASSES_OFFSET,
  ARENA_CLASS_BYTES,
  ARENA_CLASS_COUNT,
  ARENA_CLASS_COUNT_OFFSET,
  ARENA_HEADER_BYTES,
  ARENA_NEXT_OFFSET,
  SECTION_FIB,
} from '../../assembly/layout.ts';
import type { EngineMemory } from './memory.ts';

/** What has become of the bytes that blocks were cut from: `cut` is the sum of the first three. */
export interface ArenaUse {
  /** In use. */
  readonly live: number;
  /** Replaced, and not handed out again yet: readers may still be there. */
  readonly retired: number;
  /** In blocks that were given back. They only serve what needs a block of their size. */
  readonly free: number;
  /** Of the largest of these; 0 without one. */
  readonly largestFree: number;
  /** All that was ever cut: the most that was needed at once, and what fitted no block that was free. */
  readonly cut: number;
}

/** The writer's thread asks, between two changes. */
export function arenaUse(memory: EngineMemory): ArenaUse {
  const arena = memory.offset(SECTION_FIB);
  const { live, retired } = memory.fibBytes();
  const next = memory.view.getUint32(arena + ARENA_NEXT_OFFSET, true);
  let free = 0;
  let largestFree = 0;
  for (let index = 1; index < ARENA_CLASS_COUNT; index++) {
    const at = arena + ARENA_CLASSES_OFFSET + index * ARENA_CLASS_BYTES;
    const blocks = memory.view.getUint32(at + ARENA_CLASS_COUNT_OFFSET, true);
    if (blocks === 0) continue;
    largestFree = classBytes(index);
    free += blocks * largestFree;
  }
  return { live, retired, free, largestFree, cut: next - arena - ARENA_HEADER_BYTES };
}

/** As `classBytes` of assembly/arena.ts: multiples of 16 bytes up to 512, then four sizes to an octave and 16 bytes. */
function classBytes(index: number): number {
  if (index <= 32) return 16 * index;
  const quarters = index - 33;
  return 128 * 2 ** (quarters >> 2) * (4 + (quarters & 3)) + 16;
}
