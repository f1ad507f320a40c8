/** Which structures take part. */
import type { Family } from '../base/ip.ts';
import {
  LARGEST_NARROW_VALUE,
  LPM_KINDS,
  RESEARCH_KINDS,
  leastLeafBytes,
  serves,
  type LeafBytes,
  type LpmKind,
} from '../engine/lpm.ts';
import type { TableRow } from '../tables/collect.ts';
import type { EngineForm } from './engine-contender.ts';

/** Kinds that are searched from end to end. */
export const LISTS: readonly LpmKind[] = ['linear', 'compare'];
/** Unless they are named, lists take part only for tables of at most so many prefixes. */
const LIST_LIMIT = 4096;

export const ALL_KINDS: readonly LpmKind[] = [...LPM_KINDS, ...RESEARCH_KINDS];

/** Each kind that serves the family and the size, with each size of leaves that holds the values. */
export function formsOf(
  family: Family,
  rows: readonly TableRow[],
  kinds: readonly LpmKind[] | undefined,
): EngineForm[] {
  const largest = rows.reduce((most, { value }) => Math.max(most, value), 0);
  const all = kinds ?? ALL_KINDS.filter((kind) => rows.length <= LIST_LIMIT || !LISTS.includes(kind));
  return all
    .filter((kind) => serves(kind, family))
    .flatMap((kind) => {
      const widths: LeafBytes[] =
        leastLeafBytes(kind) === 4 ? [4] : largest <= LARGEST_NARROW_VALUE ? [2, 4] : [4];
      return widths.map((leafBytes) => ({ kind, leafBytes }));
    });
}
