import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressBits,
  comparePrefix,
  contains,
  covers,
  flipBit,
  ipv4,
  ipv6,
  overlaps,
  prefix,
  samePrefix,
  type IpAddress,
  type IpPrefix,
} from '../../src/base/ip.ts';
import { cidr, formatPrefix, ip } from '../../src/base/ip-text.ts';
import { PrefixTable } from '../../src/mapping/prefix-table.ts';

/** The same table, slow and obvious. */
class List<T> {
  members: { prefix: IpPrefix; value: T }[] = [];

  set(key: IpPrefix, value: T): void {
    this.delete(key);
    this.members.push({ prefix: key, value });
    this.members.sort((a, b) => comparePrefix(a.prefix, b.prefix));
  }

  delete(key: IpPrefix): boolean {
    const before = this.members.length;
    this.members = this.members.filter((member) => !samePrefix(member.prefix, key));
    return this.members.length < before;
  }

  match(address: IpAddress): { prefix: IpPrefix; value: T } | undefined {
    const matching = this.members.filter((member) => contains(member.prefix, address));
    return matching.sort((a, b) => b.prefix.bits - a.prefix.bits)[0];
  }

  gap(address: IpAddress): IpPrefix | undefined {
    for (let bits = 0; bits <= addressBits(address.family); bits++) {
      const hole = prefix(address, bits);
      if (!this.members.some((member) => overlaps(member.prefix, hole))) return hole;
    }
    return undefined;
  }
}

/** Few distinct bits, so that prefixes nest and meet; both families. */
const address: fc.Arbitrary<IpAddress> = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(3)).map(([top, low]) => ipv4(((top << 24) | (low << 8)) >>> 0)),
  fc.tuple(fc.nat(7), fc.nat(3), fc.nat(7)).map(([a, b, c]) => ipv6((a << 29) >>> 0, b << 31, 0, c)),
  fc.nat(0xffff_ffff).map(ipv4),
);
const ipPrefix: fc.Arbitrary<IpPrefix> = fc
  .tuple(address, fc.nat(128))
  .map(([a, bits]) => prefix(a, bits % (addressBits(a.family) + 1)));
const operation = fc.record({ remove: fc.boolean(), key: ipPrefix });

/** Both tables after the same operations; removals hit as often as they can. */
function build(
  operations: readonly { remove: boolean; key: IpPrefix }[],
): [PrefixTable<number>, List<number>] {
  const table = new PrefixTable<number>();
  const list = new List<number>();
  operations.forEach(({ remove, key }, i) => {
    const target = remove ? (list.members[i % Math.max(1, list.members.length)]?.prefix ?? key) : key;
    if (remove) expect(table.delete(target)).toBe(list.delete(target));
    else {
      table.set(target, i);
      list.set(target, i);
    }
  });
  return [table, list];
}

describe('PrefixTable equals a sorted list', () => {
  const holds = (
    check: (table: PrefixTable<number>, list: List<number>, a: IpAddress, p: IpPrefix) => void,
  ): void => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), address, ipPrefix, (operations, a, p) => {
        const [table, list] = build(operations);
        check(table, list, a, p);
      }),
      { numRuns: 1500 },
    );
  };

  it('in size and order', () => {
    holds((table, list) => {
      expect(table.size).toBe(list.members.length);
      expect([...table.entries()]).toEqual(list.members);
    });
  });

  it('in exact look-ups', () => {
    holds((table, list, _, p) => {
      for (const member of list.members) expect(table.get(member.prefix)).toBe(member.value);
      expect(table.get(p)).toBe(list.members.find((member) => samePrefix(member.prefix, p))?.value);
    });
  });

  it('in longest matches', () => {
    holds((table, list, a) => expect(table.match(a)).toEqual(list.match(a)));
  });

  it('in what covers and what is covered', () => {
    holds((table, list, _, p) => {
      const covering = list.members.filter((member) => covers(member.prefix, p));
      expect(table.covering(p)).toEqual(covering.sort((x, y) => x.prefix.bits - y.prefix.bits));
      expect([...table.covered(p)]).toEqual(list.members.filter((member) => covers(p, member.prefix)));
    });
  });

  it('in gaps', () => {
    holds((table, list, a) => expect(table.gap(a)).toEqual(list.gap(a)));
  });

  it('removing what was inserted restores the table', () => {
    holds((table, list, _, p) => {
      if (table.get(p) !== undefined) return;
      table.set(p, -1);
      table.delete(p);
      expect([...table.entries()]).toEqual(list.members);
    });
  });
});

