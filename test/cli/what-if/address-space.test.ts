// Blocks of the address space: nothing known tells apart what is in one, and sets of them are described exactly.
import { describe, expect, it } from 'vitest';
import { cidr, formatPrefix, ip } from '../../../src/base/ip-text.ts';
import {
  addressBits,
  contains,
  covers,
  ipv4,
  ipv6,
  overlaps,
  prefix,
  type Family,
  type IpAddress,
  type IpPrefix,
} from '../../../src/base/ip.ts';
import { SeededRandom } from '../../../src/base/random.ts';
import {
  describeBlocks,
  mergeBlocks,
  splitSpace,
  type Range,
} from '../../../src/cli/what-if/address-space.ts';

const random = new SeededRandom(11, 'address-space');

function randomAddress(family: Family): IpAddress {
  const word = (): number => random.u32();
  return family === 4 ? ipv4(word()) : ipv6(word(), word(), word(), word());
}

/** Some near each other, so that they nest. */
function randomPrefixes(family: Family, count: number): IpPrefix[] {
  const bases = [randomAddress(family), randomAddress(family)];
  return Array.from({ length: count }, (_, i) =>
    prefix(i % 3 === 0 ? randomAddress(family) : bases[i % 2]!, random.u32() % (addressBits(family) + 1)),
  );
}

const TABLES = ([4, 6] as const).flatMap((family) =>
  Array.from({ length: 25 }, (_, i) => ({ family, prefixes: randomPrefixes(family, i) })),
);

/** Whether an address is meant: by the most specific prefix or exception that holds it. */
function isMeant(ranges: readonly Range[], address: IpAddress): boolean {
  const rules = ranges.flatMap(({ prefix: outer, except }) => [
    { prefix: outer, isIn: true },
    ...except.map((each) => ({ prefix: each, isIn: false })),
  ]);
  const matching = rules.filter((rule) => contains(rule.prefix, address));
  return matching.sort((a, b) => b.prefix.bits - a.prefix.bits)[0]?.isIn ?? false;
}

describe('blocks', () => {
  it('they are everything, once, and each lies inside or outside of every prefix', () => {
    for (const { family, prefixes } of TABLES) {
      const blocks = splitSpace(family, prefixes);
      const size = blocks.reduce((sum, { bits }) => sum + 2n ** BigInt(addressBits(family) - bits), 0n);
      expect(size).toBe(2n ** BigInt(addressBits(family)));
      for (const [i, block] of blocks.entries()) {
        if (i > 0) expect(overlaps(block, blocks[i - 1]!)).toBe(false);
        expect(prefixes.filter((each) => overlaps(each, block) && !covers(each, block))).toEqual([]);
      }
    }
  });

  it('there are no more than borders ask for: two halves of a block are there because a prefix is in one', () => {
    for (const { family, prefixes } of TABLES) {
      for (const block of splitSpace(family, prefixes)) {
        const above = prefix(block.address, Math.max(0, block.bits - 1));
        if (block.bits > 0)
          expect(prefixes.some((each) => each.bits > above.bits && covers(above, each))).toBe(true);
      }
    }
  });

  it('without prefixes there is one; a host route in IPv4 makes 33', () => {
    expect(splitSpace(4, []).map(formatPrefix)).toEqual(['0.0.0.0/0']);
    expect(splitSpace(4, [cidr('10.0.0.1/32')])).toHaveLength(33);
    expect(splitSpace(6, [cidr('10.0.0.1/32')]).map(formatPrefix)).toEqual(['::/0']);
  });
});

