import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import { checksum, fold, sumWords, updateChecksum } from '../../src/base/checksum.ts';
import { u16 } from '../support/gen-ip.ts';

/** RFC 1071 §1 read literally: add words modulo 2^16 - 1. */
function slowSum(bytes: Uint8Array): number {
  let sum = 0n;
  for (let i = 0; i < bytes.length; i += 2) sum += BigInt((bytes[i]! << 8) | (bytes[i + 1] ?? 0));
  const rest = sum % 0xffffn;
  return rest === 0n && sum !== 0n ? 0xffff : Number(rest);
}

describe('Internet checksum', () => {
  it('RFC 1071 §3: 0001 f203 f4f5 f6f7 sums to ddf2', () => {
    const bytes = fromHex('0001 f203 f4f5 f6f7')!;
    expect(sumWords(bytes)).toBe(0xddf2);
    expect(checksum(bytes)).toBe(0x220d);
  });

  it('equals arithmetic modulo 65535', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200, size: 'max' }),
        (bytes) => sumWords(bytes) === slowSum(bytes),
      ),
    );
  });

  it('the sum of parts is the sum of the whole when parts are even', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100, size: 'max' }), fc.nat(50), (bytes, half) => {
        const cut = Math.min(2 * half, bytes.length & ~1);
        return sumWords(bytes.subarray(cut), sumWords(bytes.subarray(0, cut))) === sumWords(bytes);
      }),
    );
  });

  it('large buffers do not overflow the running sum', () => {
    expect(sumWords(new Uint8Array(1 << 20).fill(0xff))).toBe(0xffff);
    expect(fold(0xffff * 0x10_0000)).toBe(0xffff);
  });

  it('RFC 1624 §4: the example that equation 2 gets wrong', () => {
    // Header checksum 0xdd2f, field 0x5555 becomes 0x3285: the right answer is 0x0000.
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  it('incremental = full', () => {
    const header = fc.uint8Array({ minLength: 19, maxLength: 19 });
    fc.assert(
      fc.property(header, fc.integer({ min: 1, max: 9 }), u16, (tail, index, value) => {
        // As in an IP header, the first byte is not 0: all-zero data is the one case with two checksums.
        const bytes = Uint8Array.of(0x45, ...tail);
        const field = checksum(bytes);
        const before = (bytes[2 * index]! << 8) | bytes[2 * index + 1]!;
        bytes[2 * index] = value >>> 8;
        bytes[2 * index + 1] = value;
        expect(updateChecksum(field, before, value)).toBe(checksum(bytes));
      }),
    );
  });
});
