import type { Action } from '../mapping/action.ts';
import type { EidPrefix } from '../mapping/eid.ts';
import type { EncapTarget, EntryView } from './data-plane.ts';

/** `row`: an index into the targets for each slot; empty when all of them are down. */
export function entryView(
  eid: EidPrefix,
  action: Action,
  targets: readonly EncapTarget[],
  row: readonly number[],
  hits: number,
): EntryView {
  const shares = targets.map(() => 0);
  for (const index of row) shares[index]!++;
  return { eid, action, targets, buckets: row.length, shares, hits };
}
