/** Spreading flows over locators (RFC 9300 §9): a power-of-two row of target indices, picked from by flow hash. */
import { PRIORITY_NEVER } from '../mapping/locator.ts';
import { BUCKET_ROW_MAX } from '../../assembly/layout.ts';

/** Slots of a row that has to split traffic at all: shares are then at most 1/16 off. */
const ROW_MIN = 16;

interface Share {
  readonly index: number;
  readonly weight: number;
}

const NONE_DOWN = (): boolean => false;

/**
 * Indices into `targets`, one a slot; empty when no target may be used. Only the group of the best (lowest) priority
 * takes part (DP-23). Shares follow the weights to within one slot; equal when all weights are 0, none for a weight
 * of 0 beside others.
 *
 * A target that is down leaves its slots to the others of its group, by weight, and nobody else's slot moves: in any
 * order of failures and returns, a change of one target moves the flows of that target only. A group that is down as a
 * whole is replaced by the next: those of weight 0, then those of the next priority. The length does not depend on who
 * is down: it grows from 16 to 256 until the smallest share of each group gets a slot of its own.
 */
export function bucketRow(
  targets: readonly { readonly priority: number; readonly weight: number }[],
  isDown: (index: number) => boolean = NONE_DOWN,
): number[] {
  const groups = groupsOf(targets);
  const group = groups.find((shares) => shares.some(({ index }) => !isDown(index)));
  if (group === undefined) return [];
  const slots = Array.from({ length: Math.max(...groups.map(slotsFor)) }, (_, slot) => slot);
  const row = new Array<number>(slots.length);
  spread(row, slots, group, isDown, true);
  return row;
}

/** Best first: by priority, and those of weight 0 behind the others. Whoever may never be used is in none. */
function groupsOf(targets: readonly { readonly priority: number; readonly weight: number }[]): Share[][] {
  const groups = new Map<number, Share[]>();
  for (const [index, { priority, weight }] of targets.entries()) {
    if (priority === PRIORITY_NEVER) continue;
    const rank = 2 * priority + Number(weight === 0);
    groups.set(rank, [...(groups.get(rank) ?? []), { index, weight: weight === 0 ? 1 : weight }]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, shares]) => shares);
}

function slotsFor(shares: readonly Share[]): number {
  if (shares.length === 1) return 1;
  const total = sumOf(shares);
  const smallest = Math.min(...shares.map(({ weight }) => weight));
  let size = ROW_MIN;
  while (size < BUCKET_ROW_MAX && size * smallest < total) size *= 2;
  return size;
}

/** Gives each share its part of the slots; the part of one that is down is spread over the others, and so on. */
function spread(
  row: number[],
  slots: readonly number[],
  shares: readonly Share[],
  isDown: (index: number) => boolean,
  isWhole: boolean,
): void {
  let at = 0;
  for (const [i, count] of apportion(shares, slots.length, isWhole).entries()) {
    const part = slots.slice(at, (at += count));
    const { index } = shares[i]!;
    // Whoever follows comes first, so that odd slots of several do not all fall to the same one.
    const others = [...shares.slice(i + 1), ...shares.slice(0, i)];
    if (count > 0 && isDown(index)) spread(row, part, others, isDown, false);
    else for (const slot of part) row[slot] = index;
  }
}

/** Largest remainders (Hamilton's method): whole slots first, the rest to whoever lost most by rounding. */
function apportion(shares: readonly Share[], size: number, isWhole: boolean): number[] {
  const total = sumOf(shares);
  const parts = shares.map(({ weight }, position) => {
    const exact = (size * weight) / total;
    return { position, slots: Math.floor(exact), lost: exact - Math.floor(exact) };
  });
  const left = size - parts.reduce((sum, { slots }) => sum + slots, 0);
  const isEmpty = ({ slots }: { slots: number }): number => (isWhole && slots === 0 ? 1 : 0);
  // Whoever would get nothing of a row comes first: a weight above 0 is a wish for some traffic.
  const byLoss = [...parts].sort(
    (a, b) => isEmpty(b) - isEmpty(a) || b.lost - a.lost || a.position - b.position,
  );
  for (const part of byLoss.slice(0, left)) part.slots++;
  return parts.map(({ slots }) => slots);
}

function sumOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { weight }) => sum + weight, 0);
}
