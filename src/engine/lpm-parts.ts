import type { LpmKind } from './lpm.ts';

/**
 * The parts of each structure, in the numbers that the engine gives them (`touch` and `partBytes` in assembly/lpm). No
 * lookup begins in what is `retired`: it waits until the last reader has left it.
 */
const PARTS: Readonly<Record<LpmKind, readonly string[]>> = {
  linear: ['prefix'],
  compare: ['prefix'],
  patricia: ['node'],
  'dir18-run': ['directory', 'bitmap', 'leaf', 'quad', 'retired'],
  'dir24-8': ['directory', 'bitmap', 'leaf', 'quad', 'retired'],
  'dir24-stride6': ['prefix', 'row', 'slot', 'bitmap', 'id', 'record', 'short value', 'retired'],
  'binary-trie': ['node'],
  'tree-bitmap': ['node', 'value'],
  multibit: ['root', 'node'],
  poptrie: ['direct', 'node', 'leaf'],
  dxr: ['chunk', 'start', 'value'],
  sail: ['C16', 'N16', 'C24', 'N24', 'N32'],
  'hash-length': ['length', 'slot'],
};

/**
 * Names of the parts of a kind's structure; `quad` is where the prefixes beyond /24 begin. Those of dir24-stride6 that are
 * longer than /48 are looked for in the writer's tree (`prefix`), which counts as the writer's.
 */
export function partNames(kind: LpmKind): readonly string[] {
  return PARTS[kind];
}
