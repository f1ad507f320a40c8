/** A table for those who have none at hand: lengths as the Internet has them, half of the prefixes inside others. */
import { prefix, ipv4, ipv6, maskIp, type Family, type IpAddress, type IpPrefix } from '../base/ip.ts';
import { fraction, SeededRandom, type Random } from '../base/random.ts';
import { distinctRows, type TableRow } from '../tables/collect.ts';
import { InputError } from './input-error.ts';
import { grouped } from './number-text.ts';
import { withValues } from './table-file.ts';

/** What a made table is called in results. */
export const MADE_TABLE = 'made';

/** Prefixes by length in a table of the Internet of 2024, in hundreds; rarer lengths are left out. */
const LENGTHS: Readonly<Record<Family, Readonly<Record<number, number>>>> = {
  4: {
    10: 1,
    11: 1,
    12: 3,
    13: 6,
    14: 12,
    15: 21,
    16: 135,
    17: 82,
    18: 138,
    19: 249,
    20: 426,
    21: 508,
    22: 1086,
    23: 965,
    24: 5377,
    25: 1,
    27: 1,
    32: 9,
  },
  6: {
    28: 2,
    29: 44,
    30: 7,
    31: 3,
    32: 225,
    33: 29,
    34: 26,
    35: 10,
    36: 60,
    37: 9,
    38: 16,
    39: 14,
    40: 134,
    41: 9,
    42: 23,
    43: 10,
    44: 144,
    45: 16,
    46: 30,
    47: 32,
    48: 755,
    64: 2,
    127: 1,
  },
};
const PREFIXES: Readonly<Record<Family, number>> = { 4: 42_500, 6: 7_500 };
/** With fewer, lengths that are rare would take more than their part: each has one prefix at least. */
const LEAST_SIZE = 100;
const LARGEST_SIZE = 1_000_000;
/** First 16 bits of what registries give out of IPv6. */
const REGISTRIES = [0x2001, 0x2400, 0x2600, 0x2800, 0x2a00, 0x2c00];
const NESTED = 0.5;

/** About `counts` prefixes of each family: what comes twice is left out. */
export function makeTable(seed: number, counts = PREFIXES): TableRow[] {
  const rows = ([4, 6] as const).flatMap((family) => makeFamily(family, seed, counts[family]));
  return withValues(distinctRows(rows), seed);
}

/** Sizes with commas between, as `1k,10k,1M`. @throws InputError */
export function sizesNamed(text: string): readonly number[] {
  const sizes = text.split(',').map((word) => {
    const [, digits, unit = ''] = /^([1-9][0-9]{0,6})([kM]?)$/.exec(word.trim()) ?? [];
    const size = Number(digits) * { '': 1, k: 1000, M: 1_000_000 }[unit as '' | 'k' | 'M'];
    if (size >= LEAST_SIZE && size <= LARGEST_SIZE) return size;
    throw new InputError(
      `--sizes ${word}: no size from ${LEAST_SIZE} to ${grouped(LARGEST_SIZE)}, such as 1k or 2500`,
    );
  });
  return [...new Set(sizes)];
}

/** What a made table of this size is called in results: `made-1k`. */
export function madeName(size: number): string {
  if (size % 1_000_000 === 0) return `made-${size / 1_000_000}M`;
  return `made-${size % 1000 === 0 ? `${size / 1000}k` : size}`;
}

function makeFamily(family: Family, seed: number, prefixes: number): TableRow[] {
  const random = new SeededRandom(seed, `table ${family}`);
  // The shortest first, so that there is something for longer ones to be in.
  const total = Object.values(LENGTHS[family]).reduce((sum, weight) => sum + weight, 0);
  const made: IpPrefix[] = [];
  for (const [length, weight] of Object.entries(LENGTHS[family])) {
    const bits = Number(length);
    const outer = made.length;
    const count = Math.max(1, Math.round((prefixes * weight) / total));
    for (let i = 0; i < count; i++) {
      const parent = outer > 0 && fraction(random) < NESTED ? made[random.u32() % outer] : undefined;
      made.push(prefix(addressIn(family, parent, random), bits));
    }
  }
  return made.map((each) => ({ prefix: each, value: 0 }));
}

function addressIn(family: Family, parent: IpPrefix | undefined, random: Random): IpAddress {
  const any =
    family === 4
      ? ipv4((((1 + (random.u32() % 223)) << 24) | (random.u32() >>> 8)) >>> 0)
      : ipv6(
          ((REGISTRIES[random.u32() % REGISTRIES.length]! << 16) | (random.u32() >>> 12)) >>> 0,
          random.u32(),
          random.u32(),
          random.u32(),
        );
  if (parent === undefined) return any;
  const host = maskIp(any, parent.bits);
  const join = (w: 'w0' | 'w1' | 'w2' | 'w3'): number => (parent.address[w] | (any[w] ^ host[w])) >>> 0;
  return { family, w0: join('w0'), w1: join('w1'), w2: join('w2'), w3: join('w3') };
}
