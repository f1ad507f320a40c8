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
import { InputError } from './input-error.ts';
import { grouped } from './number-text.ts';

/** Kinds that are searched from end to end. */
export const LISTS: readonly LpmKind[] = ['linear', 'compare'];
/** Kinds that each publish builds anew, of all prefixes. */
export const BUILT_WHOLE: readonly LpmKind[] = ['multibit', 'poptrie', 'dxr', 'sail', 'hash-length'];
/** Unless they are named, lists take part only for tables of at most so many prefixes. */
const LIST_LIMIT = 4096;

export const ALL_KINDS: readonly LpmKind[] = [...LPM_KINDS, ...RESEARCH_KINDS];

/** Which take part when none is named, for helps. */
export const DEFAULT_KINDS_TEXT = `all, but ${LISTS.join(' and ')} only up to ${grouped(LIST_LIMIT)} prefixes`;

/** Names with commas between; `all` is all of them, whatever the table. @throws InputError */
export function kindsNamed(text: string): readonly LpmKind[] {
  const found = text.split(',').flatMap((word) => {
    const name = word.trim();
    if (name === 'all') return ALL_KINDS;
    const kind = ALL_KINDS.find((each) => each === name);
    if (kind === undefined) throw new InputError(`no kind ${name}; there are: ${ALL_KINDS.join(', ')}, all`);
    return [kind];
  });
  return [...new Set(found)];
}

/** None of the kinds that were named can take part. */
export function noKindServes(family: Family): string {
  return `no kind named serves IPv${family}`;
}

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
