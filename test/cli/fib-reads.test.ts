// pxtr fib lookup --explain: the reads of a lookup in words, held to the lookup itself for every kind.
import { describe, expect, it } from 'vitest';
import { ipv4, ipv6, prefix, type Family, type IpAddress, type IpPrefix } from '../../src/base/ip.ts';
import { cidr, formatPrefix, ip } from '../../src/base/ip-text.ts';
import { SeededRandom } from '../../src/base/random.ts';
import { ALL_KINDS } from '../../src/bench/forms.ts';
import { walkLines, walkReport, type ReadReport } from '../../src/cli/fib/walk-text.ts';
import { leastLeafBytes, serves } from '../../src/engine/lpm.ts';
import { ResearchTable } from '../../src/engine/research-table.ts';
import { PrefixTable } from '../../src/mapping/prefix-table.ts';
import { engineModule } from '../engine/engine-builds.ts';
import { expectGolden } from './run.ts';

const FORMS = ALL_KINDS.flatMap((kind) =>
  ([4, 6] as const).flatMap((family) =>
    ([2, 4] as const)
      .filter((leafBytes) => serves(kind, family) && leafBytes >= leastLeafBytes(kind))
      .map((leafBytes) => ({ kind, family, leafBytes })),
  ),
);
const SEED = 20261127;
const PREFIXES = 400;
const LOOKUPS = 200;
/** Few, so that neighbours often have the same. */
const VALUES = 30;

/** Prefixes of all lengths that lie inside one another: their upper bits are of few patterns. */
function randomRows(family: Family, random: SeededRandom): { prefix: IpPrefix; value: number }[] {
  const longest = family === 4 ? 33 : 129;
  const rows = Array.from({ length: PREFIXES }, () => ({
    prefix: prefix(randomAddress(family, random), random.u32() % longest),
    value: 1 + (random.u32() % VALUES),
  }));
  return [...new Map(rows.map((row) => [formatPrefix(row.prefix), row])).values()];
}

function randomAddress(family: Family, random: SeededRandom): IpAddress {
  const sparse = (): number => (random.u32() & random.u32() & random.u32() & random.u32()) >>> 0;
  return family === 4
    ? ipv4(sparse())
    : ipv6((0x2001_0000 | (sparse() & 0xfff)) >>> 0, sparse(), sparse(), sparse());
}

/** Where a read says that the next one is, as it says it. */
function toldPlaces({ meaning }: ReadReport): number[] {
  return [...meaning.matchAll(/\b(?:at|to) 0x([0-9a-f]{8})/g)].map(([, hex]) => parseInt(hex!, 16));
}

/** Bytes of what a read leads into at a place that depends on the address. */
const WIDTH: Readonly<Record<string, number>> = { row: 65_536, quad: 16 };

describe.each(FORMS)(
  'the reads of a $kind of $leafBytes bytes, IPv$family',
  ({ kind, family, leafBytes }) => {
    const random = new SeededRandom(SEED, `${kind} ${family} ${leafBytes}`);
    const rows = randomRows(family, random);
    const slow = new PrefixTable<number>();
    for (const row of rows) slow.set(row.prefix, row.value);

    it(`lead from one to the next, and end with what the lookup gives (seed ${SEED})`, () => {
      const table = ResearchTable.build(engineModule('traced'), rows, {
        kind,
        family,
        leafBytes,
        fibBytes: 96 * 2 ** 20,
      });
      for (let i = 0; i < LOOKUPS; i++) {
        const address = randomAddress(family, random);
        const entry = slow.match(address);
        const walk = table.walk(address);
        const { reads } = walkReport({ table, walk, address, match: entry?.prefix });
        expect(reads).toHaveLength(walk.touches.length);
        const end =
          entry === undefined ? 'no prefix' : `value ${entry.value} = ${formatPrefix(entry.prefix)}`;
        expect(reads.at(-1)!.meaning.endsWith(end), `${reads.at(-1)!.meaning} is ${end}`).toBe(true);
        for (const [at, read] of reads.slice(0, -1).entries()) {
          const next = reads[at + 1]!;
          const width = read.meaning.includes('quad at') ? WIDTH['quad']! : (WIDTH[read.part] ?? 1);
          for (const place of toldPlaces(read)) {
            expect(next.at, `${read.meaning}, then ${next.meaning}`).toBeGreaterThanOrEqual(place);
            expect(next.at).toBeLessThan(place + width);
          }
          // Only the last one is the end.
          expect(read.meaning).not.toMatch(/ends with|= /);
        }
      }
    });
  },
);

describe('an address through every kind', () => {
  const ROWS = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.1.2.128/25', '192.0.2.0/24']
    .concat(['2001:db8::/32', '2001:db8:1::/48', '2001:db8:1:2::/64', '2001::/16'])
    .map((text, i) => ({ prefix: cidr(text), value: i + 1 }));

  it.each([
    ['10.1.2.200', '10.1.2.128/25'],
    ['192.1.0.0', '0.0.0.0/0'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:1::', '2001::/16'],
  ])('reads as in the golden: %s', (text, match) => {
    const address = ip(text);
    const { family } = address;
    const rows = ROWS.filter((row) => row.prefix.address.family === family);
    const lines = ALL_KINDS.filter((kind) => serves(kind, family)).flatMap((kind) => {
      const options = { kind, family, leafBytes: leastLeafBytes(kind), fibBytes: 96 * 2 ** 20 };
      const table = ResearchTable.build(engineModule('traced'), rows, options);
      return walkLines({ table, walk: table.walk(address), address, match: cidr(match) });
    });
    // Where things lie is of no concern here, and changes with the memory in front of them.
    expectGolden(
      `fib-reads-${text.replaceAll(':', '-')}`,
      `${lines.join('\n').replaceAll(/0x[0-9a-f]{8}/g, '0x........')}\n`,
    );
  });
});
