// Tables small enough to be seen through.
import { cidr } from '../../src/base/ip-text.ts';
import type { StartReader } from '../../src/bench/flapping.ts';
import type { TableRow } from '../../src/tables/collect.ts';

export function rowsOf(list: Readonly<Record<string, number>>): TableRow[] {
  return Object.entries(list).map(([text, value]) => ({ prefix: cidr(text), value }));
}

export const NESTED = rowsOf({
  '10.0.0.0/8': 7,
  '10.1.0.0/16': 8,
  '10.1.2.128/25': 9,
  '2001:db8::/32': 4,
});

/** A reader that is none, and says that it has looked up and found so many values torn. */
export const idle =
  (torn: number): StartReader =>
  () =>
    Promise.resolve({
      begin: () => Promise.resolve(),
      end: () => Promise.resolve({ lookups: 256, torn }),
      close: () => Promise.resolve(),
    });
