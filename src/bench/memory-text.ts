/** What has become of the memory of structures, in words and in cells of tables. */
import type { ArenaUse } from '../engine/arena-use.ts';
import { sizeText } from './number-text.ts';
import type { MemoryUse } from './results.ts';

export const MEMORY_TEXT =
  'Memory of each structure, the writer’s part included: in use; waiting for readers; in blocks that were given back and ' +
  'only serve their own size, and the largest of these; cut in all';

export const MEMORY_HEAD: readonly string[] = ['after', 'live', 'retired', 'free', 'largest free', 'cut'];

/** A row after the build and one after updates, where there were any: kind, leaf, and what MEMORY_HEAD says. */
export function memoryRows(memory: readonly MemoryUse[]): string[][] {
  return memory.flatMap(({ kind, leafBytes, built, updated }) => [
    [kind, `${leafBytes} B`, 'build', ...cells(built)],
    ...(updated === undefined ? [] : [[kind, `${leafBytes} B`, 'updates', ...cells(updated)]]),
  ]);
}

function cells({ live, retired, free, largestFree, cut }: ArenaUse): string[] {
  return [live, retired, free, largestFree, cut].map(sizeText);
}
