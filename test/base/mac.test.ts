import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { equalConstantTime, nobleMac } from '../../src/base/mac.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const filled = (count: number, byte: number): Uint8Array => new Uint8Array(count).fill(byte);
const counting = (from: number, to: number): Uint8Array =>
  Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i);

interface MacCase {
  readonly name: string;
  readonly key: Uint8Array;
  readonly data: Uint8Array;
  readonly mac: string;
}

const RFC_2202: readonly MacCase[] = [
  {
    name: '1',
    key: filled(20, 0x0b),
    data: ascii('Hi There'),
    mac: 'b617318655057264e28bc0b6fb378c8ef146be00',
  },
  {
    name: '2',
    key: ascii('Jefe'),
    data: ascii('what do ya want for nothing?'),
    mac: 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
  },
  {
    name: '3',
    key: filled(20, 0xaa),
    data: filled(50, 0xdd),
    mac: '125d7342b9ac11cd91a39af48aa17b4f63f175d3',
  },
  {
    name: '4',
    key: counting(1, 25),
    data: filled(50, 0xcd),
    mac: '4c9007f4026250c6bc8414f9bf50c86c2d7235da',
  },
  {
    name: '5',
    key: filled(20, 0x0c),
    data: ascii('Test With Truncation'),
    mac: '4c1a03424b55e07fe7f27be1d58bb9324a9a5a04',
  },
  {
    name: '6',
    key: filled(80, 0xaa),
    data: ascii('Test Using Larger Than Block-Size Key - Hash Key First'),
    mac: 'aa4ae5e15272d00e95705637ce8a3b55ed402112',
  },
  {
    name: '7',
    key: filled(80, 0xaa),
    data: ascii('Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data'),
    mac: 'e8e99d0f45237d786d6bbaa7965c7808bbff1a91',
  },
];

const RFC_4231: readonly MacCase[] = [
  {
    name: '1',
    key: filled(20, 0x0b),
    data: ascii('Hi There'),
    mac: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  },
  {
    name: '2',
    key: ascii('Jefe'),
    data: ascii('what do ya want for nothing?'),
    mac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  },
  {
    name: '3',
    key: filled(20, 0xaa),
    data: filled(50, 0xdd),
    mac: '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  },
  {
    name: '4',
    key: counting(1, 25),
    data: filled(50, 0xcd),
    mac: '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  },
  {
    name: '6',
    key: filled(131, 0xaa),
    data: ascii('Test Using Larger Than Block-Size Key - Hash Key First'),
    mac: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  },
  {
    name: '7',
    key: filled(131, 0xaa),
    data: ascii(
      'This is a test using a larger than block-size key and a larger than block-size data. ' +
        'The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    mac: '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  },
];

describe('HMAC', () => {
  it.each(RFC_2202)('HMAC-SHA-1 gives RFC 2202 case $name', ({ key, data, mac }) => {
    expect(toHex(nobleMac.hmacSha1(key, data))).toBe(mac);
  });

  it.each(RFC_4231)('HMAC-SHA-256 gives RFC 4231 case $name', ({ key, data, mac }) => {
    expect(toHex(nobleMac.hmacSha256(key, data))).toBe(mac);
  });

  it('HMAC-SHA-256 gives RFC 4231 case 5, truncated to 128 bits', () => {
    const mac = nobleMac.hmacSha256(filled(20, 0x0c), ascii('Test With Truncation'));
    expect(toHex(mac.subarray(0, 16))).toBe('a3b6167473100ee06e0c796c2955552b');
  });

  it('agrees with the platform for any key and data', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 300 }), (key, data) => {
        const platform = (hash: string): string => createHmac(hash, key).update(data).digest('hex');
        expect(toHex(nobleMac.hmacSha1(key, data))).toBe(platform('sha1'));
        expect(toHex(nobleMac.hmacSha256(key, data))).toBe(platform('sha256'));
      }),
      { numRuns: 50 },
    );
  });
});

describe('HKDF-SHA256', () => {
  it.each([
    {
      name: '1',
      ikm: filled(22, 0x0b),
      salt: counting(0, 0x0c),
      info: counting(0xf0, 0xf9),
      length: 42,
      okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    },
    {
      name: '3',
      ikm: filled(22, 0x0b),
      salt: new Uint8Array(0),
      info: new Uint8Array(0),
      length: 42,
      okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
    },
  ])('gives RFC 5869 case $name', ({ ikm, salt, info, length, okm }) => {
    expect(toHex(nobleMac.hkdfSha256(ikm, salt, info, length))).toBe(okm);
  });

  it('agrees with the platform for any input', () => {
    const bytes = fc.uint8Array({ maxLength: 80 });
    fc.assert(
      fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 100 }), (ikm, salt, info, length) => {
        const platform = new Uint8Array(hkdfSync('sha256', ikm, salt, info, length));
        expect(toHex(nobleMac.hkdfSha256(ikm, salt, info, length))).toBe(toHex(platform));
      }),
      { numRuns: 50 },
    );
  });
});

describe('equalConstantTime', () => {
  it('is equality of length and of every byte', () => {
    const mac = fromHex('00112233445566778899aabbccddeeff')!;
    expect(equalConstantTime(mac, mac.slice())).toBe(true);
    expect(equalConstantTime(mac, mac.subarray(0, 15))).toBe(false);
    expect(equalConstantTime(mac.subarray(0, 15), mac)).toBe(false);
    for (let i = 0; i < mac.length; i++) {
      for (let bit = 0; bit < 8; bit++) {
        const other = mac.slice();
        other[i]! ^= 1 << bit;
        expect(equalConstantTime(mac, other)).toBe(false);
      }
    }
    expect(equalConstantTime(new Uint8Array(0), new Uint8Array(0))).toBe(true);
  });
});
