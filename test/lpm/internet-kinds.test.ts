// Each kind holds the whole table of the Internet, every prefix with a value of its own where leaves are wide enough.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Family } from '../../src/base/ip.ts';
import { ALL_KINDS, formsOf, LISTS } from '../../src/bench/forms.ts';
import { makeKeys } from '../../src/bench/keys.ts';
import { Oracle } from '../../src/bench/oracle.ts';
import { readTable } from '../../src/bench/table-file.ts';
import { LARGEST_NARROW_VALUE } from '../../src/engine/lpm.ts';
import { ResearchTable } from '../../src/engine/research-table.ts';
import type { TableRow } from '../../src/tables/collect.ts';
import { engineModule } from '../engine/engine-builds.ts';
import { listShared, sharedPath, sharedSkipReason } from '../support/shared.ts';

const FILE = 'bgp-prefixes.txt.gz';
const KEYS = 16_384;
const TIMEOUT = 60_000;
/** Those that are searched from end to end have no place here. */
const KINDS = ALL_KINDS.filter((kind) => !LISTS.includes(kind));
const narrow = (value: number): number => ((value - 1) % LARGEST_NARROW_VALUE) + 1;

function missingReason(): string | undefined {
  const reason = sharedSkipReason();
  if (reason !== undefined || listShared('data', FILE).length > 0) return reason;
  console.warn(`skipped: no ../shared/data/${FILE}`);
  return FILE;
}

describe.skipIf(missingReason() !== undefined).each([4, 6] as const)(
  'the whole table of the Internet, IPv%i',
  (family: Family) => {
    let rows: readonly TableRow[] = [];
    let keys = new Uint32Array();
    let wanted: readonly number[] = [];

    beforeAll(() => {
      rows = readTable(sharedPath('data', FILE), 1)
        .filter(({ prefix }) => prefix.address.family === family)
        .map(({ prefix }, i) => ({ prefix, value: i + 1 }));
      const patterns = ['rand', 'unif', 'scan'] as const;
      keys = Uint32Array.from(patterns.flatMap((each) => [...makeKeys(rows, family, each, KEYS, 1)]));
      const count = patterns.length * KEYS;
      wanted = new Oracle(family, rows).sample(keys, count).map(({ value }) => value);
      expect(wanted).toHaveLength(count);
    }, TIMEOUT);

    afterAll(() => {
      rows = [];
    });

    it(
      'has more prefixes than leaves of two bytes have values',
      () => {
        expect(rows.length).toBeGreaterThan(family === 4 ? 900_000 : 160_000);
        expect(Math.max(...wanted)).toBeGreaterThan(4 * LARGEST_NARROW_VALUE);
      },
      TIMEOUT,
    );

    // Which leaves a kind has does not depend on the rows: none means that all values are small.
    it.each(formsOf(family, [], KINDS))(
      '$kind with leaves of $leafBytes bytes answers as each length in turn',
      ({ kind, leafBytes }) => {
        const isNarrow = leafBytes === 2;
        const own = isNarrow ? rows.map((row) => ({ ...row, value: narrow(row.value) })) : rows;
        const table = ResearchTable.build(engineModule('research'), own, { kind, leafBytes, family });
        const out = new Uint32Array(wanted.length);
        table.engine.lookupBatch('routes', 0, family, keys, out);
        const first = out.findIndex((value, i) => {
          const right = wanted[i]!;
          return value !== (isNarrow && right > 0 ? narrow(right) : right);
        });
        expect(first).toBe(-1);
      },
      TIMEOUT,
    );
  },
);
