import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressBits,
  bitAt,
  commonBits,
  compareIp,
  comparePrefix,
  contains,
  covers,
  flipBit,
  hostPrefix,
  ipFromBytes,
  ipToBytes,
  isMulticast,
  maskIp,
  overlaps,
  prefix,
  sameIp,
  samePrefix,
  type IpAddress,
} from '../../src/base/ip.ts';
import {
  bitsOfMask,
  cidr,
  formatIp,
  formatPrefix,
  ip,
  maskOfBits,
  parseIp,
  parsePrefix,
} from '../../src/base/ip-text.ts';
import { address, address6, ipPrefix, u32 } from '../support/gen-ip.ts';

/** Every bit of an address as text: slow, obvious. */
function bitString(a: IpAddress): string {
  return Array.from(ipToBytes(a), (byte) => byte.toString(2).padStart(8, '0')).join('');
}

/** The canonical text of an IPv6 address according to the WHATWG URL standard, an implementation of its own. */
function urlText(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

describe('text of addresses', () => {
  // RFC 5952 §4, each rule with its example.
  it.each([
    ['2001:0db8::0001', '2001:db8::1', '§4.1 leading zeros'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1', '§4.2.1 shorten as much as possible'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1', '§4.2.2 a single group is not shortened'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1', '§4.2.3 the longest run'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1', '§4.2.3 the first of equal runs'],
    ['2001:DB8::ABCD', '2001:db8::abcd', '§4.3 lower case'],
    ['0:0:0:0:0:0:0:0', '::', 'all zero'],
    ['0:0:0:0:0:0:0:1', '::1', 'loopback'],
    ['fe80:0:0:0:0:0:0:0', 'fe80::', 'run at the end'],
    ['::ffff:192.0.2.1', '::ffff:c000:201', 'dotted quad in input'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', 'nothing to shorten'],
  ])('RFC 5952: %s prints as %s (%s)', (input, output) => {
    expect(formatIp(ip(input))).toBe(output);
  });

  it('parse takes back what format prints', () => {
    fc.assert(fc.property(address, (a) => sameIp(ip(formatIp(a)), a)));
  });

  it('format of IPv6 agrees with the URL standard', () => {
    fc.assert(
      fc.property(address6, (a) => {
        const groups = bitString(a).match(/.{16}/g)!;
        const full = groups.map((group) => parseInt(group, 2).toString(16)).join(':');
        expect(formatIp(a)).toBe(urlText(full));
      }),
    );
  });

  it('parse accepts exactly what the platform accepts', () => {
    const part = fc.constantFrom(
      '0',
      '1',
      '01',
      '255',
      '256',
      'ff',
      'FFFF',
      'g',
      '12345',
      '',
      '1.2.3.4',
      '::',
      ':',
      '.',
      ' ',
    );
    const text = fc
      .array(fc.oneof(part, fc.constant(':'), fc.constant('.')), { maxLength: 17 })
      .map((parts) => parts.join(''));
    const near = fc.tuple(address, fc.nat(40), part).map(([a, at, inserted]) => {
      const good = formatIp(a);
      return good.slice(0, at) + inserted + good.slice(at);
    });
    fc.assert(
      fc.property(fc.oneof(text, near), (candidate) => {
        const parsed = parseIp(candidate);
        expect(parsed?.family ?? 0, JSON.stringify(candidate)).toBe(isIP(candidate));
        if (parsed?.family === 6) expect(formatIp(parsed)).toBe(urlText(candidate));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.04',
    '1.2.3.256',
    '1.2.3.-1',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3',
    '1.2.3.4::',
    '12345::',
    '::%eth0',
    ' ::1',
  ])('parse refuses %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it('ip() throws on a bad literal', () => {
    expect(() => ip('10.0.0')).toThrow(
      new SyntaxError('not an address: "10.0.0"; write 192.0.2.1 or 2001:db8::1'),
    );
    expect(() => cidr('10.0.0.0')).toThrow(
      new SyntaxError('not a prefix: "10.0.0.0"; write 192.0.2.0/24 or 2001:db8::/32'),
    );
  });
});

describe('text of prefixes', () => {
  it('parse takes back what format prints', () => {
    fc.assert(
      fc.property(ipPrefix, (p) => {
        const parsed = parsePrefix(formatPrefix(p))!;
        return parsed.exact && samePrefix(parsed.prefix, p);
      }),
    );
  });

  it('host bits are cleared and reported', () => {
    expect(parsePrefix('192.168.1.1/24')).toEqual({ prefix: cidr('192.168.1.0/24'), exact: false });
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '/8',
    '10.0.0.0/-1',
    '10.0.0.0/ 8',
  ])('parse refuses %j', (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });

  it('a mask and its bits are each other’s reverse', () => {
    for (let bits = 0; bits <= 32; bits++) expect(bitsOfMask(maskOfBits(bits))).toBe(bits);
    expect(bitsOfMask(ip('255.0.255.0'))).toBeUndefined();
    expect(bitsOfMask(ip('0.0.0.1'))).toBeUndefined();
  });
});

describe('addresses as bits', () => {
  it('bytes and words are two forms of one address', () => {
    fc.assert(fc.property(address, (a) => sameIp(ipFromBytes(ipToBytes(a)), a)));
  });

  it('bitAt, flipBit, maskIp and commonBits agree with the bit string', () => {
    fc.assert(
      fc.property(address, u32, (a, n) => {
        const at = n % addressBits(a.family);
        const bits = bitString(a);
        expect(bitAt(a, at)).toBe(Number(bits[at]));
        const flipped = flipBit(a, at);
        expect(bitString(flipped)).toBe(
          bits.slice(0, at) + (bits[at] === '0' ? '1' : '0') + bits.slice(at + 1),
        );
        expect(bitString(maskIp(a, at))).toBe(bits.slice(0, at).padEnd(bits.length, '0'));
        expect(commonBits(a, flipped)).toBe(at);
        expect(commonBits(a, a)).toBe(bits.length);
      }),
    );
  });

  it('CP-25 IPv4 comes before IPv6, and within a family order is numerical', () => {
    fc.assert(
      fc.property(address, address, (a, b) => {
        const key = (x: IpAddress): string => `${x.family}${bitString(x)}`;
        const expected = key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
        expect(Math.sign(compareIp(a, b))).toBe(expected);
        expect(sameIp(a, b)).toBe(expected === 0);
      }),
    );
  });

  it('a prefix contains an address exactly when their leading bits agree', () => {
    fc.assert(
      fc.property(ipPrefix, address, (p, other) => {
        const near = p.address.family === other.family ? other : p.address;
        const agree = bitString(near).startsWith(bitString(p.address).slice(0, p.bits));
        expect(contains(p, near)).toBe(agree);
        expect(contains(p, p.address)).toBe(true);
      }),
    );
  });

  it('covers is containment of ranges; overlaps is covers either way; comparePrefix is a total order', () => {
    fc.assert(
      fc.property(ipPrefix, ipPrefix, (a, b) => {
        const head = (p: typeof a): string => `${p.address.family}:${bitString(p.address).slice(0, p.bits)}`;
        expect(covers(a, b)).toBe(head(b).startsWith(head(a)));
        expect(overlaps(a, b)).toBe(covers(a, b) || covers(b, a));
        expect(Math.sign(comparePrefix(a, b))).toBe(-Math.sign(comparePrefix(b, a)) + 0);
        expect(comparePrefix(a, b) === 0).toBe(samePrefix(a, b));
      }),
    );
  });

  it('families never mix', () => {
    expect(contains(prefix(ip('0.0.0.0'), 0), ip('::'))).toBe(false);
    expect(covers(cidr('::/0'), hostPrefix(ip('1.2.3.4')))).toBe(false);
    expect(sameIp(ip('0.0.0.0'), ip('::'))).toBe(false);
  });

  it.each([
    ['224.0.0.1', true],
    ['239.255.255.255', true],
    ['223.255.255.255', false],
    ['240.0.0.1', false],
    ['ff02::1', true],
    ['fe80::1', false],
  ])('multicast: %s is %s', (text, expected) => {
    expect(isMulticast(ip(text))).toBe(expected);
  });
});