describe('CP-46 a hole', () => {
  it('contains its address, overlaps no member, and one bit shorter it would (or it is /0)', () => {
    fc.assert(
      fc.property(fc.array(ipPrefix, { maxLength: 40 }), address, (members, a) => {
        const table = new PrefixTable<true>();
        for (const member of members) table.set(member, true);
        const hole = table.gap(a);
        const isMember = members.some((member) => contains(member, a));
        expect(hole === undefined).toBe(isMember);
        if (hole === undefined) return;
        expect(contains(hole, a)).toBe(true);
        expect(members.filter((member) => overlaps(member, hole))).toEqual([]);
        if (hole.bits === 0) return;
        const wider = prefix(a, hole.bits - 1);
        expect(members.some((member) => overlaps(member, wider))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('clipped to an outer prefix stays inside it and is as wide as it can be', () => {
    fc.assert(
      fc.property(fc.array(ipPrefix, { maxLength: 20 }), ipPrefix, (members, outer) => {
        const table = new PrefixTable<true>();
        for (const member of members) table.set(member, true);
        const hole = table.gapWithin(outer, outer.address);
        const free = table.gap(outer.address);
        expect(hole === undefined).toBe(free === undefined);
        if (hole === undefined || free === undefined) return;
        expect(covers(outer, hole)).toBe(true);
        expect(hole.bits).toBe(Math.max(outer.bits, free.bits));
      }),
    );
  });

  const TABLES: readonly {
    known: readonly string[];
    cases: readonly (readonly [string, string | undefined])[];
  }[] = [
    {
      known: ['192.168.1.0/24', '192.168.2.0/24'],
      cases: [
        ['4.4.4.4', '0.0.0.0/1'],
        ['8.8.8.8', '0.0.0.0/1'],
        ['10.0.3.2', '0.0.0.0/1'],
        ['172.16.1.1', '128.0.0.0/2'],
        ['200.1.1.1', '200.0.0.0/5'],
        ['192.169.1.1', '192.169.0.0/16'],
        ['192.168.3.1', '192.168.3.0/24'],
        ['192.168.2.77', undefined],
      ],
    },
    {
      known: ['10.1.0.0/16', '10.2.0.0/16', '172.16.0.0/12'],
      cases: [
        ['10.128.0.1', '10.128.0.0/9'],
        ['10.3.0.1', '10.3.0.0/16'],
        ['10.0.5.5', '10.0.0.0/16'],
        ['8.8.8.8', '8.0.0.0/7'],
        ['11.0.0.1', '11.0.0.0/8'],
        ['192.168.1.1', '192.0.0.0/2'],
        ['172.32.0.1', '172.32.0.0/11'],
        ['10.2.9.9', undefined],
      ],
    },
    {
      known: ['2001:db8::/32'],
      cases: [
        ['2600::1', '2400::/6'],
        ['::1', '::/3'],
        ['fe80::1', '8000::/1'],
        ['2001:db9::1', '2001:db9::/32'],
        ['10.0.0.1', '0.0.0.0/0'],
      ],
    },
    {
      known: [],
      cases: [
        ['10.0.0.1', '0.0.0.0/0'],
        ['2001:db8::1', '::/0'],
      ],
    },
    { known: ['10.0.0.0/8'], cases: [['198.51.100.100', '128.0.0.0/1']] },
    { known: ['10.1.0.0/16'], cases: [['10.77.0.1', '10.64.0.0/10']] },
    { known: ['0.0.0.0/0'], cases: [['1.2.3.4', undefined]] },
  ];
  for (const { known, cases } of TABLES) {
    it.each(cases)(`beside [${known.join(', ')}] around %s is %s`, (query, expected) => {
      const table = new PrefixTable<true>();
      for (const text of known) table.set(cidr(text), true);
      const hole = table.gap(ip(query));
      expect(hole === undefined ? undefined : formatPrefix(hole)).toBe(expected);
    });
  }

  it('inside a site is cut by the registrations there: 192.168.2.77 beside 192.168.2.1 gives 192.168.2.64/26', () => {
    const table = new PrefixTable<true>();
    table.set(cidr('192.168.2.1/32'), true);
    expect(formatPrefix(table.gapWithin(cidr('192.168.2.0/24'), ip('192.168.2.77'))!)).toBe(
      '192.168.2.64/26',
    );
  });
});

describe('PrefixTable', () => {
  it('keeps the two families apart', () => {
    const table = new PrefixTable<string>();
    table.set(cidr('0.0.0.0/0'), 'four');
    expect(table.match(ip('::1'))).toBeUndefined();
    expect(table.match(ip('0.0.0.1'))?.value).toBe('four');
  });

  it('holds host prefixes and the default side by side', () => {
    const table = new PrefixTable<string>();
    const host = ip('255.255.255.255');
    table.set(cidr('0.0.0.0/0'), 'all');
    table.set(cidr('255.255.255.255/32'), 'one');
    expect(table.match(host)?.value).toBe('one');
    expect(table.match(flipBit(host, 31))?.value).toBe('all');
  });
});
