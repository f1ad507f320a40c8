import type { LpmKind } from './lpm.ts';

/** The parts of each structure, in the numbers that the engine gives them (`touch` in assembly/lpm). */
const PARTS: Readonly<Record<LpmKind, readonly string[]>> = {
  linear: ['prefix'],
  compare: ['prefix'],
  patricia: ['node'],
  'dir18-run': ['directory', 'bitmap', 'leaf', 'quad'],
  'dir24-8': ['directory', 'bitmap', 'leaf', 'quad'],
  'dir24-stride6': ['prefix', 'row', 'slot', 'bitmap', 'id', 'record', 'short value'],
  'binary-trie': ['node'],
  'tree-bitmap': ['node', 'value'],
  multibit: ['root', 'node'],
  poptrie: ['direct', 'node', 'leaf'],
  dxr: ['chunk', 'start', 'value'],
  sail: ['C16', 'N16', 'C24', 'N24', 'N32'],
  'hash-length': ['length', 'slot'],
};

/** Names of the parts of a kind's structure; `quad` is where the prefixes beyond /24 begin. */
export function partNames(kind: LpmKind): readonly string[] {
  return PARTS[kind];
}
