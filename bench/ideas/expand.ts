/** A table as a value for each /24, which structures are then made of. */
import { TooMuch } from '../../src/bench/contender.ts';
import { LARGEST_NARROW_VALUE } from '../../src/engine/lpm.ts';
import type { TableRow } from '../../src/tables/collect.ts';

/** A slot with it does not hold a value but the number of a group. */
export const GROUP = 0x8000;
export const GROUP_SLOTS = 256;

export interface Expanded {
  /** Of 2^24 slots: a value, or a group. */
  readonly slots: Uint16Array;
  /** Values of the 256 addresses of each group, one group behind the other. */
  readonly groups: Uint16Array;
}

/** @throws TooMuch for values beyond 15 bits, or more groups than these count */
export function expand(rows: readonly TableRow[]): Expanded {
  const slots = new Uint16Array(1 << 24);
  const longest = rows.filter(({ prefix }) => prefix.bits > 24);
  const owners = new Set(longest.map(({ prefix }) => prefix.address.w0 >>> 8));
  if (owners.size >= GROUP) throw new TooMuch(`${owners.size} /24 with something longer are too many`);
  const groups = new Uint16Array(owners.size * GROUP_SLOTS);
  let used = 0;
  for (const { prefix, value } of rows.toSorted((a, b) => a.prefix.bits - b.prefix.bits)) {
    if (value > LARGEST_NARROW_VALUE) throw new TooMuch(`${value} is too large a value`);
    const slot = prefix.address.w0 >>> 8;
    if (prefix.bits <= 24) {
      slots.fill(value, slot, slot + 2 ** (24 - prefix.bits));
      continue;
    }
    if (slots[slot]! < GROUP) {
      groups.fill(slots[slot]!, used * GROUP_SLOTS, (used + 1) * GROUP_SLOTS);
      slots[slot] = GROUP | used++;
    }
    const first = (slots[slot]! & (GROUP - 1)) * GROUP_SLOTS + (prefix.address.w0 & 0xff);
    groups.fill(value, first, first + 2 ** (32 - prefix.bits));
  }
  return { slots, groups };
}
