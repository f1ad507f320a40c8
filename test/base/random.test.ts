import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareNonce,
  formatNonce,
  fraction,
  nextNonce,
  nonce,
  sameNonce,
  SeededRandom,
} from '../../src/base/random.ts';
import { u32 } from '../support/gen-ip.ts';

const draw = (random: SeededRandom, count: number): number[] =>
  Array.from({ length: count }, () => random.u32());

describe('SeededRandom', () => {
  it('equal seed and stream give equal sequences', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.string(), (seed, stream) => {
        expect(draw(new SeededRandom(seed, stream), 20)).toEqual(draw(new SeededRandom(seed, stream), 20));
      }),
    );
  });

  it('another seed or another stream gives another sequence', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 100; seed++) {
      for (const stream of ['', 'a', 'b', 'lisp1', 'lisp2']) {
        seen.add(draw(new SeededRandom(seed, stream), 4).join());
      }
    }
    expect(seen.size).toBe(500);
    // Bits above 32 of the seed count as well.
    expect(draw(new SeededRandom(2 ** 32 + 1), 4)).not.toEqual(draw(new SeededRandom(1), 4));
  });

  it('a restored state goes on exactly as the original', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(50), (seed, skipped) => {
        const random = new SeededRandom(seed);
        draw(random, skipped);
        const copy = new SeededRandom(seed + 1);
        copy.restore(structuredClone(random.save()));
        expect(draw(copy, 20)).toEqual(draw(random, 20));
      }),
    );
  });

  it('draws u32 numbers whose every bit is set about half the time', () => {
    const counts = new Array<number>(32).fill(0);
    const total = 20_000;
    for (const value of draw(new SeededRandom(7), total)) {
      expect(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff).toBe(true);
      for (let i = 0; i < 32; i++) counts[i]! += (value >>> i) & 1;
    }
    // Six standard deviations of a binomial with p = 1/2.
    const tolerance = 6 * Math.sqrt(total / 4);
    for (const count of counts) expect(Math.abs(count - total / 2)).toBeLessThan(tolerance);
  });

  it('fraction lies in [0, 1)', () => {
    const at = (value: number): number =>
      fraction({ u32: () => value, save: () => [0, 0, 0, 0], restore: () => undefined });
    expect(at(0)).toBe(0);
    expect(at(0xffff_ffff)).toBeLessThan(1);
  });
});

describe('nonces', () => {
  it('order, equality and successor agree with 64-bit arithmetic', () => {
    const arbitrary = fc.record({ hi: u32, lo: u32 });
    const big = ({ hi, lo }: { hi: number; lo: number }): bigint => (BigInt(hi) << 32n) | BigInt(lo);
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        expect(Math.sign(compareNonce(a, b))).toBe(big(a) < big(b) ? -1 : big(a) > big(b) ? 1 : 0);
        expect(sameNonce(a, b)).toBe(big(a) === big(b));
        expect(big(nextNonce(a))).toBe(BigInt.asUintN(64, big(a) + 1n));
      }),
    );
  });

  it('takes the high word first and prints as IOS does', () => {
    const random = new SeededRandom(1);
    const [hi, lo] = draw(new SeededRandom(1), 2);
    expect(nonce(random)).toEqual({ hi, lo });
    expect(formatNonce({ hi: 0x11223344, lo: 0xab })).toBe('0x11223344-0x000000AB');
  });
});
