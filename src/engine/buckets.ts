/** Spreading flows over locators (RFC 9300 §9): a power-of-two row of target indices, picked from by flow hash. */
import { PRIORITY_NEVER } from '../mapping/locator.ts';
import { BUCKET_ROW_MAX } from '../../assembly/layout.ts';

/** Slots of a row that has to split traffic at all: shares are then at most 1/16 off. */
const ROW_MIN = 16;

/**
 * Indices into `targets`, one a slot; empty when no target may be used. Only the group of the best (lowest) priority
 * takes part (DP-23). Shares follow the weights to within one slot; equal when all weights are 0, none for a weight
 * of 0 beside others. The row grows from 16 to 256 slots until the smallest share gets a slot of its own.
 */
export function bucketRow(
  targets: readonly { readonly priority: number; readonly weight: number }[],
): number[] {
  const usable = targets.flatMap(({ priority }, index) => (priority === PRIORITY_NEVER ? [] : [index]));
  const best = Math.min(...usable.map((index) => targets[index]!.priority));
  const group = usable.filter((index) => targets[index]!.priority === best);
  const isWeightless = group.every((index) => targets[index]!.weight === 0);
  const shares = group
    .map((index) => ({ index, weight: isWeightless ? 1 : targets[index]!.weight }))
    .filter(({ weight }) => weight > 0);
  if (shares.length <= 1) return shares.map(({ index }) => index);

  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  const smallest = Math.min(...shares.map(({ weight }) => weight));
  let size = ROW_MIN;
  while (size < BUCKET_ROW_MAX && size * smallest < total) size *= 2;
  return fill(shares, total, size);
}

/** Largest remainders (Hamilton's method): whole slots first, the rest to whoever lost most by rounding. */
function fill(shares: readonly { index: number; weight: number }[], total: number, size: number): number[] {
  const parts = shares.map(({ index, weight }) => {
    const exact = (size * weight) / total;
    return { index, slots: Math.floor(exact), lost: exact - Math.floor(exact) };
  });
  const left = size - parts.reduce((sum, { slots }) => sum + slots, 0);
  const isEmpty = ({ slots }: { slots: number }): number => (slots === 0 ? 1 : 0);
  // Whoever would get nothing comes first: a weight above 0 is a wish for some traffic.
  const byLoss = [...parts].sort((a, b) => isEmpty(b) - isEmpty(a) || b.lost - a.lost || a.index - b.index);
  for (const part of byLoss.slice(0, left)) part.slots++;
  return parts.flatMap(({ index, slots }) => new Array<number>(slots).fill(index));
}
