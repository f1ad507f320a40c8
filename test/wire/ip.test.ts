import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { checksum } from '../../src/base/checksum.ts';
import { ip } from '../../src/base/ip-text.ts';
import { decodeIp, decrementTtl, encodeIp, isFragment } from '../../src/wire/ip-packet.ts';
import { decodeIpv4, encodeIpv4, type Ipv4Header } from '../../src/wire/ipv4.ts';
import { decodeIpv6, encodeFragmentHeader, encodeIpv6, transportOf } from '../../src/wire/ipv6.ts';
import { ipFields, ipv4Header, ipv6Header, payload, u8 } from '../support/gen-ip.ts';
import { hex } from '../support/hex.ts';

const HEADER: Ipv4Header = {
  dscp: 46,
  ecn: 1,
  identification: 0x1234,
  dontFragment: true,
  moreFragments: false,
  fragmentOffset: 0,
  ttl: 63,
  protocol: 17,
  source: ip('192.0.2.1'),
  destination: ip('198.51.100.1'),
  options: new Uint8Array(0),
};
const PACKET4 = encodeIpv4(HEADER, hex('01020304'));
const PACKET6 = encodeIpv6(
  {
    dscp: 46,
    ecn: 2,
    flowLabel: 0xabcde,
    nextHeader: 17,
    hopLimit: 9,
    source: ip('::1'),
    destination: ip('2001:db8::1'),
  },
  hex('01020304'),
);
const anyIp = fc.oneof(
  fc.tuple(ipv4Header, payload).map(([header, data]) => encodeIpv4(header, data)),
  // Next header 59 = none: the payload is not walked for extension headers.
  fc.tuple(ipv6Header, payload).map(([header, data]) => encodeIpv6({ ...header, nextHeader: 59 }, data)),
);

const errorOf = (bytes: Uint8Array): unknown => {
  const read = decodeIp(bytes);
  return read.ok ? undefined : read.error;
};
const patched = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
};

describe('IPv4', () => {
  it('encodes the figure of RFC 791', () => {
    expect(toHex(PACKET4)).toBe(
      '45b90018' +
        '12344000' +
        '3f113c' +
        toHex(PACKET4.subarray(11, 12)) +
        'c0000201' +
        'c6336401' +
        '01020304',
    );
    expect(checksum(PACKET4.subarray(0, 20))).toBe(0);
  });

  it('decode takes back what encode built, options included', () => {
    fc.assert(
      fc.property(ipv4Header, payload, (header, data) => {
        const bytes = encodeIpv4(header, data);
        const read = decodeIpv4(bytes);
        expect(read).toEqual({
          ok: true,
          value: {
            header,
            headerBytes: 20 + header.options.length,
            totalLength: bytes.length,
            payload: data,
            checksumOk: true,
          },
        });
      }),
    );
  });

  it('one flipped header bit is seen by the checksum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 159 }), (index) => {
        const broken = PACKET4.slice();
        broken[index >> 3]! ^= 0x80 >> (index & 7);
        const read = decodeIpv4(broken);
        expect(!read.ok || !read.value.checksumOk).toBe(true);
      }),
    );
  });

  it('a header length below 20 is refused at the first byte, a total length below the header at byte 2', () => {
    expect(errorOf(patched(PACKET4, 0, 0x44))).toEqual({ code: 'bad-length', offset: 0, field: 'ipv4.ihl' });
    expect(errorOf(patched(PACKET4, 2, 0, 19))).toEqual({
      code: 'bad-length',
      offset: 2,
      field: 'ipv4.total-length',
    });
  });
});

