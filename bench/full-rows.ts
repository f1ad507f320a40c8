/** The list of prefixes that suites over a full table load. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '../src/base/ip.ts';
import { checkoutFolder } from './native-harness.ts';
import type { Settings } from './runner.ts';
import { readTable } from '../src/bench/table-file.ts';
import type { TableRow } from '../src/tables/collect.ts';

const BESIDE = '../shared/data/bgp-prefixes.txt.gz';

/** By family; a text tells why there is none. */
export function fullTable({ prefixes, seed }: Settings): Readonly<Record<Family, TableRow[]>> | string {
  const path = prefixes ?? join(checkoutFolder(), BESIDE);
  if (!existsSync(path)) return `no list of prefixes at ${prefixes ?? BESIDE}: --prefixes FILE`;
  const rows = readTable(path, seed);
  const of = (family: Family): TableRow[] => rows.filter(({ prefix }) => prefix.address.family === family);
  return { 4: of(4), 6: of(6) };
}
