/** The reads of a lookup in words, for each kind: docs/lpm.md as one address goes through it. */
import type { LpmKind } from '../../../engine/lpm.ts';
import type { Lookup, Tell } from './read.ts';
import { tellDir18Run, tellDir248 } from './run-nodes.ts';
import { tellCompare, tellDxr, tellHashLength, tellLinear } from './searches.ts';
import { tellDir24Stride6 } from './stride6.ts';
import { tellMultibit, tellPoptrie, tellSail } from './strides.ts';
import { tellBinaryTrie, tellPatricia, tellTreeBitmap } from './tries.ts';

const TELL: Readonly<Record<LpmKind, Tell>> = {
  linear: tellLinear,
  compare: tellCompare,
  patricia: tellPatricia,
  'dir18-run': tellDir18Run,
  'dir24-8': tellDir248,
  'dir24-stride6': tellDir24Stride6,
  'binary-trie': tellBinaryTrie,
  'tree-bitmap': tellTreeBitmap,
  multibit: tellMultibit,
  poptrie: tellPoptrie,
  dxr: tellDxr,
  sail: tellSail,
  'hash-length': tellHashLength,
};

/** A line for each read. The last one ends with the value, which is worked out from the reads. */
export function meaningsOf(kind: LpmKind, lookup: Lookup): string[] {
  return TELL[kind](lookup);
}
