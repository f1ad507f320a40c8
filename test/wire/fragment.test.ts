import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../src/base/bytes.ts';
import { fragmentIpv4 } from '../../src/wire/fragment.ts';
import { decodeIpv4, encodeIpv4, type Ipv4Packet } from '../../src/wire/ipv4.ts';
import { ipv4Header } from '../support/gen-ip.ts';
import { hex } from '../support/hex.ts';

function read(packet: Uint8Array): Ipv4Packet {
  const decoded = decodeIpv4(packet);
  if (!decoded.ok) throw new Error('not a packet');
  return decoded.value;
}

const whole = fc
  .tuple(ipv4Header, fc.uint8Array({ minLength: 1, maxLength: 600, size: 'max' }))
  .map(([header, payload]) =>
    encodeIpv4({ ...header, options: new Uint8Array(0), moreFragments: false, fragmentOffset: 0 }, payload),
  );

describe('IPv4 fragmentation', () => {
  it('fragments fit, are 8-byte aligned, have good checksums, and put together give the packet', () => {
    fc.assert(
      fc.property(whole, fc.integer({ min: 28, max: 640 }), (packet, mtu) => {
        const original = read(packet);
        const fragments = fragmentIpv4(packet, mtu).map(read);
        let at = 0;
        for (const [i, { header, payload, totalLength, checksumOk }] of fragments.entries()) {
          const isLast = i === fragments.length - 1;
          expect(totalLength).toBeLessThanOrEqual(mtu);
          expect(checksumOk).toBe(true);
          expect(header.moreFragments).toBe(!isLast);
          expect(8 * header.fragmentOffset).toBe(at);
          if (!isLast) expect(payload.length % 8).toBe(0);
          expect({ ...header, moreFragments: false, fragmentOffset: 0 }).toEqual(original.header);
          at += payload.length;
        }
        expect(toHex(concatBytes(...fragments.map(({ payload }) => payload)))).toBe(toHex(original.payload));
      }),
    );
  });

  it('two fragments are two halves, to within 8 bytes', () => {
    fc.assert(
      fc.property(whole, fc.integer({ min: 28, max: 640 }), (packet, mtu) => {
        const [first, second, ...more] = fragmentIpv4(packet, mtu).map(read);
        fc.pre(second !== undefined && more.length === 0);
        expect(first!.payload.length - second.payload.length).toBeLessThan(16);
        expect(first!.payload.length).toBeGreaterThanOrEqual(second.payload.length);
      }),
    );
  });

  it('fragments of a fragment keep its offset and its MF bit', () => {
    const { header } = read(fc.sample(whole, { numRuns: 1, seed: 1 })[0]!);
    const middle = encodeIpv4({ ...header, moreFragments: true, fragmentOffset: 100 }, new Uint8Array(64));
    const parts = fragmentIpv4(middle, 20 + 32).map((part) => read(part).header);
    expect(parts.map(({ fragmentOffset, moreFragments }) => [fragmentOffset, moreFragments])).toEqual([
      [100, true],
      [104, true],
    ]);
  });

  it('RFC 791 §3.1: only options with the copied flag go into later fragments', () => {
    const { header } = read(fc.sample(whole, { numRuns: 1, seed: 1 })[0]!);
    // Record route (7, not copied), no-op, then strict source route (137, copied).
    const options = hex('07 07 04 00000000 01 89 07 04 0a000001 00');
    const packet = encodeIpv4(
      { ...header, options, moreFragments: false, fragmentOffset: 0 },
      new Uint8Array(64),
    );
    const [first, second] = fragmentIpv4(packet, 80).map(read);
    expect(toHex(first!.header.options)).toBe(toHex(options));
    expect(toHex(second!.header.options)).toBe('8907040a00000100');
  });

  it('a packet that fits is copied; one that cannot be split gives nothing', () => {
    const packet = fc.sample(whole, { numRuns: 1, seed: 2 })[0]!;
    const [copy] = fragmentIpv4(packet, 1500);
    expect(toHex(copy!)).toBe(toHex(packet));
    expect(copy!.buffer).not.toBe(packet.buffer);
    expect(fragmentIpv4(encodeIpv4(read(packet).header, new Uint8Array(100)), 27)).toEqual([]);
    expect(fragmentIpv4(packet.subarray(0, 10), 1500)).toEqual([]);
  });
});