describe('descriptions', () => {
  it('say exactly which blocks are meant, longest match first', () => {
    for (const { family, prefixes } of TABLES) {
      const blocks = splitSpace(family, prefixes);
      const kinds = new Map(
        blocks.map((block) => [block, (['in', 'out', 'either'] as const)[random.u32() % 3]!]),
      );
      const ranges = describeBlocks(family, blocks, (block) => kinds.get(block)!);
      for (const block of blocks) {
        const kind = kinds.get(block)!;
        if (kind !== 'either')
          expect(isMeant(ranges, block.address), formatPrefix(block)).toBe(kind === 'in');
      }
    }
  });

  it('are as short as the smallest found by trying, on a space of eight', () => {
    const eight = splitSpace(
      4,
      [
        '0.0.0.0/3',
        '32.0.0.0/3',
        '64.0.0.0/3',
        '96.0.0.0/3',
        '128.0.0.0/3',
        '160.0.0.0/3',
        '192.0.0.0/3',
        '224.0.0.0/3',
      ].map(cidr),
    );
    expect(eight).toHaveLength(8);
    const sizeOf = (ranges: readonly Range[]): number =>
      ranges.reduce((sum, { except }) => sum + 1 + except.length, 0);
    for (let wanted = 0; wanted < 256; wanted++) {
      const ranges = describeBlocks(4, eight, (block) =>
        (wanted >> eight.indexOf(block)) & 1 ? 'in' : 'out',
      );
      expect(sizeOf(ranges)).toBe(leastRules(wanted));
    }
  });

  /** Rules of a longest-match table over eight slots that is "out" by default: all tables of up to four rules. */
  function leastRules(wanted: number): number {
    return search.get(wanted)!;
  }
  const spans = [
    [0, 8],
    [0, 4],
    [4, 8],
    [0, 2],
    [2, 4],
    [4, 6],
    [6, 8],
    ...Array.from({ length: 8 }, (_, i) => [i, i + 1]),
  ] as const;
  const search = new Map<number, number>();
  // Spans from wide to narrow, each absent, in or out: the narrower one wins.
  const choose = (at: number, mask: number, rules: number): void => {
    if (rules > 4) return;
    if (at === spans.length) {
      search.set(mask, Math.min(search.get(mask) ?? Infinity, rules));
      return;
    }
    const [from, to] = spans[at]!;
    const bits = (2 ** to - 1) & ~(2 ** from - 1);
    choose(at + 1, mask, rules);
    choose(at + 1, mask | bits, rules + 1);
    choose(at + 1, mask & ~bits, rules + 1);
  };
  choose(0, 0, 0);

  it('read like a person would say it', () => {
    const blocks = splitSpace(4, ['10.0.0.0/8', '10.1.0.0/16', '192.168.1.1/32'].map(cidr));
    const inside = (list: readonly string[], block: IpPrefix): boolean =>
      list.some((each) => covers(cidr(each), block));
    const ranges = describeBlocks(4, blocks, (block) =>
      inside(['10.1.0.0/16'], block) ? 'in' : inside(['10.0.0.0/8', '192.168.1.1/32'], block) ? 'out' : 'in',
    );
    expect(ranges.map((range) => [formatPrefix(range.prefix), range.except.map(formatPrefix)])).toEqual([
      ['0.0.0.0/0', ['10.0.0.0/8', '192.168.1.1/32']],
      ['10.1.0.0/16', []],
    ]);
  });
});

it('merged blocks hold the same addresses, and no two of them are halves of one', () => {
  for (const { family, prefixes } of TABLES) {
    const blocks = splitSpace(family, prefixes);
    const chosen = blocks.filter(() => random.u32() % 2 === 0);
    const merged = mergeBlocks(chosen);
    for (const block of blocks) {
      expect(merged.some((each) => covers(each, block))).toBe(chosen.includes(block));
    }
    for (const [i, { address, bits }] of merged.slice(1).entries()) {
      const before = merged[i]!;
      const isPair = before.bits === bits && contains(prefix(before.address, bits - 1), address);
      expect(isPair).toBe(false);
    }
  }
  expect(mergeBlocks(splitSpace(4, [cidr('1.2.3.4/32')])).map(formatPrefix)).toEqual(['0.0.0.0/0']);
  expect(ip('0.0.0.0')).toEqual(ipv4(0));
});
