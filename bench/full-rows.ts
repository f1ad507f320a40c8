/** The prefixes that suites over a full table are about. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from '../src/base/ip.ts';
import { makeTable } from '../src/bench/made-table.ts';
import { readTable } from '../src/bench/table-file.ts';
import type { TableRow } from '../src/tables/collect.ts';
import { checkoutFolder } from './native-harness.ts';
import type { Settings } from './runner.ts';

const BESIDE = '../shared/data/bgp-prefixes.txt.gz';

/** The list that settings name, or the one beside the checkout, where there is one. */
export function fullList({ prefixes }: Settings): string | undefined {
  if (prefixes !== undefined) {
    if (!existsSync(prefixes)) throw new Error(`--table ${prefixes}: there is no such file`);
    return prefixes;
  }
  const beside = join(checkoutFolder(), BESIDE);
  return existsSync(beside) ? beside : undefined;
}

/** By family. Without a list it is a made one, and the first call says so. */
export function fullTable(settings: Settings): Readonly<Record<Family, TableRow[]>> {
  const path = fullList(settings);
  if (path === undefined) console.log(`no ${BESIDE}, no --table FILE: a made table of 50,000 prefixes`);
  const rows = path === undefined ? makeTable(settings.seed) : readTable(path, settings.seed);
  const of = (family: Family): TableRow[] => rows.filter(({ prefix }) => prefix.address.family === family);
  return { 4: of(4), 6: of(6) };
}
