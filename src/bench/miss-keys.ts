/** Addresses that no prefix of a table covers, close to those that one does. */
import type { Family } from '../base/ip.ts';
import type { Random } from '../base/random.ts';
import type { TableRow } from '../tables/collect.ts';
import { Oracle } from './oracle.ts';

/** Candidates beyond four for each key; nearly full tables have few addresses that are free. */
const MORE_TRIES = 65_536;

/**
 * An address of a random prefix with one bit of that prefix turned over, where the oracle finds nothing: so a lookup goes down
 * some way before it can tell. Where few are found they come again in turn; empty where none is.
 */
export function missKeys(
  rows: readonly TableRow[],
  family: Family,
  count: number,
  random: Random,
  inside: (row: TableRow, into: Uint32Array, at: number) => void,
): Uint32Array {
  const width = family === 4 ? 1 : 4;
  const keys = new Uint32Array(count * width);
  // A default route: the oracle would find it each time.
  if (rows.some(({ prefix }) => prefix.bits === 0)) return keys.subarray(0, 0);
  const oracle = new Oracle(family, rows);
  let found = 0;
  for (let tries = 4 * count + MORE_TRIES; tries > 0 && found < count; tries--) {
    const row = rows[random.u32() % rows.length]!;
    const at = found * width;
    inside(row, keys, at);
    const bit = random.u32() % row.prefix.bits;
    keys[at + (bit >>> 5)]! ^= 0x8000_0000 >>> (bit & 31);
    if (oracle.lookup(keys.subarray(at, at + width)) === 0) found++;
  }
  if (found === 0) return keys.subarray(0, 0);
  for (let i = found; i < count; i++)
    keys.copyWithin(i * width, (i - found) * width, (i - found + 1) * width);
  return keys;
}