describe('IPv6', () => {
  it('encodes the figure of RFC 8200', () => {
    expect(toHex(PACKET6)).toBe(
      '6baabcde' +
        '00041109' +
        '00000000000000000000000000000001' +
        '20010db8000000000000000000000001' +
        '01020304',
    );
  });

  it('decode takes back what encode built', () => {
    fc.assert(
      fc.property(ipv6Header, payload, (header, data) => {
        const bytes = encodeIpv6(header, data);
        expect(decodeIpv6(bytes)).toEqual({
          ok: true,
          value: { header, headerBytes: 40, totalLength: bytes.length, payload: data, checksumOk: true },
        });
      }),
    );
  });

  const hopByHop = (next: number, words: number): Uint8Array => {
    const bytes = new Uint8Array(8 * words);
    bytes.set([next, words - 1]);
    return bytes;
  };

  it('extension headers are walked to the upper-layer protocol', () => {
    const authentication = concatBytes(Uint8Array.of(60, 4), new Uint8Array(22));
    const chain = concatBytes(hopByHop(43, 2), hopByHop(51, 1), authentication, hopByHop(17, 1));
    expect(transportOf(0, concatBytes(chain, hex('aabb')))).toEqual({
      protocol: 17,
      extensionBytes: chain.length,
    });
    const read = decodeIp(encodeIpv6({ ...headerOf6(), nextHeader: 0 }, concatBytes(chain, hex('aabb'))));
    expect(read.ok && { ...read.value, payload: toHex(read.value.payload) }).toMatchObject({
      protocol: 17,
      headerBytes: 40 + chain.length,
      payload: 'aabb',
    });
  });

  it('behind a fragment that is not the first there are no headers', () => {
    const fragment = { offset: 185, more: true, identification: 0xdeadbeef };
    const later = concatBytes(encodeFragmentHeader(0, fragment), hopByHop(17, 1));
    expect(transportOf(44, later)).toEqual({ protocol: 0, extensionBytes: 8, fragment });
    const first = concatBytes(encodeFragmentHeader(0, { ...fragment, offset: 0 }), hopByHop(17, 1));
    expect(transportOf(44, first)).toMatchObject({ protocol: 17, extensionBytes: 16 });
    const read = decodeIp(encodeIpv6({ ...headerOf6(), nextHeader: 44 }, later));
    expect(read.ok && isFragment(read.value)).toBe(true);
    expect(read.ok && read.value).toMatchObject({
      identification: 0xdeadbeef,
      fragmentOffset: 185,
      moreFragments: true,
    });
  });

  it('an extension header that runs past the packet is refused where it ends', () => {
    const bytes = encodeIpv6({ ...headerOf6(), nextHeader: 0 }, hopByHop(17, 2).subarray(0, 12));
    expect(errorOf(bytes)).toMatchObject({ code: 'truncated', offset: 42 });
  });

  function headerOf6() {
    const read = decodeIpv6(PACKET6);
    if (!read.ok) throw new Error('unreachable');
    return read.value.header;
  }
});

describe('either family', () => {
  it('decode takes back the fields that encode was given', () => {
    fc.assert(
      fc.property(ipFields, payload, (fields, data) => {
        const { dontFragment, identification, flowLabel, ...common } = fields;
        const bytes = encodeIp({ ...fields, protocol: 17 }, data);
        const read = decodeIp(bytes);
        expect(read.ok && read.value).toMatchObject({
          ...common,
          protocol: 17,
          payload: data,
          totalLength: bytes.length,
        });
        if (fields.source.family === 4)
          expect(read.ok && read.value).toMatchObject({ dontFragment, identification });
        else expect(read.ok && read.value).toMatchObject({ flowLabel, dontFragment: true });
      }),
    );
  });

  it('every strict prefix is truncated, at an offset inside it', () => {
    fc.assert(
      fc.property(anyIp, fc.nat(10), (bytes, base) => {
        for (let length = 0; length < bytes.length; length++) {
          const read = decodeIp(bytes.subarray(0, length), base);
          expect(read).toMatchObject({ ok: false, error: { code: 'truncated' } });
          if (!read.ok) {
            expect(read.error.offset).toBeGreaterThanOrEqual(base);
            expect(read.error.offset).toBeLessThanOrEqual(base + length);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('bytes beyond the total length are trimmed', () => {
    fc.assert(
      fc.property(anyIp, payload, (bytes, extra) => {
        expect(decodeIp(concatBytes(bytes, extra))).toEqual(decodeIp(bytes));
      }),
    );
  });

  it('any version but 4 and 6 is refused', () => {
    for (let version = 0; version < 16; version++) {
      if (version === 4 || version === 6) continue;
      const error = { code: 'bad-version', offset: 0, field: 'ip.version' };
      expect(errorOf(patched(PACKET4, 0, (version << 4) | 5))).toEqual(error);
    }
    expect(decodeIpv4(PACKET6)).toMatchObject({ ok: false, error: { code: 'bad-version' } });
    expect(decodeIpv6(PACKET4)).toMatchObject({ ok: false, error: { code: 'bad-version' } });
  });

  it('random bytes never throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100, size: 'max' }),
        fc.constantFrom(0x45, 0x4f, 0x60, 0x6f),
        (bytes, first) => {
          decodeIp(bytes);
          decodeIp(Uint8Array.of(first, ...bytes));
        },
      ),
    );
  });

  it('a lower TTL changes TTL and checksum and nothing else', () => {
    fc.assert(
      fc.property(anyIp, u8, (bytes, ttl) => {
        const at = bytes[0]! >>> 4 === 4 ? 8 : 7;
        const wanted = rebuilt(patched(bytes, at, ttl));
        const packet = rebuilt(patched(bytes, at, Math.min(ttl + 1, 255)));
        fc.pre(ttl < 255);
        expect(decrementTtl(packet)).toBe(ttl);
        expect(toHex(packet)).toBe(toHex(wanted));
      }),
    );
  });
});

/** The packet with a fully computed header checksum. */
function rebuilt(packet: Uint8Array): Uint8Array {
  const read = decodeIpv4(packet);
  return read.ok ? encodeIpv4(read.value.header, read.value.payload) : packet;
}
